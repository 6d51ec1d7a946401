// Held memory. A hold keeps a buffer's backing store alive whatever becomes of the buffer itself.
#pragma once

#include "id-table.h"
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

// The holds of one thread, by id; each counts once.
using HoldTable = IdTable<Hold*, int64_t{1} << 24, int64_t{1} << 29>;

}  // namespace mpi4ts
