// The functions of the module, one for each of the interface `Native` in src/native.ts, which documents them.
#pragma once

#include <node_api.h>

namespace mpi4ts {

napi_value yieldCpu(napi_env env, napi_callback_info info);
napi_value affinity(napi_env env, napi_callback_info info);
napi_value bind(napi_env env, napi_callback_info info);
napi_value fence(napi_env env, napi_callback_info info);
napi_value fenceProcesses(napi_env env, napi_callback_info info);

napi_value createMemory(napi_env env, napi_callback_info info);
napi_value mapMemory(napi_env env, napi_callback_info info);
napi_value createEvent(napi_env env, napi_callback_info info);
napi_value signalEvent(napi_env env, napi_callback_info info);
napi_value watchEvent(napi_env env, napi_callback_info info);
napi_value joinProcesses(napi_env env, napi_callback_info info);
napi_value leave(napi_env env, napi_callback_info info);
napi_value futexWait(napi_env env, napi_callback_info info);
napi_value futexWake(napi_env env, napi_callback_info info);

napi_value socketListen(napi_env env, napi_callback_info info);
napi_value socketConnect(napi_env env, napi_callback_info info);
napi_value socketAccept(napi_env env, napi_callback_info info);
napi_value socketPort(napi_env env, napi_callback_info info);
napi_value socketError(napi_env env, napi_callback_info info);
napi_value socketUnsent(napi_env env, napi_callback_info info);
napi_value socketSend(napi_env env, napi_callback_info info);
napi_value socketLends(napi_env env, napi_callback_info info);
napi_value socketLend(napi_env env, napi_callback_info info);
napi_value socketAcknowledge(napi_env env, napi_callback_info info);
napi_value socketReturned(napi_env env, napi_callback_info info);
napi_value socketReceive(napi_env env, napi_callback_info info);
napi_value socketWatch(napi_env env, napi_callback_info info);
napi_value socketFinish(napi_env env, napi_callback_info info);
napi_value socketClose(napi_env env, napi_callback_info info);
napi_value socketsReady(napi_env env, napi_callback_info info);
napi_value socketsWatch(napi_env env, napi_callback_info info);
napi_value watchSockets(napi_env env, napi_callback_info info);

napi_value attach(napi_env env, napi_callback_info info);
napi_value copyIn(napi_env env, napi_callback_info info);
napi_value copyOut(napi_env env, napi_callback_info info);
napi_value copyHeldIn(napi_env env, napi_callback_info info);
napi_value copyHeldOut(napi_env env, napi_callback_info info);
napi_value copy(napi_env env, napi_callback_info info);
napi_value pack(napi_env env, napi_callback_info info);
napi_value unpack(napi_env env, napi_callback_info info);

napi_value reduce(napi_env env, napi_callback_info info);
napi_value combine(napi_env env, napi_callback_info info);

napi_value hold(napi_env env, napi_callback_info info);
napi_value drop(napi_env env, napi_callback_info info);
napi_value expose(napi_env env, napi_callback_info info);
napi_value conceal(napi_env env, napi_callback_info info);
napi_value pull(napi_env env, napi_callback_info info);
napi_value pullHeld(napi_env env, napi_callback_info info);
napi_value readExposed(napi_env env, napi_callback_info info);
napi_value writeExposed(napi_env env, napi_callback_info info);
napi_value combineExposed(napi_env env, napi_callback_info info);
napi_value reduceExposed(napi_env env, napi_callback_info info);
napi_value copyShown(napi_env env, napi_callback_info info);
napi_value combineShown(napi_env env, napi_callback_info info);
napi_value help(napi_env env, napi_callback_info info);

}  // namespace mpi4ts
