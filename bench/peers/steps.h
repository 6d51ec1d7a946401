/*
 * What the programs in C do that pass messages as ranks: the steps of bench/contract.ts one after the other, timed, and
 * checked if that is asked for. Whoever includes this defines `fail`, `barrier`, `choose` and `give_up`.
 */
#include "messages.h"

#define WINDOW 64

typedef void Round(void);

static int rank, size;
static Pool sends, receives;
static int sent, received; /* messages of this rank in one round, for validation */
static int from;           /* whose bytes the received messages are */
static int send_blocks = 1, receive_blocks = 1; /* the size of a buffer, in units of the step's */

static void barrier(void);
/* The round of a work; sets all of the above that differs, and `fill` and `check` if it passes no messages. */
static Round *choose(const char *work);
/* Ends all ranks after a message that was not as it should be. */
static void give_up(void);

static void fill_messages(long round) {
  size_t slot = sends.next;
  for (int i = 0; i < sent; i++, slot = (slot + 1) % sends.slots)
    fill_slot(&sends, slot, size, rank, round);
}

static void check_messages(size_t slot, long round) {
  for (int i = 0; i < received; i++, slot = (slot + 1) % receives.slots)
    if (!check_slot(&receives, slot, size, from, rank, round)) give_up();
}

/* Writes what this rank sends in a round. */
static void (*fill)(long round) = fill_messages;
/* Checks what it received, from the slot on that was the next before the round. */
static void (*check)(size_t slot, long round) = check_messages;

static double timed(Round *round, long rounds) {
  barrier();
  double start = now();
  for (long i = 0; i < rounds; i++) round();
  return now() - start;
}

static double validated(Round *round, long rounds) {
  double seconds = 0;
  for (long i = 0; i < rounds; i++) {
    size_t slot = receives.next;
    fill(i);
    seconds += timed(round, 1);
    check(slot, i);
  }
  return seconds;
}

/* All the steps: the arguments are WORK reuse|rotate 0|1 SIZE:ITERATIONS:WARMUP ... */
static void run_steps(int count, char **words) {
  if (count < 5) fail("usage: WORK reuse|rotate 0|1 SIZE:ITERATIONS:WARMUP ...");
  Round *round = choose(words[1]);
  int rotate = strcmp(words[2], "rotate") == 0, validate = strcmp(words[3], "1") == 0;
  sends.bytes = memory_for(count - 4, words + 4, rotate, send_blocks);
  receives.bytes = memory_for(count - 4, words + 4, rotate, receive_blocks);
  for (int i = 4; i < count; i++) {
    long iterations, warmup;
    if (sscanf(words[i], "%d:%ld:%ld", &size, &iterations, &warmup) != 3) fail("SIZE:ITERATIONS:WARMUP expected");
    resize(&sends, (size_t)send_blocks * size, rotate);
    resize(&receives, (size_t)receive_blocks * size, rotate);
    double (*run)(Round *, long) = validate ? validated : timed;
    run(round, warmup);
    double seconds = run(round, iterations);
    if (rank == 0) printf("%d %ld %.9f\n", size, iterations, seconds);
    fflush(stdout);
  }
}
