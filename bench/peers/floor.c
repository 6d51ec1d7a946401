/*
 * The floor under every latency: what two threads on two cores need when nothing but the bytes goes over. Up to 48
 * bytes the message travels in the cache line that announces it; larger ones are copied by the receiver, once, from
 * the sender's buffer. Arguments and output as in bench/contract.ts, `latency` only.
 *
 *     cc -O2 -pthread floor.c -o floor && FLOOR_CPUS=0,1 floor latency BUFFERS VALIDATE SIZE:ITERATIONS:WARMUP ...
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#include "messages.h"

#define LINE_PAYLOAD 48

/* One of the two threads. `theirs` walks through the other's sends, in the order in which they are sent. */
typedef struct {
  int rank;
  Pool sends, receives, theirs;
  uint64_t turn;
} Thread;

/* The line that goes back and forth: even turns are rank 0's to write, odd ones rank 1's. */
static struct {
  _Alignas(128) _Atomic uint64_t turn;
  uint64_t payload[LINE_PAYLOAD / 8];
} line;

static Thread threads[2];
static pthread_barrier_t barrier;
static int count;
static char **words;
static int cpus[2];

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(2);
}

static void copy_words(void *to, const void *source, int size) {
  uint64_t *target = to;
  const uint64_t *words8 = source;
  for (int i = 0; i < (size + 7) / 8; i++) target[i] = words8[i];
}

static void send(Thread *self, int size) {
  unsigned char *bytes = take(&self->sends);
  if (size <= LINE_PAYLOAD) copy_words(line.payload, bytes, size);
  atomic_store_explicit(&line.turn, ++self->turn, memory_order_release);
}

static void receive(Thread *self, int size) {
  unsigned char *bytes = take(&self->receives), *source = take(&self->theirs);
  ++self->turn;
  while (atomic_load_explicit(&line.turn, memory_order_acquire) != self->turn) continue;
  if (size <= LINE_PAYLOAD) copy_words(bytes, line.payload, size);
  else memcpy(bytes, source, (size_t)size);
}

static void latency(Thread *self, int size) {
  if (self->rank == 0) {
    send(self, size);
    receive(self, size);
  } else {
    receive(self, size);
    send(self, size);
  }
}

static double timed(Thread *self, int size, long rounds) {
  pthread_barrier_wait(&barrier);
  double start = now();
  for (long i = 0; i < rounds; i++) latency(self, size);
  return now() - start;
}

static double validated(Thread *self, int size, long rounds) {
  double seconds = 0;
  for (long i = 0; i < rounds; i++) {
    size_t slot = self->receives.next;
    fill_slot(&self->sends, self->sends.next, size, self->rank, i);
    seconds += timed(self, size, 1);
    pthread_barrier_wait(&barrier); /* the other has copied the last message from this one's buffer */
    if (!check_slot(&self->receives, slot, size, 1 - self->rank, self->rank, i)) exit(1);
  }
  return seconds;
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0) fail("a thread cannot be pinned");
}

static void *run_thread(void *argument) {
  Thread *self = argument, *other = &threads[1 - self->rank];
  int rotate = strcmp(words[2], "rotate") == 0, validate = strcmp(words[3], "1") == 0;
  pin(cpus[self->rank]);
  self->sends.bytes = memory_for(count - 4, words + 4, rotate, 1);
  self->receives.bytes = memory_for(count - 4, words + 4, rotate, 1);
  pthread_barrier_wait(&barrier);
  self->theirs.bytes = other->sends.bytes;
  for (int i = 4; i < count; i++) {
    int size;
    long iterations, warmup;
    if (sscanf(words[i], "%d:%ld:%ld", &size, &iterations, &warmup) != 3) fail("SIZE:ITERATIONS:WARMUP expected");
    resize(&self->sends, size, rotate);
    resize(&self->receives, size, rotate);
    resize(&self->theirs, size, rotate);
    double (*run)(Thread *, int, long) = validate ? validated : timed;
    run(self, size, warmup);
    double seconds = run(self, size, iterations);
    if (self->rank == 0) printf("%d %ld %.9f\n", size, iterations, seconds);
    fflush(stdout);
  }
  return NULL;
}

int main(int argument_count, char **arguments) {
  count = argument_count;
  words = arguments;
  if (count < 5 || strcmp(words[1], "latency") != 0)
    fail("usage: latency reuse|rotate 0|1 SIZE:ITERATIONS:WARMUP ...");
  const char *pair = getenv("FLOOR_CPUS");
  if (pair == NULL || sscanf(pair, "%d,%d", &cpus[0], &cpus[1]) != 2) fail("FLOOR_CPUS=A,B is not set");
  pthread_barrier_init(&barrier, NULL, 2);
  for (int i = 0; i < 2; i++) threads[i].rank = i;
  pthread_t other;
  if (pthread_create(&other, NULL, run_thread, &threads[1]) != 0) fail("no second thread");
  run_thread(&threads[0]);
  pthread_join(other, NULL);
  return 0;
}
