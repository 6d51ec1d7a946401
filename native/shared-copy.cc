#include "shared-copy.h"


namespace mpi4ts {

bool SharedCopy::open(uint8_t* target, int64_t bytes, int32_t pid) {
  int64_t chunks = (bytes + kChunkBytes - 1) / kChunkBytes;
  if (bytes < kBytesMin || chunks >= INT32_MAX) return false;
  uint64_t closed = kClosed;
  if (!claims_.compare_exchange_strong(closed, kOpening, std::memory_order_acquire)) return false;
  target_ = target;
  bytes_ = bytes;
  pid_ = pid;
  helped_.store(0, std::memory_order_relaxed);
  claims_.store(static_cast<uint64_t>(chunks + 1) << 32 | 1, std::memory_order_release);
  return true;
}

}  // namespace mpi4ts
