// A fence that one thread runs for others: what lets senders publish with a plain store.
#include <linux/membarrier.h>
#include <node_api.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "functions.h"

namespace mpi4ts {

namespace {

long membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }

// Between the threads of this process, or between all processes that have prepared for it.
struct Fence {
  int registration;
  int command;
  // To register twice does no harm.
  std::atomic<bool> registered;

  bool run() {
    if (!registered.load()) {
      if (membarrier(registration) != 0) return false;
      registered.store(true);
    }
    return membarrier(command) == 0;
  }
};

Fence threads = {MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, MEMBARRIER_CMD_PRIVATE_EXPEDITED, {false}};
Fence processes = {MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, MEMBARRIER_CMD_GLOBAL_EXPEDITED, {false}};

napi_value answer(napi_env env, bool fenced) {
  napi_value result = nullptr;
  napi_get_boolean(env, fenced, &result);
  return result;
}

}  // namespace

napi_value fence(napi_env env, napi_callback_info) { return answer(env, threads.run()); }
napi_value fenceProcesses(napi_env env, napi_callback_info) { return answer(env, processes.run()); }

}  // namespace mpi4ts
