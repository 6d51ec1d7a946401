// A fence that one thread runs for all: what lets senders publish with a plain store.
#include <linux/membarrier.h>
#include <node_api.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "functions.h"

namespace mpi4ts {

namespace {

long membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }

// Whether this process has registered: to do it twice does no harm.
std::atomic<bool> registered{false};

bool prepare() {
  if (registered.load()) return true;
  if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0) return false;
  registered.store(true);
  return true;
}

}  // namespace

napi_value fence(napi_env env, napi_callback_info) {
  bool fenced = prepare() && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0;
  napi_value result = nullptr;
  napi_get_boolean(env, fenced, &result);
  return result;
}

}  // namespace mpi4ts
