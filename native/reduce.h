// The loops of the reduction operations, compiled once for any processor and once for AVX2.
#pragma once

#include <cstdint>

namespace mpi4ts {

// As `reductionOps` and `reductionKinds` of src/native.ts.
enum ReductionOp : int64_t { kMax, kMin, kSum, kProd, kLand, kBand, kLor, kBor, kLxor, kBxor, kMinloc, kMaxloc, kOps };
enum ReductionKind : int64_t {
  kInt8, kUint8, kInt16, kUint16, kInt32, kUint32, kInt64, kUint64, kFloat32, kFloat64,
  kComplex64, kComplex128, kShortInt, kIntInt, kLongInt, kFloatInt, kDoubleInt, kKinds
};

// out[i] = a[i] op b[i] for `count` elements, at any alignment. `out` may be `a` or `b`; what overlaps in another way
// gives arbitrary values, but nothing beyond the elements is written.
using ReductionLoop = void (*)(const uint8_t* a, const uint8_t* b, uint8_t* out, int64_t count);

// nullptr where the operation is not defined for the kind.
ReductionLoop reductionLoop(int64_t op, int64_t kind);

// Bytes of an element.
int64_t reductionBytes(int64_t kind);

}  // namespace mpi4ts
