#include "move.h"

#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mpi4ts {

#if defined(__x86_64__)

namespace {

// Below the smallest size from which glibc uses `rep movsb`.
constexpr int64_t kLibraryBytesMax = 2048;

const bool hasAvx2 = __builtin_cpu_supports("avx2");

// At least 160 bytes. Aligned stores: unaligned ones take twice as long at 4 KiB.
__attribute__((target("avx2"))) void moveWide(uint8_t* target, const uint8_t* source, size_t bytes) {
  size_t at = 32 - reinterpret_cast<uintptr_t>(target) % 32;
  memcpy(target, source, 32);
  for (; at + 128 <= bytes; at += 128) {
    auto* from = reinterpret_cast<const __m256i*>(source + at);
    auto* to = reinterpret_cast<__m256i*>(target + at);
    __m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);
    __m256i c = _mm256_loadu_si256(from + 2), d = _mm256_loadu_si256(from + 3);
    _mm256_store_si256(to, a);
    _mm256_store_si256(to + 1, b);
    _mm256_store_si256(to + 2, c);
    _mm256_store_si256(to + 3, d);
  }
  memcpy(target + at, source + at, bytes - at);
}

}  // namespace

void move(uint8_t* target, const uint8_t* source, int64_t bytes) {
  if (bytes <= 0) return;
  auto count = static_cast<size_t>(bytes);
  if (bytes > kLibraryBytesMax && hasAvx2) {
    moveWide(target, source, count);
  } else {
    memmove(target, source, count);
  }
}

#else

void move(uint8_t* target, const uint8_t* source, int64_t bytes) {
  if (bytes > 0) memmove(target, source, static_cast<size_t>(bytes));
}

#endif

}  // namespace mpi4ts
