// Non-blocking TCP and Unix-domain stream sockets, driven by whoever waits: no thread, no event loop of their own.
#include "sockets.h"

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "arguments.h"
#include "events.h"
#include "functions.h"

namespace mpi4ts {

namespace {

constexpr int kBacklog = 1024;
// Looks for input in one call: so long nothing else of the thread goes on.
constexpr int64_t kLooksMax = 1024;

// An address: a numeric IPv4 or IPv6 one, or `@name`, a Unix-domain name that no file system knows.
struct Address {
  sockaddr_storage storage = {};
  socklen_t bytes = 0;

  bool parse(const char* text, int64_t port) {
    auto* four = reinterpret_cast<sockaddr_in*>(&storage);
    auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
    auto* local = reinterpret_cast<sockaddr_un*>(&storage);
    size_t length = strlen(text);
    if (text[0] == '@' && length > 1 && length < sizeof local->sun_path) {
      local->sun_family = AF_UNIX;
      memcpy(local->sun_path + 1, text + 1, length - 1);
      bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    } else if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
      four->sin_family = AF_INET;
      four->sin_port = htons(static_cast<uint16_t>(port));
      bytes = sizeof *four;
    } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
      six->sin6_family = AF_INET6;
      six->sin6_port = htons(static_cast<uint16_t>(port));
      bytes = sizeof *six;
    }
    return bytes != 0;
  }

  bool isLoopback() const {
    auto* four = reinterpret_cast<const sockaddr_in*>(&storage);
    auto* six = reinterpret_cast<const sockaddr_in6*>(&storage);
    return family() == AF_INET ? (ntohl(four->sin_addr.s_addr) >> 24) == IN_LOOPBACKNET
                               : family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
  }

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

// Short messages leave at once. Means nothing to a Unix-domain socket, which ignores it. Inside one host no network
// can be congested, and what is made for one holds back: between two programs in C 1 MiB takes 200 us with bbr and 130
// with reno, which every kernel has.
void tune(int fd, const Address& peer) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (peer.isLoopback()) setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

// What both ends of a connection begin with: (host, port).
int open(const Arguments<2>& in, napi_env env, Address* address) {
  char text[108];
  size_t length = 0;
  int64_t port;
  if (napi_get_value_string_utf8(env, in.value(0), text, sizeof text, &length) != napi_ok ||
      length >= sizeof text - 1 || strlen(text) != length) {
    in.fail("the host must be a string of at most 106 bytes");
    return -1;
  }
  if (!in.integer(1, "port", 65535, &port)) return -1;
  if (!address->parse(text, port)) {
    in.fail("'%s' is neither a numeric address nor a name that begins with @", text);
    return -1;
  }
  int fd = socket(address->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) in.fail("socket: %s", strerror(errno));
  return fd;
}

napi_value finish(napi_env env, const Arguments<2>& in, int fd, bool good) {
  int64_t id = 0;
  if (!good) {
    int error = errno;
    ::close(fd);
    errno = error;
  } else {
    id = in.thread()->sockets.add(fd);
  }
  if (id != 0) return number(env, id);
  in.fail("%s", strerror(errno));
  return nullptr;
}

// The descriptor of a socket, or -1 and an exception.
template <size_t N>
int descriptor(const Arguments<N>& in, int64_t* id) {
  if (!in.integer(0, "socket", kIntegerMax, id)) return -1;
  int fd = in.thread()->sockets.find(*id);
  if (fd < 0) in.fail("socket %" PRId64 " is not open", *id);
  return fd;
}

// Bytes moved, 0 where none can be moved now, or the negative error number. The end of the stream is -EPIPE.
napi_value moved(napi_env env, ssize_t count, bool atEnd) {
  if (count > 0) return number(env, count);
  if (count == 0) return number(env, atEnd ? -EPIPE : 0);
  if (errno == EAGAIN || errno == EINTR) return number(env, 0);
  return number(env, -errno);
}

template <size_t N>
bool span(const Arguments<N>& in, size_t first, iovec* out) {
  View view;
  int64_t offset, bytes;
  if (!in.view(first, "view", &view) || !in.integer(first + 1, "offset", kIntegerMax, &offset) ||
      !in.integer(first + 2, "bytes", kIntegerMax, &bytes) || !in.inside("the view", offset, bytes, view.bytes)) {
    return false;
  }
  *out = {view.data + offset, static_cast<size_t>(bytes)};
  return true;
}

}  // namespace

napi_value socketListen(napi_env env, napi_callback_info info) {
  Arguments<2> in(env, info, "socketListen");
  Address address;
  int fd = open(in, env, &address);
  if (fd < 0) return nullptr;
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return finish(env, in, fd, bind(fd, address.get(), address.bytes) == 0 && listen(fd, kBacklog) == 0);
}

napi_value socketConnect(napi_env env, napi_callback_info info) {
  Arguments<2> in(env, info, "socketConnect");
  Address address;
  int fd = open(in, env, &address);
  if (fd < 0) return nullptr;
  tune(fd, address);
  return finish(env, in, fd, connect(fd, address.get(), address.bytes) == 0 || errno == EINPROGRESS);
}

napi_value socketAccept(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketAccept");
  int64_t id;
  int listener = descriptor(in, &id);
  if (listener < 0) return nullptr;
  Address peer;
  peer.bytes = sizeof peer.storage;
  int fd = accept4(listener, reinterpret_cast<sockaddr*>(&peer.storage), &peer.bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return number(env, 0);
  tune(fd, peer);
  return number(env, in.thread()->sockets.add(fd));
}

napi_value socketPort(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketPort");
  int64_t id;
  int fd = descriptor(in, &id);
  if (fd < 0) return nullptr;
  Address address;
  address.bytes = sizeof address.storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.bytes);
  if (address.family() == AF_UNIX) return number(env, 0);
  // The port has the same place in both families.
  return number(env, ntohs(reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port));
}

napi_value socketError(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketError");
  int64_t id;
  int fd = descriptor(in, &id);
  if (fd < 0) return nullptr;
  int error = 0;
  socklen_t bytes = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
  return number(env, error);
}

napi_value socketUnsent(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketUnsent");
  int64_t id;
  int fd = descriptor(in, &id);
  if (fd < 0) return nullptr;
  int domain = AF_UNIX;
  socklen_t bytes = sizeof domain;
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &bytes);
  // What a Unix-domain socket has taken is with the other side at once.
  int unsent = 0;
  if (domain != AF_UNIX) ioctl(fd, SIOCOUTQ, &unsent);
  return number(env, unsent);
}

napi_value socketSend(napi_env env, napi_callback_info info) {
  Arguments<7> in(env, info, "socketSend");
  int64_t id;
  iovec parts[2] = {};
  int fd = descriptor(in, &id);
  if (fd < 0 || !span(in, 1, &parts[0])) return nullptr;
  int64_t hold, offset, bytes;
  if (!in.integer(4, "hold", kIntegerMax, &hold) || !in.integer(5, "byteOffset", kIntegerMax, &offset) ||
      !in.integer(6, "heldBytes", kIntegerMax, &bytes)) {
    return nullptr;
  }
  if (bytes == 0) return moved(env, send(fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL), false);
  Hold* held = in.thread()->holds.find(hold);
  if (held == nullptr) {
    in.fail("socketSend: nothing is held under %" PRId64, hold);
    return nullptr;
  }
  if (!in.inside("the held memory", offset, bytes, held->bytes())) return nullptr;
  parts[1] = {held->data() + offset, static_cast<size_t>(bytes)};
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  return moved(env, sendmsg(fd, &message, MSG_NOSIGNAL), false);
}

napi_value socketLends(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketLends");
  int64_t id;
  int fd = descriptor(in, &id);
  if (fd < 0) return nullptr;
  int on = 1;
  napi_value lends = nullptr;
  napi_get_boolean(env, setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof on) == 0, &lends);
  return lends;
}

napi_value socketLend(napi_env env, napi_callback_info info) {
  Arguments<4> in(env, info, "socketLend");
  int64_t id, hold, offset, bytes;
  int fd = descriptor(in, &id);
  if (fd < 0 || !in.integer(1, "hold", kIntegerMax, &hold) || !in.integer(2, "byteOffset", kIntegerMax, &offset) ||
      !in.integer(3, "bytes", kIntegerMax, &bytes)) {
    return nullptr;
  }
  Hold* held = in.thread()->holds.find(hold);
  if (held == nullptr) {
    in.fail("socketLend: nothing is held under %" PRId64, hold);
    return nullptr;
  }
  if (!in.inside("the held memory", offset, bytes, held->bytes())) return nullptr;
  auto size = static_cast<size_t>(bytes);
  return moved(env, send(fd, held->data() + offset, size, MSG_NOSIGNAL | MSG_ZEROCOPY), false);
}

napi_value socketReturned(napi_env env, napi_callback_info info) {
  Arguments<2> in(env, info, "socketReturned");
  int64_t id;
  View ranges;
  int fd = descriptor(in, &id);
  if (fd < 0 || !in.view(1, "ranges", &ranges)) return nullptr;
  int64_t count = 0;
  while ((count + 1) * 8 <= ranges.bytes) {
    // Room for the error and the address that IPv6 puts behind it.
    alignas(cmsghdr) char control[128];
    msghdr message = {};
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (recvmsg(fd, &message, MSG_ERRQUEUE) < 0) break;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
      bool four = part->cmsg_level == SOL_IP && part->cmsg_type == IP_RECVERR;
      bool six = part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_RECVERR;
      if (!four && !six) continue;
      sock_extended_err error;
      memcpy(&error, CMSG_DATA(part), sizeof error);
      if (error.ee_errno != 0 || error.ee_origin != SO_EE_ORIGIN_ZEROCOPY) continue;
      uint32_t range[2] = {error.ee_info, error.ee_data};
      memcpy(ranges.data + 8 * count++, range, sizeof range);
      break;
    }
  }
  return number(env, count);
}

napi_value socketAcknowledge(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketAcknowledge");
  int64_t id;
  int fd = descriptor(in, &id);
  int on = 1;
  if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  return nullptr;
}

napi_value socketReceive(napi_env env, napi_callback_info info) {
  Arguments<5> in(env, info, "socketReceive");
  int64_t id, looks;
  iovec part;
  int fd = descriptor(in, &id);
  if (fd < 0 || !span(in, 1, &part) || !in.integer(4, "looks", kLooksMax, &looks)) return nullptr;
  ssize_t count;
  do {
    count = recv(fd, part.iov_base, part.iov_len, 0);
  } while (count < 0 && errno == EAGAIN && --looks > 0);
  return moved(env, count, part.iov_len > 0);
}

napi_value socketWatch(napi_env env, napi_callback_info info) {
  Arguments<3> in(env, info, "socketWatch");
  int64_t id;
  bool input = false, output = false;
  if (descriptor(in, &id) < 0) return nullptr;
  napi_get_value_bool(env, in.value(1), &input);
  napi_get_value_bool(env, in.value(2), &output);
  if (!in.thread()->sockets.watch(id, input, output)) in.fail("socketWatch: %s", strerror(errno));
  return nullptr;
}

napi_value socketFinish(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketFinish");
  int64_t id;
  int fd = descriptor(in, &id);
  if (fd >= 0) shutdown(fd, SHUT_WR);
  return nullptr;
}

napi_value socketClose(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketClose");
  int64_t id;
  if (in.integer(0, "socket", kIntegerMax, &id)) in.thread()->sockets.close(id);
  return nullptr;
}

napi_value socketsReady(napi_env env, napi_callback_info info) {
  Arguments<2> in(env, info, "socketsReady");
  int64_t ms;
  View ids;
  if (!in.integer(0, "ms", 10000, &ms) || !in.view(1, "ids", &ids)) return nullptr;
  if (ids.bytes < 8 || reinterpret_cast<uintptr_t>(ids.data) % 8 != 0) {
    in.fail("ids must be a Float64Array of at least one element");
    return nullptr;
  }
  auto max = static_cast<int>(ids.bytes / 8 < 64 ? ids.bytes / 8 : 64);
  int count = in.thread()->sockets.wait(static_cast<int>(ms), reinterpret_cast<double*>(ids.data), max);
  return number(env, count);
}

napi_value socketsWatch(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "socketsWatch");
  int64_t event;
  if (!in.integer(0, "event", INT32_MAX, &event)) return nullptr;
  if (!isEvent(static_cast<int>(event)) || !in.thread()->sockets.watch(static_cast<int>(event))) {
    in.fail("socketsWatch: file descriptor %" PRId64 " is no event", event);
  }
  return nullptr;
}

}  // namespace mpi4ts
