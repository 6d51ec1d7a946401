// Pulling bytes out of another process: one copy, by the kernel.
#include <sys/uio.h>

#include <cerrno>

#include "segment.h"
#include "words.h"

namespace mpi4ts {

namespace {

// What the kernel moves in one call at most.
constexpr int64_t kCallBytesMax = int64_t{1} << 30;

bool read(int32_t pid, uint8_t* target, int64_t address, int64_t bytes) {
  while (bytes > 0) {
    auto part = static_cast<size_t>(bytes < kCallBytesMax ? bytes : kCallBytesMax);
    iovec here = {target, part};
    iovec there = {reinterpret_cast<void*>(static_cast<intptr_t>(address)), part};
    ssize_t done = process_vm_readv(pid, &here, 1, &there, 1, 0);
    // Its memory is gone: it has ended.
    if (done <= 0) return false;
    target += done;
    address += done;
    bytes -= done;
  }
  return true;
}

// False where the system does not let this process read the other's memory.
bool mayRead(int32_t pid, int64_t address) {
  uint8_t byte;
  errno = 0;
  return read(pid, &byte, address, 1) || (errno != EPERM && errno != ENOSYS && errno != EACCES);
}

}  // namespace

Pulled Segment::pullAcross(int64_t owner, int64_t slot, int32_t expected, uint8_t* target, int64_t bytes,
                           int32_t pid) {
  int32_t* word = slotWord(owner, slot);
  int64_t address = getWide(word + kSlotAddress / 4);
  int64_t exposed = getWide(word + kSlotBytes / 4);
  // The word last: what was read before is of this message only if it still stands.
  if (load(word) != expected) return Pulled::kRevoked;
  if (bytes > exposed) return Pulled::kTooLong;
  Rank& rank = ranks_[owner];
  if (!rank.readable && bytes > 0) {
    if (!mayRead(pid, address)) return Pulled::kDenied;
    rank.readable = true;
  }
  if (!exchange(word, expected, withState(expected, kClaimed))) return Pulled::kRevoked;
  bool whole = read(pid, target, address, bytes);
  finish(owner, slot, expected);
  return whole ? Pulled::kOk : Pulled::kLost;
}

}  // namespace mpi4ts
