// Watching an event from the event loop. Of libuv only these functions are needed: every Node.js exports them, and
// they have not changed since libuv 1.19. Weak, as V8's are (store.h).
#include <node_api.h>
#include <sys/eventfd.h>

#include <cstdint>
#include <cstdlib>

#include "arguments.h"
#include "events.h"
#include "functions.h"

extern "C" {
struct uv_poll_s;
struct uv_handle_s;
using PollCallback = void (*)(uv_poll_s*, int status, int events);
using CloseCallback = void (*)(uv_handle_s*);
__attribute__((weak)) size_t uv_handle_size(int type);
__attribute__((weak)) void* uv_handle_get_data(const uv_handle_s*);
__attribute__((weak)) void uv_handle_set_data(uv_handle_s*, void* data);
__attribute__((weak)) int uv_poll_init(uv_loop_s*, uv_poll_s*, int fd);
__attribute__((weak)) int uv_poll_start(uv_poll_s*, int events, PollCallback);
__attribute__((weak)) int uv_poll_stop(uv_poll_s*);
__attribute__((weak)) void uv_unref(uv_handle_s*);
__attribute__((weak)) void uv_close(uv_handle_s*, CloseCallback);
}

namespace mpi4ts {

namespace {

constexpr int kPollHandle = 8;  // UV_POLL
constexpr int kReadable = 1;    // UV_READABLE

}  // namespace

// One watched descriptor; lives until its environment ends.
struct Watch {
  napi_env env;
  napi_ref callback;
  napi_async_cleanup_hook_handle hook;
  uv_handle_s* handle;
  // To be reset after each signal. -1 where the callback sees to what is readable: then it is watched for one signal
  // at a time.
  int event;
};

namespace {

void onReadable(uv_poll_s* poll, int, int) {
  auto* watch = static_cast<Watch*>(uv_handle_get_data(reinterpret_cast<uv_handle_s*>(poll)));
  eventfd_t count;
  if (watch->event >= 0) {
    eventfd_read(watch->event, &count);
  } else {
    uv_poll_stop(poll);
  }
  napi_handle_scope scope;
  napi_open_handle_scope(watch->env, &scope);
  napi_value callback = nullptr, global = nullptr;
  napi_get_reference_value(watch->env, watch->callback, &callback);
  napi_get_global(watch->env, &global);
  napi_make_callback(watch->env, nullptr, global, callback, 0, nullptr, nullptr);
  napi_close_handle_scope(watch->env, scope);
}

void onClosed(uv_handle_s* handle) {
  auto* watch = static_cast<Watch*>(uv_handle_get_data(handle));
  napi_remove_async_cleanup_hook(watch->hook);
  free(handle);
  free(watch);
}

void onEnvironmentEnd(napi_async_cleanup_hook_handle, void* data) {
  uv_close(static_cast<Watch*>(data)->handle, onClosed);
}

// Calls `callback` whenever `fd` is readable.
template <size_t N>
Watch* watchDescriptor(napi_env env, const Arguments<N>& in, int fd, int event, napi_value callback) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, callback, &type);
  uv_loop_s* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  const char* problem = nullptr;
  if (type != napi_function) problem = "the callback is no function";
  if (uv_poll_init == nullptr || uv_poll_start == nullptr || uv_handle_size == nullptr || loop == nullptr) {
    problem = "this Node.js does not export its event loop";
  }
  auto* watch = problem == nullptr ? static_cast<Watch*>(calloc(1, sizeof(Watch))) : nullptr;
  auto* handle = watch == nullptr ? nullptr : static_cast<uv_handle_s*>(calloc(1, uv_handle_size(kPollHandle)));
  auto* poll = reinterpret_cast<uv_poll_s*>(handle);
  if (handle == nullptr || uv_poll_init(loop, poll, fd) != 0) {
    free(handle);
    free(watch);
    in.fail("%s", problem != nullptr ? problem : "it is watched already");
    return nullptr;
  }
  watch->env = env;
  watch->handle = handle;
  watch->event = event;
  uv_handle_set_data(handle, watch);
  napi_create_reference(env, callback, 1, &watch->callback);
  napi_add_async_cleanup_hook(env, onEnvironmentEnd, watch, &watch->hook);
  uv_unref(handle);
  uv_poll_start(poll, kReadable, onReadable);
  return watch;
}

}  // namespace

napi_value watchEvent(napi_env env, napi_callback_info info) {
  Arguments<2> in(env, info, "watchEvent");
  int64_t fd;
  if (!in.integer(0, "fd", INT32_MAX, &fd)) return nullptr;
  auto event = static_cast<int>(fd);
  if (isEvent(event)) {
    watchDescriptor(env, in, event, event, in.value(1));
  } else {
    in.fail("watchEvent: file descriptor %" PRId64 " is no event", fd);
  }
  return nullptr;
}

napi_value watchSockets(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "watchSockets");
  Watch*& watch = in.thread()->socketWatch;
  if (watch == nullptr) {
    watch = watchDescriptor(env, in, in.thread()->sockets.descriptor(), -1, in.value(0));
  } else {
    uv_poll_start(reinterpret_cast<uv_poll_s*>(watch->handle), kReadable, onReadable);
  }
  return nullptr;
}

}  // namespace mpi4ts
