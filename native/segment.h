// The segments that threads of this process are attached to, and what each rank exposes in them.
#pragma once

#include <atomic>
#include <cstdint>

#include "exposure.h"
#include "words.h"

namespace mpi4ts {

// Offsets and sizes in bytes, as src/transport/ring/layout.ts has them.
struct Layout {
  int64_t size;
  int64_t rankBlocks;
  int64_t rankBytes;
  int64_t rankDone;
  int64_t rankHelp;
  int64_t rankPid;
  int64_t slotTables;
  int64_t slotsPerRank;
  int64_t slotBytes;
  // 1 if ranks may be in other processes: only then is any of their memory touched.
  int64_t processes;

  // nullptr if every rank block and slot lies inside a segment of so many bytes, else what is wrong.
  const char* problem(int64_t segmentBytes) const;
  bool operator==(const Layout& other) const;
};

// Between two turns of a helper's other traffic: some 20 microseconds.
constexpr int kHelpChunksMax = 8;

// Results of `pull`, as in src/native.ts, and one for what it must not be asked.
enum class Pulled { kOk = 0, kRevoked = 1, kLost = 2, kDenied = 3, kTooLong = 4 };

// Found by the address of its memory, which all threads of a job share.
class Segment {
 public:
  // The segment at `base` for one more rank. The caller holds the memory until it detaches. nullptr, and why, if the
  // layout differs from what others attached with, the rank is taken, or memory is short.
  static Segment* attach(uint8_t* base, const Layout& layout, int64_t rank, const char** problem);

  // Revokes and empties everything that the rank exposes, and forgets the rank.
  void detach(int64_t rank);

  // Owner only. False when memory is short.
  bool expose(int64_t rank, int64_t slot, Hold* hold, int64_t offset, int64_t bytes);
  void conceal(int64_t rank, int64_t slot);

  // Whether a slot's word says that its bytes may be pulled.
  static bool offered(int32_t word);

  // Owner only. Copies some of the bytes that another rank pulls from it now; how many chunks there were to copy.
  int help(int64_t rank);

  // Any rank. `expected` is an offered word.
  Pulled pull(int64_t owner, int64_t slot, int32_t expected, uint8_t* target, int64_t bytes);

  // Any rank, of threads. nullptr if the owner never exposed anything. To be pinned before it is looked at.
  Exposure* exposure(int64_t owner, int64_t slot) const;

  const Layout& layout() const { return layout_; }

 private:
  struct Rank {
    // slotsPerRank exposures from the first expose on; other threads read it.
    std::atomic<Exposure*> table;
    // One more than the largest slot ever exposed; owner only.
    int64_t used;
    bool taken;
    // Its memory was read across processes once, so that it may be.
    bool readable;
  };

  Pulled pullAcross(int64_t owner, int64_t slot, int32_t expected, uint8_t* target, int64_t bytes, int32_t pid);
  // Copies with the owner's help. Of several copies from one owner, the last to begin is helped.
  template <typename Move, typename Alive>
  bool runShared(SharedCopy& copy, int64_t owner, int64_t slot, Move move, Alive alive) {
    int32_t* wanted = rankWord(owner, layout_.rankHelp);
    auto name = static_cast<int32_t>(slot + 1);
    store(wanted, name);
    bool whole = copy.run(move, alive);
    exchange(wanted, name, 0);
    return whole;
  }
  bool copyAcross(int64_t owner, int64_t slot, uint8_t* target, intptr_t address, int64_t bytes, int32_t pid);
  int helpAcross(int64_t rank, int64_t slot, const uint8_t* source);
  SharedCopy& sharedCopyOf(int64_t rank, int64_t slot) const;
  static Segment* make(uint8_t* base, const Layout& layout, const char** problem);
  void revoke(int64_t rank);
  void destroy();
  int32_t* slotWord(int64_t rank, int64_t slot) const;
  int32_t* rankWord(int64_t rank, int64_t offset) const;
  void copy(int64_t owner, int64_t slot, uint8_t* target, int64_t bytes);
  void finish(int64_t owner, int64_t slot, int32_t expected);

  Segment* next_;
  uint8_t* base_;
  Layout layout_;
  Rank* ranks_;
  int64_t attached_;
};

}  // namespace mpi4ts
