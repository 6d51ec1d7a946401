// The module: one Thread for each environment that loads it, and the table of functions.
#include <napi.h>

#include <cstdlib>
#include <new>

#include "functions.h"
#include "thread.h"

namespace mpi4ts {

namespace {

struct Function {
  const char* name;
  napi_callback callback;
};

constexpr Function kFunctions[] = {
    {"yieldCpu", yieldCpu}, {"affinity", affinity}, {"bind", bind},
    {"fence", fence}, {"fenceProcesses", fenceProcesses},
    {"createMemory", createMemory}, {"mapMemory", mapMemory},
    {"createEvent", createEvent}, {"signalEvent", signalEvent}, {"watchEvent", watchEvent},
    {"joinProcesses", joinProcesses}, {"leave", leave}, {"futexWait", futexWait}, {"futexWake", futexWake},
    {"socketListen", socketListen},
    {"socketConnect", socketConnect},
    {"socketAccept", socketAccept},
    {"socketPort", socketPort},
    {"socketError", socketError},
    {"socketUnsent", socketUnsent},
    {"socketSend", socketSend},
    {"socketLends", socketLends},
    {"socketLend", socketLend},
    {"socketReturned", socketReturned},
    {"socketAcknowledge", socketAcknowledge},
    {"socketReceive", socketReceive},
    {"socketWatch", socketWatch},
    {"socketFinish", socketFinish},
    {"socketClose", socketClose},
    {"socketsReady", socketsReady},
    {"socketsWatch", socketsWatch},
    {"watchSockets", watchSockets},
    {"attach", attach},     {"copyIn", copyIn},     {"copyOut", copyOut},
    {"copyHeldIn", copyHeldIn}, {"copyHeldOut", copyHeldOut},
    {"copy", copy},         {"reduce", reduce},     {"combine", combine},
    {"pack", pack},         {"unpack", unpack},
    {"hold", hold},         {"drop", drop},
    {"expose", expose},     {"conceal", conceal},   {"pull", pull},
    {"pullHeld", pullHeld}, {"help", help},
    {"readExposed", readExposed}, {"writeExposed", writeExposed},
    {"combineExposed", combineExposed}, {"reduceExposed", reduceExposed},
    {"copyShown", copyShown}, {"combineShown", combineShown},
};

void freeThread(napi_env, void* data, void*) {
  static_cast<Thread*>(data)->end();
  free(data);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  void* memory = malloc(sizeof(Thread));
  if (memory == nullptr || !Store::available()) {
    free(memory);
    napi_throw_error(env, nullptr, "this Node.js does not export how to hold the memory of a buffer");
    return exports;
  }
  auto* thread = new (memory) Thread();
  thread->env = env;
  thread->sharedOnly = !guardReallocation();
  napi_set_instance_data(env, thread, freeThread, nullptr);
  for (const Function& function : kFunctions) {
    // Each function carries the thread as its data: quicker to reach than napi_get_instance_data.
    napi_value value = nullptr;
    if (napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.callback, thread, &value) != napi_ok) {
      return exports;
    }
    napi_set_named_property(env, exports, function.name, value);
  }
  return exports;
}

}  // namespace

}  // namespace mpi4ts

using mpi4ts::init;
NODE_API_MODULE(mpi4ts, init)
