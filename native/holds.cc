#include "holds.h"

#include <cstdlib>
#include <new>

#include "arguments.h"
#include "functions.h"

namespace mpi4ts {

namespace {
// An id is serial * kPlaces + place: 2^24 places and 2^29 serials stay an exact JavaScript number.
constexpr int64_t kPlaces = int64_t{1} << 24;
constexpr int64_t kSerials = int64_t{1} << 29;
}  // namespace

thread_local Hold* Hold::first = nullptr;

Hold::Hold(napi_value buffer, bool shared)
    : next_(first), store_(buffer, shared), data_(store_.data()), bytes_(store_.bytes()) {
  if (next_ != nullptr) next_->previous_ = this;
  first = this;
}

Hold::~Hold() {
  (previous_ != nullptr ? previous_->next_ : first) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  if (orphan_ != nullptr) orphan_->release();
}

bool Hold::any(const void* data) {
  for (const Hold* hold = first; hold != nullptr; hold = hold->next_) {
    if (hold->data_ == data && hold->orphan_ == nullptr) return true;
  }
  return false;
}

void Hold::adopt(const void* data, Orphan* orphan) {
  for (Hold* hold = first; hold != nullptr; hold = hold->next_) {
    if (hold->data_ != data || hold->orphan_ != nullptr) continue;
    hold->orphan_ = orphan;
    orphan->retain();
  }
}

Hold* Hold::make(napi_env env, napi_value buffer, bool sharedOnly) {
  bool unshared = false;
  napi_is_arraybuffer(env, buffer, &unshared);
  if (unshared && sharedOnly) return nullptr;
  void* memory = malloc(sizeof(Hold));
  if (memory == nullptr) return nullptr;
  Hold* hold = new (memory) Hold(buffer, !unshared);
  if (hold->store_.fixed()) return hold;
  hold->release();
  return nullptr;
}

void Hold::release() {
  if (--count_ != 0) return;
  this->~Hold();
  free(this);
}

bool HoldTable::grow() {
  int64_t larger = capacity_ == 0 ? 64 : capacity_ * 2;
  if (larger > kPlaces) return false;
  void* memory = realloc(entries_, static_cast<size_t>(larger) * sizeof(Entry));
  if (memory == nullptr) return false;
  entries_ = static_cast<Entry*>(memory);
  for (int64_t place = larger - 1; place >= capacity_; place--) {
    entries_[place] = {nullptr, 0, firstFree_};
    firstFree_ = place;
  }
  capacity_ = larger;
  return true;
}

int64_t HoldTable::add(Hold* hold) {
  if (firstFree_ < 0 && !grow()) return 0;
  int64_t place = firstFree_;
  Entry& entry = entries_[place];
  firstFree_ = entry.nextFree;
  entry.hold = hold;
  entry.serial = entry.serial % (kSerials - 1) + 1;
  return entry.serial * kPlaces + place;
}

Hold* HoldTable::find(int64_t id) const {
  int64_t place = id % kPlaces;
  if (place >= capacity_ || entries_[place].serial != id / kPlaces) return nullptr;
  return entries_[place].hold;
}

Hold* HoldTable::remove(int64_t id) {
  Hold* hold = find(id);
  if (hold == nullptr) return nullptr;
  Entry& entry = entries_[id % kPlaces];
  entry.hold = nullptr;
  entry.nextFree = firstFree_;
  firstFree_ = id % kPlaces;
  return hold;
}

void HoldTable::clear() {
  for (int64_t place = 0; place < capacity_; place++) {
    if (entries_[place].hold != nullptr) entries_[place].hold->release();
  }
  free(entries_);
  *this = HoldTable();
}

napi_value hold(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "hold");
  View view;
  if (!in.view(0, "view", &view, true)) return nullptr;
  int64_t id = 0;
  Hold* made = Hold::make(env, view.buffer, in.thread()->sharedOnly);
  if (made != nullptr) {
    in.thread()->renewHook();
    id = in.thread()->holds.add(made);
    if (id == 0) made->release();
  }
  napi_value result = nullptr;
  napi_create_double(env, static_cast<double>(id), &result);
  return result;
}

napi_value drop(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "drop");
  int64_t id;
  if (!in.integer(0, "hold", kIntegerMax, &id)) return nullptr;
  Hold* held = in.thread()->holds.remove(id);
  if (held == nullptr) {
    in.fail("drop: nothing is held under %" PRId64, id);
    return nullptr;
  }
  held->release();
  return nullptr;
}

}  // namespace mpi4ts
