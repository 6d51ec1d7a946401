// What each operation does to two elements, the loop around it, and the table of both by kind of element. The results
// are those of src/coll/kernels bit for bit, but for the payload of a NaN, which JavaScript leaves open as well.
#include <cstddef>
#include <type_traits>

#include "reduce.h"

#if defined(__clang__)
#pragma clang fp contract(off)
#define MPI4TS_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define MPI4TS_INDEPENDENT _Pragma("GCC ivdep")
#endif

#define MPI4TS_INLINE inline __attribute__((always_inline))

namespace mpi4ts {

namespace {

// Elements lie where the user's arrays have them: at any address.
template <typename T>
struct Loose {
  typedef T type __attribute__((aligned(1), may_alias));
};

template <size_t Bytes>
struct Word;
template <> struct Word<1> { using type = uint8_t; };
template <> struct Word<2> { using type = uint16_t; };
template <> struct Word<4> { using type = uint32_t; };
template <> struct Word<8> { using type = uint64_t; };

template <typename T>
MPI4TS_INLINE typename Word<sizeof(T)>::type bits(T value) {
  typename Word<sizeof(T)>::type word;
  __builtin_memcpy(&word, &value, sizeof word);
  return word;
}

template <typename T>
MPI4TS_INLINE T fromBits(typename Word<sizeof(T)>::type word) {
  T value;
  __builtin_memcpy(&value, &word, sizeof value);
  return value;
}

// NaN wins over every number, and +0 is above -0: equal numbers differ in the sign of zero at most. `a > b` would
// raise a flag for NaN, which keeps the compiler from making vectors of the loop.
struct Max {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) {
    if constexpr (std::is_floating_point<T>::value) {
      T equal = fromBits<T>(bits(a) & bits(b));
      T greater = __builtin_isgreater(a, b) ? a : b;
      T number = a == b ? equal : greater;
      return a != a ? a : number;
    } else {
      return a > b ? a : b;
    }
  }
};

struct Min {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) {
    if constexpr (std::is_floating_point<T>::value) {
      T equal = fromBits<T>(bits(a) | bits(b));
      T less = __builtin_isless(a, b) ? a : b;
      T number = a == b ? equal : less;
      return a != a ? a : number;
    } else {
      return a < b ? a : b;
    }
  }
};

struct Sum {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) { return static_cast<T>(a + b); }
};

// Narrow integers are multiplied as unsigned: as signed ones, which they are promoted to, they could overflow.
struct Prod {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) {
    if constexpr (std::is_floating_point<T>::value) return a * b;
    else if constexpr (sizeof(T) < sizeof(unsigned)) return static_cast<T>(unsigned{a} * unsigned{b});
    else return a * b;
  }
};

struct Land {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) { return static_cast<T>((a != 0) & (b != 0)); }
};
struct Lor {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) { return static_cast<T>((a | b) != 0); }
};
struct Lxor {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) { return static_cast<T>((a != 0) ^ (b != 0)); }
};
struct Band {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) { return static_cast<T>(a & b); }
};
struct Bor {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) { return static_cast<T>(a | b); }
};
struct Bxor {
  template <typename T>
  static MPI4TS_INLINE T of(T a, T b) { return static_cast<T>(a ^ b); }
};

template <typename Op, typename T>
struct Elements {
  static MPI4TS_INLINE void run(const uint8_t* a, const uint8_t* b, uint8_t* out, int64_t count) {
    using L = typename Loose<T>::type;
    auto* x = reinterpret_cast<const L*>(a);
    auto* y = reinterpret_cast<const L*>(b);
    auto* z = reinterpret_cast<L*>(out);
    MPI4TS_INDEPENDENT
    for (int64_t i = 0; i < count; i++) z[i] = Op::template of<T>(x[i], y[i]);
  }
};

// The sum of complex numbers, as twice as many real ones.
template <typename T>
struct ComplexSum {
  static MPI4TS_INLINE void run(const uint8_t* a, const uint8_t* b, uint8_t* out, int64_t count) {
    Elements<Sum, T>::run(a, b, out, 2 * count);
  }
};

template <typename T>
struct ComplexProd {
  static MPI4TS_INLINE void run(const uint8_t* a, const uint8_t* b, uint8_t* out, int64_t count) {
    using L = typename Loose<T>::type;
    auto* x = reinterpret_cast<const L*>(a);
    auto* y = reinterpret_cast<const L*>(b);
    auto* z = reinterpret_cast<L*>(out);
    MPI4TS_INDEPENDENT
    for (int64_t i = 0; i < 2 * count; i += 2) {
      T real = x[i] * y[i] - x[i + 1] * y[i + 1];
      T imaginary = x[i] * y[i + 1] + x[i + 1] * y[i];
      z[i] = real;
      z[i + 1] = imaginary;
    }
  }
};

// A value and, right behind it, the index it was found at: the better value with its index, of equal ones the lower
// index. All NaNs are equal, and better than any number.
template <typename Op, typename T>
struct Located {
  static MPI4TS_INLINE void run(const uint8_t* a, const uint8_t* b, uint8_t* out, int64_t count) {
    constexpr int64_t bytes = sizeof(T) + sizeof(int32_t);
    for (int64_t i = 0; i < count; i++, a += bytes, b += bytes, out += bytes) {
      T u, v;
      int32_t k, l;
      __builtin_memcpy(&u, a, sizeof u);
      __builtin_memcpy(&v, b, sizeof v);
      __builtin_memcpy(&k, a + sizeof u, sizeof k);
      __builtin_memcpy(&l, b + sizeof v, sizeof l);
      T best = Op::template of<T>(u, v);
      bool first = u == best || (u != u && best != best);
      bool second = v == best || (v != v && best != best);
      int32_t index = first && second ? (k < l ? k : l) : first ? k : l;
      __builtin_memcpy(out, &best, sizeof best);
      __builtin_memcpy(out + sizeof best, &index, sizeof index);
    }
  }
};

template <typename Body>
void plain(const uint8_t* a, const uint8_t* b, uint8_t* out, int64_t count) {
  Body::run(a, b, out, count);
}

#if defined(__x86_64__)

// `target_clones` would do the same by ifunc, in code that runs while the library is being linked. At 16 KiB, in GB/s with
// and without: SUM of doubles 51 and 41, MAX of doubles 26 and 16, LAND of 64-bit integers 37 and 13.
template <typename Body>
__attribute__((target("avx2"))) void wide(const uint8_t* a, const uint8_t* b, uint8_t* out, int64_t count) {
  Body::run(a, b, out, count);
}

const bool hasAvx2 = __builtin_cpu_supports("avx2");

template <typename Body>
ReductionLoop loop() {
  return hasAvx2 ? wide<Body> : plain<Body>;
}

#else

template <typename Body>
ReductionLoop loop() {
  return plain<Body>;
}

#endif

// What depends on the sign, or is no integer.
template <typename Op>
ReductionLoop ordered(int64_t kind) {
  switch (kind) {
    case kInt8: return loop<Elements<Op, int8_t>>();
    case kUint8: return loop<Elements<Op, uint8_t>>();
    case kInt16: return loop<Elements<Op, int16_t>>();
    case kUint16: return loop<Elements<Op, uint16_t>>();
    case kInt32: return loop<Elements<Op, int32_t>>();
    case kUint32: return loop<Elements<Op, uint32_t>>();
    case kInt64: return loop<Elements<Op, int64_t>>();
    case kUint64: return loop<Elements<Op, uint64_t>>();
    case kFloat32: return loop<Elements<Op, float>>();
    case kFloat64: return loop<Elements<Op, double>>();
    default: return nullptr;
  }
}

// What does not depend on the sign of an integer.
template <typename Op>
ReductionLoop unsignedInteger(int64_t kind) {
  switch (kind) {
    case kInt8: case kUint8: return loop<Elements<Op, uint8_t>>();
    case kInt16: case kUint16: return loop<Elements<Op, uint16_t>>();
    case kInt32: case kUint32: return loop<Elements<Op, uint32_t>>();
    case kInt64: case kUint64: return loop<Elements<Op, uint64_t>>();
    default: return nullptr;
  }
}

ReductionLoop sum(int64_t kind) {
  switch (kind) {
    case kFloat32: return loop<Elements<Sum, float>>();
    case kFloat64: return loop<Elements<Sum, double>>();
    case kComplex64: return loop<ComplexSum<float>>();
    case kComplex128: return loop<ComplexSum<double>>();
    default: return unsignedInteger<Sum>(kind);
  }
}

ReductionLoop product(int64_t kind) {
  switch (kind) {
    case kFloat32: return loop<Elements<Prod, float>>();
    case kFloat64: return loop<Elements<Prod, double>>();
    case kComplex64: return loop<ComplexProd<float>>();
    case kComplex128: return loop<ComplexProd<double>>();
    default: return unsignedInteger<Prod>(kind);
  }
}

template <typename Op>
ReductionLoop located(int64_t kind) {
  switch (kind) {
    case kShortInt: return loop<Located<Op, int16_t>>();
    case kIntInt: return loop<Located<Op, int32_t>>();
    case kLongInt: return loop<Located<Op, int64_t>>();
    case kFloatInt: return loop<Located<Op, float>>();
    case kDoubleInt: return loop<Located<Op, double>>();
    default: return nullptr;
  }
}

}  // namespace

ReductionLoop reductionLoop(int64_t op, int64_t kind) {
  switch (op) {
    case kMax: return ordered<Max>(kind);
    case kMin: return ordered<Min>(kind);
    case kSum: return sum(kind);
    case kProd: return product(kind);
    case kLand: return unsignedInteger<Land>(kind);
    case kBand: return unsignedInteger<Band>(kind);
    case kLor: return unsignedInteger<Lor>(kind);
    case kBor: return unsignedInteger<Bor>(kind);
    case kLxor: return unsignedInteger<Lxor>(kind);
    case kBxor: return unsignedInteger<Bxor>(kind);
    case kMinloc: return located<Min>(kind);
    case kMaxloc: return located<Max>(kind);
    default: return nullptr;
  }
}

int64_t reductionBytes(int64_t kind) {
  constexpr int64_t bytes[kKinds] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 8, 16, 6, 8, 12, 8, 12};
  return bytes[kind];
}

}  // namespace mpi4ts
