// The words of a segment that C++ and JavaScript's Atomics both access: the compiler's atomics on plain memory.
#pragma once

#include <cstdint>
#include <cstring>

namespace mpi4ts {

// A slot: its word, the link of the done stack, and for other processes where its bytes are, and a copy by two. As in
// layout.ts; a test compares the numbers.
constexpr int64_t kSlotNext = 4;
constexpr int64_t kSlotAddress = 8;
constexpr int64_t kSlotBytes = 16;
constexpr int64_t kSlotCopy = 24;
constexpr int64_t kSlotUsedBytes = 64;
constexpr int32_t kOffered = 1;
constexpr int32_t kMatched = 2;
constexpr int32_t kClaimed = 3;
constexpr int32_t kDone = 4;
constexpr int32_t kRevoked = 5;
constexpr int32_t kStateMask = 7;

constexpr int32_t withState(int32_t word, int32_t state) { return (word & ~kStateMask) | state; }

inline int32_t load(const int32_t* word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
inline void store(int32_t* word, int32_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
inline bool exchange(int32_t* word, int32_t expected, int32_t value) {
  return __atomic_compare_exchange_n(word, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

// 64 bits that another word publishes.
inline int64_t getWide(const int32_t* words) {
  int64_t value;
  memcpy(&value, words, sizeof value);
  return value;
}
inline void putWide(int32_t* words, int64_t value) { memcpy(words, &value, sizeof value); }

// This process; getpid() is a system call.
int32_t ownPid();

}  // namespace mpi4ts
