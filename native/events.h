// Event file descriptors (eventfd).
#pragma once

namespace mpi4ts {

// Whether a file descriptor, which may be any number, is an event.
bool isEvent(int fd);

}  // namespace mpi4ts
