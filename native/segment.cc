#include "segment.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "move.h"

namespace mpi4ts {

namespace {

// Guards the list of segments and who is attached; taken a few times in a thread's life.
class RegistryLock {
 public:
  RegistryLock() {
    while (flag_.test_and_set(std::memory_order_acquire)) sched_yield();
  }
  ~RegistryLock() { flag_.clear(std::memory_order_release); }

 private:
  static std::atomic_flag flag_;
};

std::atomic_flag RegistryLock::flag_ = ATOMIC_FLAG_INIT;
Segment* firstSegment = nullptr;

size_t tableBytes(const Layout& layout) { return static_cast<size_t>(layout.slotsPerRank) * sizeof(Exposure); }

// `count` items of `each` bytes from `start`, without overflow: all arguments are at most 2^53.
bool fits(int64_t start, int64_t count, int64_t each, int64_t total) {
  return start <= total && each <= total && count <= (total - start) / each;
}

}  // namespace

const char* Layout::problem(int64_t segmentBytes) const {
  if (size < 1 || rankBytes < 4 || slotsPerRank < 1 || slotBytes < kSlotUsedBytes) return "a count or size is too small";
  if ((rankBlocks | rankBytes | rankDone | rankHelp | rankPid | slotTables | slotBytes) % 4 != 0)
    return "an offset is not aligned";
  if (rankDone > rankBytes - 4) return "rankDone is outside the rank block";
  if (rankHelp > rankBytes - 4) return "rankHelp is outside the rank block";
  if (rankPid > rankBytes - 4) return "rankPid is outside the rank block";
  if (processes > 1) return "processes is neither 0 nor 1";
  if (!fits(rankBlocks, size, rankBytes, segmentBytes)) return "the rank blocks are outside the segment";
  if (slotsPerRank > segmentBytes || !fits(slotTables, size, slotsPerRank * slotBytes, segmentBytes)) {
    return "the slot tables are outside the segment";
  }
  return nullptr;
}

bool Layout::operator==(const Layout& other) const { return memcmp(this, &other, sizeof other) == 0; }

Segment* Segment::make(uint8_t* base, const Layout& layout, const char** problem) {
  auto* segment = static_cast<Segment*>(calloc(1, sizeof(Segment)));
  auto* ranks = static_cast<Rank*>(calloc(static_cast<size_t>(layout.size), sizeof(Rank)));
  if (segment == nullptr || ranks == nullptr) {
    free(segment);
    free(ranks);
    *problem = "out of memory";
    return nullptr;
  }
  segment->base_ = base;
  segment->layout_ = layout;
  segment->ranks_ = ranks;
  segment->next_ = firstSegment;
  firstSegment = segment;
  return segment;
}

Segment* Segment::attach(uint8_t* base, const Layout& layout, int64_t rank, const char** problem) {
  RegistryLock lock;
  Segment* segment = firstSegment;
  while (segment != nullptr && segment->base_ != base) segment = segment->next_;
  if (segment == nullptr) segment = make(base, layout, problem);
  if (segment == nullptr) return nullptr;
  if (!(segment->layout_ == layout)) {
    *problem = "the segment is in use with another layout";
    return nullptr;
  }
  if (segment->ranks_[rank].taken) {
    *problem = "another thread is attached as this rank";
    return nullptr;
  }
  segment->ranks_[rank].taken = true;
  store(segment->rankWord(rank, layout.rankPid), ownPid());
  segment->attached_++;
  return segment;
}

void Segment::detach(int64_t rank) {
  revoke(rank);
  RegistryLock lock;
  ranks_[rank].taken = false;
  if (--attached_ == 0) destroy();
}

void Segment::destroy() {
  Segment** link = &firstSegment;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
  for (int64_t rank = 0; rank < layout_.size; rank++) {
    Exposure* table = ranks_[rank].table.load(std::memory_order_relaxed);
    if (table != nullptr) munmap(table, tableBytes(layout_));
  }
  free(ranks_);
  free(this);
}

int32_t* Segment::slotWord(int64_t rank, int64_t slot) const {
  int64_t offset = layout_.slotTables + (rank * layout_.slotsPerRank + slot) * layout_.slotBytes;
  return reinterpret_cast<int32_t*>(base_ + offset);
}

int32_t* Segment::rankWord(int64_t rank, int64_t offset) const {
  return reinterpret_cast<int32_t*>(base_ + layout_.rankBlocks + rank * layout_.rankBytes + offset);
}

bool Segment::offered(int32_t word) {
  return (word & kStateMask) == kOffered || (word & kStateMask) == kMatched;
}

bool Segment::expose(int64_t rank, int64_t slot, Hold* hold, int64_t offset, int64_t bytes) {
  Rank& owner = ranks_[rank];
  Exposure* table = owner.table.load(std::memory_order_relaxed);
  if (table == nullptr) {
    // Zero pages are empty exposures, and those of slots that are never used cost nothing.
    void* memory = mmap(nullptr, tableBytes(layout_), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    table = static_cast<Exposure*>(memory);
    owner.table.store(table, std::memory_order_release);
  }
  if (slot >= owner.used) owner.used = slot + 1;
  table[slot].set(hold, offset, bytes);
  // For other processes, which do not see the table.
  putWide(slotWord(rank, slot) + kSlotAddress / 4, static_cast<int64_t>(reinterpret_cast<intptr_t>(table[slot].data())));
  putWide(slotWord(rank, slot) + kSlotBytes / 4, bytes);
  return true;
}

void Segment::conceal(int64_t rank, int64_t slot) {
  if (slot < ranks_[rank].used) ranks_[rank].table.load(std::memory_order_relaxed)[slot].set(nullptr, 0, 0);
}

void Segment::revoke(int64_t rank) {
  Exposure* table = ranks_[rank].table.load(std::memory_order_relaxed);
  for (int64_t slot = 0; slot < ranks_[rank].used; slot++) {
    if (table[slot].empty()) continue;
    int32_t* word = slotWord(rank, slot);
    int32_t seen = load(word);
    while (offered(seen) && !exchange(word, seen, withState(seen, kRevoked))) seen = load(word);
    table[slot].set(nullptr, 0, 0);
  }
}

Pulled Segment::pull(int64_t owner, int64_t slot, int32_t expected, uint8_t* target, int64_t bytes) {
  int32_t pid = layout_.processes == 0 ? 0 : load(rankWord(owner, layout_.rankPid));
  if (pid != ownPid() && pid > 0) return pullAcross(owner, slot, expected, target, bytes, pid);
  int32_t* word = slotWord(owner, slot);
  Exposure* table = ranks_[owner].table.load(std::memory_order_acquire);
  if (table == nullptr) {
    if (!exchange(word, expected, withState(expected, kClaimed))) return Pulled::kRevoked;
    finish(owner, slot, expected);
    return Pulled::kLost;
  }
  Exposure& exposure = table[slot];
  exposure.pin();
  bool lost = exposure.empty();
  // The word first: an exposure of a later generation says nothing about this message.
  bool tooLong = load(word) == expected && !lost && bytes > exposure.bytes();
  bool claimed = !tooLong && exchange(word, expected, withState(expected, kClaimed));
  if (claimed && !lost) copy(owner, slot, target, bytes);
  exposure.unpin();
  if (tooLong) return Pulled::kTooLong;
  if (!claimed) return Pulled::kRevoked;
  finish(owner, slot, expected);
  return lost ? Pulled::kLost : Pulled::kOk;
}

Exposure* Segment::exposure(int64_t owner, int64_t slot) const {
  Exposure* table = ranks_[owner].table.load(std::memory_order_acquire);
  return table == nullptr ? nullptr : table + slot;
}

// The exposure is pinned, and its bytes are enough.
void Segment::copy(int64_t owner, int64_t slot, uint8_t* target, int64_t bytes) {
  Exposure& exposure = ranks_[owner].table.load(std::memory_order_relaxed)[slot];
  if (!exposure.sharedCopy().open(target, bytes)) {
    move(target, exposure.data(), bytes);
    return;
  }
  const uint8_t* source = exposure.data();
  auto take = [&](int64_t at, int64_t part) { move(target + at, source + at, part); };
  runShared(exposure.sharedCopy(), owner, slot, take, [] { return true; });
}

int Segment::help(int64_t rank) {
  int32_t* wanted = rankWord(rank, layout_.rankHelp);
  int32_t name = load(wanted);
  int taken = 0;
  if (name > 0 && name <= ranks_[rank].used) {
    Exposure& exposure = ranks_[rank].table.load(std::memory_order_relaxed)[name - 1];
    const uint8_t* source = exposure.data();
    auto local = [&](const SharedCopy& copy, int64_t at, int64_t part) {
      move(copy.target() + at, source + at, part);
      return true;
    };
    if (!exposure.empty()) {
      taken = exposure.sharedCopy().help(local, kHelpChunksMax);
      if (layout_.processes != 0 && taken == 0) taken = helpAcross(rank, name - 1, source);
    }
  }
  if (taken < kHelpChunksMax) exchange(wanted, name, 0);
  return taken;
}

void Segment::finish(int64_t owner, int64_t slot, int32_t expected) {
  int32_t* word = slotWord(owner, slot);
  store(word, withState(expected, kDone));
  int32_t* next = word + kSlotNext / 4;
  int32_t* head = rankWord(owner, layout_.rankDone);
  int32_t top;
  do {
    top = load(head);
    __atomic_store_n(next, top, __ATOMIC_RELAXED);
  } while (!exchange(head, top, static_cast<int32_t>(slot + 1)));
}

}  // namespace mpi4ts
