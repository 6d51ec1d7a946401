// What one thread has given to JavaScript under numbers. An id is its place plus a serial number, so that an id once
// removed stays unknown.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace mpi4ts {

// An id is serial * places + place: `places` times `serials` must stay an exact JavaScript number.
template <typename Value, int64_t places, int64_t serials>
class IdTable {
 public:
  // `none`: what stands for no value.
  explicit IdTable(Value none) : none_(none) {}

  // 0 if there is no room.
  int64_t add(Value value) {
    if (firstFree_ < 0 && !grow()) return 0;
    int64_t place = firstFree_;
    Entry& entry = entries_[place];
    firstFree_ = entry.nextFree;
    entry.value = value;
    entry.serial = entry.serial % (serials - 1) + 1;
    return entry.serial * places + place;
  }

  // The value, or `none` for an id that is unknown.
  Value find(int64_t id) const {
    int64_t place = id % places;
    if (place >= capacity_ || entries_[place].serial != id / places) return none_;
    return entries_[place].value;
  }

  // Forgets the id, and returns its value or `none`.
  Value remove(int64_t id) {
    Value value = find(id);
    if (value == none_) return none_;
    Entry& entry = entries_[id % places];
    entry.value = none_;
    entry.nextFree = firstFree_;
    firstFree_ = id % places;
    return value;
  }

  // Forgets all, and hands each value to `drop`.
  template <typename Drop>
  void clear(Drop drop) {
    for (int64_t place = 0; place < capacity_; place++) {
      if (entries_[place].value != none_) drop(entries_[place].value);
    }
    free(entries_);
    entries_ = nullptr;
    capacity_ = 0;
    firstFree_ = -1;
  }

 private:
  struct Entry {
    Value value;
    int64_t serial;
    int64_t nextFree;
  };

  bool grow() {
    int64_t larger = capacity_ == 0 ? 64 : capacity_ * 2;
    if (larger > places) return false;
    void* memory = realloc(entries_, static_cast<size_t>(larger) * sizeof(Entry));
    if (memory == nullptr) return false;
    entries_ = static_cast<Entry*>(memory);
    for (int64_t place = larger - 1; place >= capacity_; place--) {
      entries_[place] = {none_, 0, firstFree_};
      firstFree_ = place;
    }
    capacity_ = larger;
    return true;
  }

  Value none_;
  Entry* entries_ = nullptr;
  int64_t capacity_ = 0;
  int64_t firstFree_ = -1;
};

}  // namespace mpi4ts
