// Pulling bytes out of another process: one copy, by the kernel, of which either side does a part if it is long.
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "segment.h"

namespace mpi4ts {

namespace {

// Not a static of the function: its guard would bring in what only newer versions of glibc have.
const int32_t kOwnPid = getpid();

// What the kernel moves in one call at most.
constexpr int64_t kCallBytesMax = int64_t{1} << 30;

using Transfer = ssize_t (*)(pid_t, const iovec*, unsigned long, const iovec*, unsigned long, unsigned long);

// Moves bytes between this process and another, in the direction of the call. False if its memory is gone: it has ended.
bool transfer(Transfer call, int32_t pid, uint8_t* mine, intptr_t other, int64_t bytes) {
  while (bytes > 0) {
    auto part = static_cast<size_t>(bytes < kCallBytesMax ? bytes : kCallBytesMax);
    iovec here = {mine, part};
    iovec there = {reinterpret_cast<void*>(other), part};
    ssize_t done = call(pid, &here, 1, &there, 1, 0);
    if (done <= 0) return false;
    mine += done;
    other += done;
    bytes -= done;
  }
  return true;
}

bool read(int32_t pid, uint8_t* target, intptr_t address, int64_t bytes) {
  return transfer(process_vm_readv, pid, target, address, bytes);
}

// False where the system does not let this process read the other's memory.
bool mayRead(int32_t pid, intptr_t address) {
  uint8_t byte;
  errno = 0;
  return read(pid, &byte, address, 1) || (errno != EPERM && errno != ENOSYS && errno != EACCES);
}

}  // namespace

int32_t ownPid() { return kOwnPid; }

Pulled Segment::pullAcross(int64_t owner, int64_t slot, int32_t expected, uint8_t* target, int64_t bytes,
                           int32_t pid) {
  int32_t* word = slotWord(owner, slot);
  auto address = static_cast<intptr_t>(getWide(word + kSlotAddress / 4));
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
  bool whole = copyAcross(owner, slot, target, address, bytes, pid);
  finish(owner, slot, expected);
  return whole ? Pulled::kOk : Pulled::kLost;
}

SharedCopy& Segment::sharedCopyOf(int64_t rank, int64_t slot) const {
  return *reinterpret_cast<SharedCopy*>(slotWord(rank, slot) + kSlotCopy / 4);
}

bool Segment::copyAcross(int64_t owner, int64_t slot, uint8_t* target, intptr_t address, int64_t bytes, int32_t pid) {
  SharedCopy& copy = sharedCopyOf(owner, slot);
  if (!copy.open(target, bytes, ownPid())) return read(pid, target, address, bytes);
  bool whole = true;
  auto take = [&](int64_t at, int64_t part) { whole = read(pid, target + at, address + at, part) && whole; };
  // The owner may die in the middle of a chunk.
  bool helped = runShared(copy, owner, slot, take, [&] { return kill(pid, 0) == 0 || errno != ESRCH; });
  // The owner may be forbidden to write here what this process may read there.
  if (whole && !helped) return read(pid, target, address, bytes);
  return whole;
}

int Segment::helpAcross(int64_t rank, int64_t slot, const uint8_t* source) {
  auto give = [&](const SharedCopy& copy, int64_t at, int64_t part) {
    // Only reads; iovec knows no const.
    return transfer(process_vm_writev, copy.pid(), const_cast<uint8_t*>(source) + at,
                    reinterpret_cast<intptr_t>(copy.target()) + at, part);
  };
  return sharedCopyOf(rank, slot).help(give, kHelpChunksMax);
}

}  // namespace mpi4ts
