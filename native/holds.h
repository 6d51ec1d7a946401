// Held memory. A hold keeps a buffer's backing store alive whatever becomes of the buffer itself.
#pragma once

#include "reallocation.h"
#include "store.h"

namespace mpi4ts {

// Counted by its id in the HoldTable and by each exposure made from it, all on the owning thread. A puller does not
// count: it pins the exposure instead (exposure.h), which its owner waits for before it releases.
class Hold {
 public:
  // Holds the memory of `buffer`, counted once; nullptr if it is resizable, if it is not shared and `sharedOnly`, or
  // if memory is short.
  static Hold* make(napi_env env, napi_value buffer, bool sharedOnly);

  // Whether this thread holds the memory at `data`.
  static bool any(const void* data);
  // Gives memory that a buffer has left to the holds of it.
  static void adopt(const void* data, Orphan* orphan);

  void retain() { count_++; }
  void release();

  uint8_t* data() const { return data_; }
  int64_t bytes() const { return bytes_; }

 private:
  Hold(napi_value buffer, bool shared);
  ~Hold();

  // This thread's holds, in a list.
  static thread_local Hold* first;
  Hold* previous_ = nullptr;
  Hold* next_;

  Store store_;
  Orphan* orphan_ = nullptr;
  uint8_t* data_;
  int64_t bytes_;
  int64_t count_ = 1;
};

// The holds of one thread, by id. An id is its place plus a serial number, so that an id once dropped stays unknown.
class HoldTable {
 public:
  // Takes over the caller's count; 0 if there is no room.
  int64_t add(Hold* hold);
  // nullptr for an id that is not held.
  Hold* find(int64_t id) const;
  // The hold, now the caller's count, or nullptr.
  Hold* remove(int64_t id);
  void clear();

 private:
  struct Entry {
    Hold* hold;
    int64_t serial;
    int64_t nextFree;
  };
  bool grow();

  Entry* entries_ = nullptr;
  int64_t capacity_ = 0;
  int64_t firstFree_ = -1;
};

}  // namespace mpi4ts
