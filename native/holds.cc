#include "holds.h"

#include <cstdlib>
#include <new>

#include "arguments.h"
#include "functions.h"

namespace mpi4ts {

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
  return number(env, id);
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
