// Keeps held memory from being reallocated.
//
// Up to Node.js 22, V8's `ArrayBuffer.prototype.transfer(newLength)` reallocates a buffer's memory, whoever else has
// a reference to its backing store: what we hold would be freed under a reader. So the isolate's allocator gets a
// copy of its table of virtual functions in which `Reallocate` leaves held memory alone: it copies instead, and the
// holds free the old memory when they end. Later versions of V8 have no such function and always copy.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mpi4ts {

// Memory that V8 would have reallocated, now owned by the holds of it.
class Orphan {
 public:
  Orphan(void* allocator, uint8_t* data, size_t bytes) : allocator_(allocator), data_(data), bytes_(bytes) {}
  void retain() { count_++; }
  void release();

 private:
  void* allocator_;
  uint8_t* data_;
  size_t bytes_;
  int64_t count_ = 0;
};

// For the calling thread's isolate. False if this Node.js would reallocate and cannot be kept from it: then only
// shared memory, which is never reallocated, may be held.
bool guardReallocation();

}  // namespace mpi4ts
