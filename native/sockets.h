// The stream sockets of one thread, by id, and the epoll instance that watches them all.
#pragma once

#include <cstdint>

#include "id-table.h"

namespace mpi4ts {

// By id, so that JavaScript can never reach a file descriptor that is not of this table.
class SocketTable {
 public:
  // Takes over the descriptor, and watches it for input; 0, with the descriptor closed and errno set, if there is no room.
  int64_t add(int fd);
  // -1 for an id that is not open.
  int find(int64_t id) const { return fds_.find(id); }
  // What to watch the socket for. False, with errno set, if the kernel refuses.
  bool watch(int64_t id, bool input, bool output);
  // False for an id that is not open.
  bool close(int64_t id);
  void clear();

  // Watches an event beside the sockets, the only one: it is reported as id 0, and reset.
  bool watch(int event);
  // Waits for at most `ms`, and reports the sockets on which something can be done: their ids. -1 if it fails.
  int wait(int ms, double* ids, int max);
  // The epoll instance, which is readable while there is something to report; -1 if there is none.
  int descriptor();

 private:
  IdTable<int, int64_t{1} << 20, int64_t{1} << 32> fds_{-1};
  int poller_ = -1;
  int event_ = -1;
};

}  // namespace mpi4ts
