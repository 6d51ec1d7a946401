/* What the programs in C share: the buffers of the messages, the bytes in them, and the clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROTATE_BYTES ((size_t)64 << 20)
#define LINE 64

/* `slots` buffers in turn, `stride` bytes apart. */
typedef struct {
  unsigned char *bytes;
  size_t stride, slots, next;
} Pool;

/* Ends the program, with a line on stderr. */
static void fail(const char *message);

/* The buffer of the next message. */
static unsigned char *take(Pool *pool) {
  unsigned char *bytes = pool->bytes + pool->next * pool->stride;
  if (++pool->next == pool->slots) pool->next = 0;
  return bytes;
}

/* Sets the pool to messages of `size` bytes. */
static void resize(Pool *pool, size_t size, int rotate) {
  pool->stride = size == 0 ? LINE : (size + LINE - 1) & ~(size_t)(LINE - 1);
  pool->slots = rotate ? ROTATE_BYTES / pool->stride : 1;
  if (rotate && pool->slots < 2) pool->slots = 2;
  pool->next = 0;
}

/*
 * Memory for the pool of any of the steps, `blocks` times its size a message: touched by the thread that calls, so that
 * no page is new to the clock.
 */
static unsigned char *memory_for(int count, char **steps, int rotate, int blocks) {
  size_t bytes = rotate ? ROTATE_BYTES : LINE;
  for (int i = 0; i < count; i++) {
    size_t needed = (size_t)(rotate ? 2 : 1) * (strtoull(steps[i], NULL, 10) * blocks + LINE);
    if (needed > bytes) bytes = needed;
  }
  unsigned char *memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
  if (memory == NULL) fail("out of memory");
  memset(memory, 1, bytes);
  return memory;
}

/* Byte `at` of the message that rank `source` sends from its buffer `slot` in this round. */
static unsigned char expected(int source, long round, size_t slot, int at) {
  return (unsigned char)(31 * source + 7 * round + 3 * slot + at + (at >> 8));
}

static void fill_slot(Pool *pool, size_t slot, int size, int source, long round) {
  for (int at = 0; at < size; at++) pool->bytes[slot * pool->stride + at] = expected(source, round, slot, at);
}

/* Whether the slot holds what `source` sent; if not, says so on stderr. */
static int check_slot(const Pool *pool, size_t slot, int size, int source, int rank, long round) {
  for (int at = 0; at < size; at++) {
    if (pool->bytes[slot * pool->stride + at] == expected(source, round, slot, at)) continue;
    fprintf(stderr, "validation failed: rank %d, size %d, round %ld, byte %d\n", rank, size, round, at);
    return 0;
  }
  return 1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}
