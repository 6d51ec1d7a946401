// Copies that V8 would do word by word on shared memory.
#include "arguments.h"
#include "functions.h"
#include "move.h"

namespace mpi4ts {

namespace {

// Arguments of copyIn and copyOut: segmentOffset, view, viewOffset, bytes.
struct SegmentCopy {
  uint8_t* inSegment;
  uint8_t* inView;
  int64_t bytes;

  bool read(const Arguments<4>& in, const char* what, const char* whatOffset) {
    int64_t segmentOffset, viewOffset;
    View view;
    if (in.segment() == nullptr || !in.integer(0, "segmentOffset", kIntegerMax, &segmentOffset) ||
        !in.view(1, what, &view) || !in.integer(2, whatOffset, kIntegerMax, &viewOffset) ||
        !in.integer(3, "bytes", kIntegerMax, &bytes) ||
        !in.inside("the segment", segmentOffset, bytes, in.thread()->bytes) ||
        !in.inside(what, viewOffset, bytes, view.bytes)) {
      return false;
    }
    inSegment = in.thread()->base + segmentOffset;
    inView = view.data + viewOffset;
    return true;
  }
};

// Arguments of copyHeldIn and copyHeldOut: segmentOffset, hold, byteOffset, bytes. Numbers only: reading a typed
// array costs more than copying 256 bytes.
struct HeldCopy {
  uint8_t* inSegment;
  uint8_t* inStore;
  int64_t bytes;

  bool read(const Arguments<4>& in) {
    int64_t segmentOffset;
    if (in.segment() == nullptr || !in.integer(0, "segmentOffset", kIntegerMax, &segmentOffset)) return false;
    inStore = in.held(1, &bytes);
    if (inStore == nullptr || !in.inside("the segment", segmentOffset, bytes, in.thread()->bytes)) return false;
    inSegment = in.thread()->base + segmentOffset;
    return true;
  }
};

}  // namespace

napi_value copyHeldIn(napi_env env, napi_callback_info info) {
  HeldCopy job;
  if (job.read(Arguments<4>(env, info, "copyHeldIn"))) move(job.inSegment, job.inStore, job.bytes);
  return nullptr;
}

napi_value copyHeldOut(napi_env env, napi_callback_info info) {
  HeldCopy job;
  if (job.read(Arguments<4>(env, info, "copyHeldOut"))) move(job.inStore, job.inSegment, job.bytes);
  return nullptr;
}

napi_value copyIn(napi_env env, napi_callback_info info) {
  SegmentCopy job;
  if (job.read(Arguments<4>(env, info, "copyIn"), "source", "sourceOffset")) {
    move(job.inSegment, job.inView, job.bytes);
  }
  return nullptr;
}

napi_value copyOut(napi_env env, napi_callback_info info) {
  SegmentCopy job;
  if (job.read(Arguments<4>(env, info, "copyOut"), "target", "targetOffset")) {
    move(job.inView, job.inSegment, job.bytes);
  }
  return nullptr;
}

napi_value copy(napi_env env, napi_callback_info info) {
  Arguments<5> in(env, info, "copy");
  View target, source;
  int64_t targetOffset, sourceOffset, bytes;
  if (in.view(0, "target", &target) && in.integer(1, "targetOffset", kIntegerMax, &targetOffset) &&
      in.view(2, "source", &source) && in.integer(3, "sourceOffset", kIntegerMax, &sourceOffset) &&
      in.integer(4, "bytes", kIntegerMax, &bytes) && in.inside("target", targetOffset, bytes, target.bytes) &&
      in.inside("source", sourceOffset, bytes, source.bytes)) {
    move(target.data + targetOffset, source.data + sourceOffset, bytes);
  }
  return nullptr;
}

}  // namespace mpi4ts
