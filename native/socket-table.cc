#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "sockets.h"

namespace mpi4ts {

namespace {
constexpr int kReportsMax = 64;
}  // namespace

int64_t SocketTable::add(int fd) {
  int64_t id = descriptor() < 0 ? 0 : fds_.add(fd);
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<uint64_t>(id);
  if (id == 0) {
    errno = ENOMEM;
  } else if (epoll_ctl(poller_, EPOLL_CTL_ADD, fd, &event) == 0) {
    return id;
  }
  int error = errno;
  fds_.remove(id);
  ::close(fd);
  errno = error;
  return 0;
}

bool SocketTable::watch(int64_t id, bool input, bool output) {
  int fd = find(id);
  epoll_event event = {};
  event.events = (input ? EPOLLIN : 0u) | (output ? EPOLLOUT : 0u);
  event.data.u64 = static_cast<uint64_t>(id);
  if (event.events == 0) return epoll_ctl(poller_, EPOLL_CTL_DEL, fd, &event) == 0 || errno == ENOENT;
  if (epoll_ctl(poller_, EPOLL_CTL_MOD, fd, &event) == 0) return true;
  return errno == ENOENT && epoll_ctl(poller_, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool SocketTable::close(int64_t id) {
  int fd = fds_.remove(id);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

void SocketTable::clear() {
  fds_.clear([](int fd) { ::close(fd); });
  if (poller_ >= 0) ::close(poller_);
  poller_ = -1;
  event_ = -1;
}

bool SocketTable::watch(int event) {
  epoll_event what = {};
  what.events = EPOLLIN;
  if (event_ >= 0 || descriptor() < 0 || epoll_ctl(poller_, EPOLL_CTL_ADD, event, &what) != 0) return false;
  event_ = event;
  return true;
}

int SocketTable::wait(int ms, double* ids, int max) {
  epoll_event reports[kReportsMax];
  int count = epoll_wait(poller_, reports, max < kReportsMax ? max : kReportsMax, ms);
  for (int i = 0; i < count; i++) {
    ids[i] = static_cast<double>(reports[i].data.u64);
    eventfd_t signals;
    if (reports[i].data.u64 == 0) eventfd_read(event_, &signals);
  }
  return count >= 0 || errno == EINTR ? (count < 0 ? 0 : count) : -1;
}

int SocketTable::descriptor() {
  if (poller_ < 0) poller_ = epoll_create1(EPOLL_CLOEXEC);
  return poller_;
}

}  // namespace mpi4ts
