#include "shared-copy.h"

#include <sched.h>

#include "move.h"

namespace mpi4ts {

bool SharedCopy::open(uint8_t* target, int64_t bytes) {
  int64_t chunks = (bytes + kChunkBytes - 1) / kChunkBytes;
  if (bytes < kBytesMin || chunks >= INT32_MAX) return false;
  uint64_t closed = kClosed;
  if (!claims_.compare_exchange_strong(closed, kOpening, std::memory_order_acquire)) return false;
  target_ = target;
  bytes_ = bytes;
  helped_.store(0, std::memory_order_relaxed);
  claims_.store(static_cast<uint64_t>(chunks + 1) << 32 | 1, std::memory_order_release);
  return true;
}

void SharedCopy::run(const uint8_t* source) {
  auto chunks = static_cast<uint32_t>((bytes_ + kChunkBytes - 1) / kChunkBytes);
  uint64_t claims = claims_.load(std::memory_order_relaxed);
  while (front(claims) != back(claims)) {
    if (!claims_.compare_exchange_weak(claims, claims + 1, std::memory_order_relaxed)) continue;
    copyChunk(front(claims), source);
    claims = claims_.load(std::memory_order_relaxed);
  }
  uint32_t others = chunks + 1 - back(claims);
  // At most one chunk is under way. Its thread may have lost its core.
  for (int look = 0; helped_.load(std::memory_order_acquire) != others; look++) {
    if (look > 10000) sched_yield();
  }
  claims_.store(kClosed, std::memory_order_release);
}

int SharedCopy::help(const uint8_t* source, int chunksMax) {
  int taken = 0;
  uint64_t claims = claims_.load(std::memory_order_relaxed);
  while (taken < chunksMax && front(claims) != back(claims)) {
    uint64_t without = claims - (uint64_t{1} << 32);
    if (!claims_.compare_exchange_weak(claims, without, std::memory_order_acquire)) continue;
    copyChunk(back(without), source);
    helped_.fetch_add(1, std::memory_order_release);
    taken++;
    claims = claims_.load(std::memory_order_relaxed);
  }
  return taken;
}

void SharedCopy::copyChunk(uint32_t chunk, const uint8_t* source) const {
  int64_t at = (chunk - 1) * kChunkBytes;
  int64_t left = bytes_ - at;
  move(target_ + at, source + at, left < kChunkBytes ? left : kChunkBytes);
}

}  // namespace mpi4ts
