// What calls from JavaScript say of a reduction.
#pragma once

#include "arguments.h"
#include "reduce.h"

namespace mpi4ts {

// Two arguments: op, kind. Their loop over `bytes` bytes, which are `count` elements; nullptr and an exception where there is none.
template <size_t N>
ReductionLoop readLoop(const Arguments<N>& in, size_t first, int64_t bytes, int64_t* count) {
  int64_t op, kind;
  if (!in.integer(first, "op", kOps - 1, &op) || !in.integer(first + 1, "kind", kKinds - 1, &kind)) return nullptr;
  ReductionLoop loop = reductionLoop(op, kind);
  int64_t element = reductionBytes(kind);
  if (loop == nullptr || bytes % element != 0) {
    in.fail("op %" PRId64 " is not defined for %" PRId64 " bytes of kind %" PRId64, op, bytes, kind);
    return nullptr;
  }
  *count = bytes / element;
  return loop;
}

}  // namespace mpi4ts
