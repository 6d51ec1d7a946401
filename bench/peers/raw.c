/*
 * The floor under every message over a socket: two processes on two cores, one connection, and nothing but send and
 * recv, which both try again until the bytes are there. Arguments and output as in bench/contract.ts, without `bibw`
 * and the works of more than two ranks.
 *
 *     cc -O2 raw.c -o raw && RAW_CPUS=0,1 RAW_FAMILY=tcp raw WORK BUFFERS VALIDATE SIZE:ITERATIONS:WARMUP ...
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "steps.h"

static int ends[2];

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(2);
}

static void send_bytes(const void *bytes, size_t count) {
  for (const char *at = bytes; count > 0;) {
    ssize_t done = send(ends[rank], at, count, MSG_NOSIGNAL);
    if (done < 0 && errno != EAGAIN && errno != EINTR) fail("the connection is broken");
    if (done < 0) continue;
    at += done;
    count -= (size_t)done;
  }
}

static void receive_bytes(void *bytes, size_t count) {
  for (char *at = bytes; count > 0;) {
    ssize_t done = recv(ends[rank], at, count, 0);
    if (done == 0 || (done < 0 && errno != EAGAIN && errno != EINTR)) fail("the connection is broken");
    if (done < 0) continue;
    at += done;
    count -= (size_t)done;
  }
}

/* A message without bytes does not exist on a socket: one byte stands for it. */
static size_t count_of(void) { return size == 0 ? 1 : (size_t)size; }

static void send_message(void) { send_bytes(take(&sends), count_of()); }
static void receive_message(void) { receive_bytes(take(&receives), count_of()); }

static void barrier(void) {
  char byte = 0;
  send_bytes(&byte, 1);
  receive_bytes(&byte, 1);
}

static void latency(void) {
  if (rank == 0) send_message();
  receive_message();
  if (rank == 1) send_message();
}

static void bandwidth(void) {
  char answer[4] = {0};
  if (rank == 0) {
    for (int i = 0; i < WINDOW; i++) send_message();
    receive_bytes(answer, 4);
  } else {
    for (int i = 0; i < WINDOW; i++) receive_message();
    send_bytes(answer, 4);
  }
}

static Round *choose(const char *work) {
  from = 1 - rank;
  if (strcmp(work, "latency") == 0) {
    sent = received = 1;
    return latency;
  }
  if (strcmp(work, "bandwidth") != 0 && strcmp(work, "message-rate") != 0) fail("unknown work");
  sent = rank == 0 ? WINDOW : 0;
  received = WINDOW - sent;
  return bandwidth;
}

static void give_up(void) { exit(1); }

/* Both ends of a connection over the loopback device, or over a Unix-domain socket. */
static void connect_ends(const char *family) {
  if (strcmp(family, "unix") == 0) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) fail("no pair of sockets");
  } else {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, bytes) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &bytes) != 0 ||
        connect(ends[0], (struct sockaddr *)&address, bytes) != 0 || (ends[1] = accept(listener, NULL, NULL)) < 0)
      fail("no connection over 127.0.0.1");
    for (int i = 0; i < 2; i++) {
      setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      // At its best: bbr, the default of some machines, paces what goes over loopback.
      setsockopt(ends[i], IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
    }
    close(listener);
  }
  for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFL, O_NONBLOCK);
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) fail("a process cannot be pinned");
}

int main(int count, char **words) {
  const char *family = getenv("RAW_FAMILY"), *pair = getenv("RAW_CPUS");
  int cpus[2];
  if (pair == NULL || sscanf(pair, "%d,%d", &cpus[0], &cpus[1]) != 2) fail("RAW_CPUS=A,B is not set");
  if (family == NULL) fail("RAW_FAMILY=tcp|unix is not set");
  connect_ends(family);
  pid_t child = fork();
  if (child < 0) fail("no second process");
  rank = child == 0 ? 1 : 0;
  if (rank == 1) prctl(PR_SET_PDEATHSIG, SIGKILL);
  close(ends[1 - rank]);
  pin(cpus[rank]);
  run_steps(count, words);
  int status = 0;
  if (rank == 0 && waitpid(child, &status, 0) == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
  return 0;
}
