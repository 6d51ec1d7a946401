// Packing of datatypes with gaps. A program of doubles (see `pack` in src/native.ts) says where the bytes are. It is
// trusted with nothing: each number is checked when it is read, and each access against the memory.
#include <cmath>
#include <cstring>

#include "arguments.h"
#include "functions.h"
#include "move.h"

namespace mpi4ts {

namespace {

// Deeper nesting than any datatype has.
constexpr int kDepthMax = 80;

// From so many bytes on a call of memcpy pays.
constexpr int64_t kMoveBytesMin = 256;

// So much is packed at a time before it moves to where it goes: `move` writes lines that another core has read sooner
// than single stores do. Packed and sent 1000 doubles of a column take 2.5 µs so instead of 3.3; nothing where all is in
// the core's own cache.
constexpr int64_t kStageBytes = 4096;
constexpr int64_t kLine = 64;

enum class Outcome { kGoOn, kFull, kBad };

// N bytes at equal distances. The compiler makes single moves of the copies.
template <int64_t N, bool Unpacking>
void strided(uint8_t* memory, uint8_t* packed, int64_t count, int64_t stride) {
  for (int64_t i = 0; i < count; i++) {
    if (Unpacking) {
      memcpy(memory, packed, N);
    } else {
      memcpy(packed, memory, N);
    }
    memory += stride;
    packed += N;
  }
}

template <bool Unpacking>
class Machine {
 public:
  Machine(const View& program, const View& memory, const View& packed, int64_t bytes)
      : memory_(memory.data),
        bytes_(memory.bytes),
        packed_(packed.data),
        left_(bytes),
        code_(reinterpret_cast<const double*>(program.data)),
        end_(code_ + program.bytes / static_cast<int64_t>(sizeof(double))) {}

  // False if the program or its accesses are not what they must be.
  bool run(int64_t at, int64_t count, int64_t extent) {
    const double* next = code_;
    return repeat(&next, at, count, extent, 0) != Outcome::kBad;
  }

 private:
  // An integer whose sums and differences do not overflow.
  static bool integer(double number, int64_t* out) {
    if (!(std::fabs(number) <= static_cast<double>(kIntegerMax))) return false;
    *out = static_cast<int64_t>(number);
    return true;
  }

  bool take(const double** next, int64_t* out) { return *next < end_ && integer(*(*next)++, out); }

  static bool add(int64_t a, int64_t b, int64_t* out) { return !__builtin_add_overflow(a, b, out); }

  // The operation at *next, `count` times; leaves *next behind it.
  Outcome repeat(const double** next, int64_t at, int64_t count, int64_t stride, int depth) {
    if (count < 1 || depth > kDepthMax) return Outcome::kBad;
    const double* body = *next;
    if (end_ - body >= 3 && body[0] == 0) {
      int64_t place, size;
      if (!integer(body[1], &place) || !integer(body[2], &size) || !add(at, place, &at)) return Outcome::kBad;
      *next = body + 3;
      return runs(at, size, count, stride);
    }
    for (int64_t i = 0; i < count; i++) {
      *next = body;
      Outcome outcome = step(next, at, depth + 1);
      if (outcome != Outcome::kGoOn) return outcome;
      if (i + 1 < count && !add(at, stride, &at)) return Outcome::kBad;
    }
    return Outcome::kGoOn;
  }

  Outcome step(const double** next, int64_t base, int depth) {
    int64_t op, place, count;
    if (depth > kDepthMax || !take(next, &op) || !take(next, &place) || !take(next, &count) || count < 1 ||
        !add(base, place, &base)) {
      return Outcome::kBad;
    }
    if (op == 0) return runs(base, count, 1, 0);
    if (op == 1) {
      int64_t stride;
      return take(next, &stride) ? repeat(next, base, count, stride, depth) : Outcome::kBad;
    }
    if (op == 2) return each(next, base, count, depth);
    if (op != 3) return Outcome::kBad;
    for (int64_t i = 0; i < count; i++) {
      Outcome outcome = step(next, base, depth + 1);
      if (outcome != Outcome::kGoOn) return outcome;
    }
    return Outcome::kGoOn;
  }

  Outcome each(const double** next, int64_t base, int64_t count, int depth) {
    const double* displs = *next;
    if (count > end_ - displs) return Outcome::kBad;
    for (int64_t i = 0; i < count; i++) {
      int64_t displ, at;
      if (!integer(displs[i], &displ) || !add(base, displ, &at)) return Outcome::kBad;
      *next = displs + count;
      Outcome outcome = repeat(next, at, 1, 0, depth);
      if (outcome != Outcome::kGoOn) return outcome;
    }
    return Outcome::kGoOn;
  }

  bool inside(int64_t at, int64_t size) const { return at >= 0 && size <= bytes_ && at <= bytes_ - size; }

  // Runs of `size` bytes at equal distances, as many as there are packed bytes for.
  Outcome runs(int64_t at, int64_t size, int64_t count, int64_t stride) {
    if (size < 1) return Outcome::kBad;
    int64_t whole = left_ / size < count ? left_ / size : count;
    if (whole > 0) {
      int64_t reach, last;
      if (__builtin_mul_overflow(whole - 1, stride, &reach) || !add(at, reach, &last) || !inside(at, size) ||
          !inside(last, size)) {
        return Outcome::kBad;
      }
      if (!Unpacking && whole * size > kStageBytes / 2 && size < kMoveBytesMin) {
        staged(memory_ + at, size, whole, stride);
      } else {
        copy(memory_ + at, packed_, size, whole, stride);
      }
      packed_ += whole * size;
      left_ -= whole * size;
    }
    if (whole == count) return Outcome::kGoOn;
    if (left_ == 0) return Outcome::kFull;
    // A short message ends inside a run.
    int64_t reach, last;
    if (__builtin_mul_overflow(whole, stride, &reach) || !add(at, reach, &last) || !inside(last, left_)) {
      return Outcome::kBad;
    }
    single(memory_ + last, packed_, left_);
    left_ = 0;
    return Outcome::kFull;
  }

  // Packs by way of the core's own cache. The stage lies in its lines as the target does in its own.
  void staged(uint8_t* memory, int64_t size, int64_t count, int64_t stride) {
    alignas(kLine) uint8_t lines[kStageBytes + kLine];
    const int64_t most = kStageBytes / size;
    uint8_t* packed = packed_;
    for (int64_t left = count; left > 0; left -= most) {
      const int64_t now = left < most ? left : most;
      uint8_t* stage = lines + reinterpret_cast<uintptr_t>(packed) % kLine;
      copy(memory, stage, size, now, stride);
      move(packed, stage, now * size);
      memory += now * stride;
      packed += now * size;
    }
  }

  static void copy(uint8_t* memory, uint8_t* packed, int64_t size, int64_t count, int64_t stride) {
    switch (size) {
      case 1: return strided<1, Unpacking>(memory, packed, count, stride);
      case 2: return strided<2, Unpacking>(memory, packed, count, stride);
      case 4: return strided<4, Unpacking>(memory, packed, count, stride);
      case 8: return strided<8, Unpacking>(memory, packed, count, stride);
      case 12: return strided<12, Unpacking>(memory, packed, count, stride);
      case 16: return strided<16, Unpacking>(memory, packed, count, stride);
      case 24: return strided<24, Unpacking>(memory, packed, count, stride);
      case 32: return strided<32, Unpacking>(memory, packed, count, stride);
    }
    for (int64_t i = 0; i < count; i++) single(memory + i * stride, packed + i * size, size);
  }

  static void single(uint8_t* memory, uint8_t* packed, int64_t size) {
    uint8_t* target = Unpacking ? memory : packed;
    const uint8_t* source = Unpacking ? packed : memory;
    if (size < kMoveBytesMin) {
      memmove(target, source, static_cast<size_t>(size));
    } else {
      move(target, source, size);
    }
  }

  uint8_t* const memory_;
  const int64_t bytes_;
  uint8_t* packed_;
  int64_t left_;
  const double* const code_;
  const double* const end_;
};

// An integer of either sign.
bool signedInteger(const Arguments<7>& in, napi_env env, size_t index, const char* what, int64_t* out) {
  double number;
  if (napi_get_value_double(env, in.value(index), &number) == napi_ok &&
      std::fabs(number) <= static_cast<double>(kIntegerMax)) {
    *out = static_cast<int64_t>(number);
    return true;
  }
  return in.fail("%s must be an integer", what);
}

template <bool Unpacking>
void transfer(napi_env env, const Arguments<7>& in) {
  View program, memory, packed;
  int64_t at, count, extent, bytes;
  if (!in.view(0, "program", &program) || !in.view(1, "memory", &memory) || !signedInteger(in, env, 2, "at", &at) ||
      !in.integer(3, "count", kIntegerMax, &count) || !signedInteger(in, env, 4, "extent", &extent) ||
      !in.view(5, "packed", &packed) || !in.integer(6, "bytes", kIntegerMax, &bytes) ||
      !in.inside("packed", 0, bytes, packed.bytes)) {
    return;
  }
  if (bytes == 0) return;
  if (reinterpret_cast<uintptr_t>(program.data) % sizeof(double) != 0 ||
      !Machine<Unpacking>(program, memory, packed, bytes).run(at, count, extent)) {
    in.fail("the datatype's program does not fit the %" PRId64 " bytes of memory", memory.bytes);
  }
}

}  // namespace

napi_value pack(napi_env env, napi_callback_info info) {
  transfer<false>(env, Arguments<7>(env, info, "pack"));
  return nullptr;
}

napi_value unpack(napi_env env, napi_callback_info info) {
  transfer<true>(env, Arguments<7>(env, info, "unpack"));
  return nullptr;
}

}  // namespace mpi4ts
