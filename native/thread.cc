#include "thread.h"

namespace mpi4ts {

namespace {
void onEnvironmentEnd(void* data) { static_cast<Thread*>(data)->end(); }
}  // namespace

void Thread::renewHook() {
  napi_remove_env_cleanup_hook(env, onEnvironmentEnd, this);
  napi_add_env_cleanup_hook(env, onEnvironmentEnd, this);
}

void Thread::end() {
  if (segment != nullptr) {
    segment->detach(rank);
    segment = nullptr;
    base = nullptr;
    bytes = 0;
    memory->release();
    memory = nullptr;
  }
  holds.clear([](Hold* hold) { hold->release(); });
  sockets.clear();
}

}  // namespace mpi4ts
