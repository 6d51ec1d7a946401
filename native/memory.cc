// Memory that processes share, and the events by which they wake each other's event loops. Both are file descriptors
// without a name, so that nothing is left behind however the processes end.
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "arguments.h"
#include "events.h"
#include "functions.h"

namespace mpi4ts {

namespace {

// Nobody can cut it short under those who have mapped it.
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;

// A sleep is cut into slices by its caller; no caller can sleep for longer than this.
constexpr int64_t kSleepMsMax = 10000;

napi_value failed(napi_env env, const char* what) {
  char text[160];
  snprintf(text, sizeof text, "%s: %s", what, strerror(errno));
  napi_throw_error(env, nullptr, text);
  return nullptr;
}

// An Int32Array's word, for the futex calls.
int32_t* wordOf(const Arguments<4>& in) {
  View view;
  int64_t index;
  if (!in.view(0, "words", &view) || !in.integer(1, "index", kIntegerMax, &index)) return nullptr;
  if (index < view.bytes / 4 && reinterpret_cast<uintptr_t>(view.data) % 4 == 0) {
    return reinterpret_cast<int32_t*>(view.data) + index;
  }
  in.fail("word %" PRId64 " is not inside the view", index);
  return nullptr;
}

struct Mapping {
  void* base;
  size_t bytes;
};

void unmap(napi_env, void*, void* hint) {
  auto* mapping = static_cast<Mapping*>(hint);
  munmap(mapping->base, mapping->bytes);
  delete mapping;
}

}  // namespace

bool isEvent(int fd) {
  char path[40], target[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(path, target, sizeof target);
  constexpr char kEvent[] = "anon_inode:[eventfd]";
  return length == sizeof kEvent - 1 && memcmp(target, kEvent, sizeof kEvent - 1) == 0;
}

napi_value createMemory(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "createMemory");
  int64_t bytes;
  if (!in.integer(0, "bytes", int64_t{1} << 32, &bytes)) return nullptr;
  int fd = memfd_create("mpi4ts", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return failed(env, "memfd_create");
  if (ftruncate(fd, bytes) == 0 && fcntl(fd, F_ADD_SEALS, kSeals) == 0) return number(env, fd);
  failed(env, "createMemory");
  close(fd);
  return nullptr;
}

napi_value mapMemory(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "mapMemory");
  int64_t fd;
  if (!in.integer(0, "fd", INT32_MAX, &fd)) return nullptr;
  int seals = fcntl(static_cast<int>(fd), F_GET_SEALS);
  // Not fstat, which is a newer symbol than the oldest glibc that we run on has.
  off_t size = lseek(static_cast<int>(fd), 0, SEEK_END);
  if (seals < 0 || (seals & kSeals) != kSeals || size <= 0) {
    in.fail("mapMemory: file descriptor %" PRId64 " is not of createMemory", fd);
    return nullptr;
  }
  auto bytes = static_cast<size_t>(size);
  void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, static_cast<int>(fd), 0);
  if (base == MAP_FAILED) return failed(env, "mmap");
  auto* mapping = new Mapping{base, bytes};
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, base, bytes, unmap, mapping, &buffer) == napi_ok) return buffer;
  unmap(env, base, mapping);
  napi_throw_error(env, nullptr, "mapMemory: this runtime makes no ArrayBuffer of foreign memory");
  return nullptr;
}

napi_value createEvent(napi_env env, napi_callback_info) {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd < 0 ? failed(env, "eventfd") : number(env, fd);
}

napi_value signalEvent(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "signalEvent");
  int64_t fd;
  if (!in.integer(0, "fd", INT32_MAX, &fd)) return nullptr;
  if (!isEvent(static_cast<int>(fd))) {
    in.fail("signalEvent: file descriptor %" PRId64 " is no event", fd);
    return nullptr;
  }
  // It fails only when 2^64 - 2 signals are pending, and then wakes all the same.
  eventfd_write(static_cast<int>(fd), 1);
  return nullptr;
}

napi_value joinProcesses(napi_env env, napi_callback_info info) {
  Arguments<2> in(env, info, "joinProcesses");
  int64_t parent, fds;
  if (!in.integer(0, "parent", INT32_MAX, &parent) || !in.integer(1, "fds", INT32_MAX, &fds)) return nullptr;
  if (parent != getppid()) {
    in.fail("joinProcesses: %" PRId64 " is not the parent of this process", parent);
    return nullptr;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Peers copy long messages out of this process. Fails where Yama is absent, and nothing is in the way.
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  for (int fd = 3; fd < 3 + fds; fd++) {
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) break;
  }
  // It may have ended before the first line.
  if (parent != getppid()) raise(SIGKILL);
  return nullptr;
}

napi_value leave(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "leave");
  int64_t code;
  if (in.integer(0, "code", 255, &code)) _exit(static_cast<int>(code));
  return nullptr;
}

napi_value futexWait(napi_env env, napi_callback_info info) {
  Arguments<4> in(env, info, "futexWait");
  int32_t* word = wordOf(in);
  int32_t seen;
  int64_t ms;
  if (word == nullptr || !in.word(2, "seen", &seen) || !in.integer(3, "ms", kSleepMsMax, &ms)) return nullptr;
  timespec timeout = {ms / 1000, ms % 1000 * 1000000};
  bool timedOut = syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, nullptr, 0) != 0 && errno == ETIMEDOUT;
  napi_value result = nullptr;
  napi_get_boolean(env, !timedOut, &result);
  return result;
}

napi_value futexWake(napi_env env, napi_callback_info info) {
  Arguments<4> in(env, info, "futexWake");
  int32_t* word = wordOf(in);
  if (word != nullptr) syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, nullptr, nullptr, 0);
  return nullptr;
}

}  // namespace mpi4ts
