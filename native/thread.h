// What the addon knows of one JavaScript environment: a worker thread or the main thread.
#pragma once

#include <node_api.h>

#include <cstdint>

#include "holds.h"
#include "segment.h"
#include "sockets.h"

namespace mpi4ts {

struct Thread {
  napi_env env = nullptr;

  // The attached segment, and this thread's own view and hold of its memory; null before `attach`.
  Segment* segment = nullptr;
  uint8_t* base = nullptr;
  int64_t bytes = 0;
  int64_t rank = 0;
  Hold* memory = nullptr;

  HoldTable holds{nullptr};
  SocketTable sockets;
  struct Watch* socketWatch = nullptr;
  // That no other memory can be held safely, see reallocation.h.
  bool sharedOnly = false;

  // Puts `end` in front of all cleanup hooks registered so far: they run last in, first out, and the hook that
  // another addon's buffer registered frees that buffer's memory although we hold its backing store.
  void renewHook();

  // Takes back what this rank offers, waits for whoever is copying, and lets go of all memory. Runs however the
  // environment ends: return, exception, process.exit, terminate.
  void end();
};

}  // namespace mpi4ts
