#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "sockets.h"

namespace mpi4ts {

namespace {
// An id is serial * kPlaces + place, and stays an exact JavaScript number.
constexpr int64_t kPlaces = int64_t{1} << 20;
constexpr int64_t kSerials = int64_t{1} << 32;
constexpr int kReportsMax = 64;
}  // namespace

bool SocketTable::grow() {
  int64_t larger = capacity_ == 0 ? 16 : capacity_ * 2;
  void* memory = larger > kPlaces ? nullptr : realloc(entries_, static_cast<size_t>(larger) * sizeof(Entry));
  if (memory == nullptr) return false;
  entries_ = static_cast<Entry*>(memory);
  for (int64_t place = larger - 1; place >= capacity_; place--) {
    entries_[place] = {-1, 0, firstFree_};
    firstFree_ = place;
  }
  capacity_ = larger;
  return true;
}

int64_t SocketTable::add(int fd) {
  if (descriptor() < 0 || (firstFree_ < 0 && !grow())) {
    ::close(fd);
    errno = ENOMEM;
    return 0;
  }
  int64_t place = firstFree_;
  Entry& entry = entries_[place];
  int64_t id = (entry.serial % (kSerials - 1) + 1) * kPlaces + place;
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<uint64_t>(id);
  if (epoll_ctl(poller_, EPOLL_CTL_ADD, fd, &event) != 0) {
    ::close(fd);
    return 0;
  }
  firstFree_ = entry.nextFree;
  entry.fd = fd;
  entry.serial = id / kPlaces;
  return id;
}

int SocketTable::find(int64_t id) const {
  int64_t place = id % kPlaces;
  if (id <= 0 || place >= capacity_ || entries_[place].serial != id / kPlaces) return -1;
  return entries_[place].fd;
}

bool SocketTable::want(int64_t id, bool output) {
  epoll_event event = {};
  event.events = output ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = static_cast<uint64_t>(id);
  return epoll_ctl(poller_, EPOLL_CTL_MOD, find(id), &event) == 0;
}

bool SocketTable::close(int64_t id) {
  int fd = find(id);
  if (fd < 0) return false;
  ::close(fd);
  Entry& entry = entries_[id % kPlaces];
  entry.fd = -1;
  entry.nextFree = firstFree_;
  firstFree_ = id % kPlaces;
  return true;
}

void SocketTable::clear() {
  for (int64_t place = 0; place < capacity_; place++) {
    if (entries_[place].fd >= 0) ::close(entries_[place].fd);
  }
  free(entries_);
  if (poller_ >= 0) ::close(poller_);
  *this = SocketTable();
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
