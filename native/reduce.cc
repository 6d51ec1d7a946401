// Reductions of the elements of TypedArrays.
#include "reduce.h"

#include "arguments.h"
#include "functions.h"

namespace mpi4ts {

napi_value reduce(napi_env env, napi_callback_info info) {
  Arguments<5> in(env, info, "reduce");
  int64_t op, kind;
  View a, b, out;
  if (!in.integer(0, "op", kOps - 1, &op) || !in.integer(1, "kind", kKinds - 1, &kind) || !in.view(2, "a", &a) ||
      !in.view(3, "b", &b) || !in.view(4, "out", &out)) {
    return nullptr;
  }
  const ReductionLoop loop = reductionLoop(op, kind);
  const int64_t element = reductionBytes(kind);
  if (loop == nullptr) {
    in.fail("reduce: op %" PRId64 " is not defined for kind %" PRId64, op, kind);
  } else if (a.bytes != out.bytes || b.bytes != out.bytes || out.bytes % element != 0) {
    in.fail("reduce: %" PRId64 ", %" PRId64 " and %" PRId64 " bytes are not equally many elements of %" PRId64,
            a.bytes, b.bytes, out.bytes, element);
  } else {
    loop(a.data, b.data, out.data, out.bytes / element);
  }
  return nullptr;
}

}  // namespace mpi4ts
