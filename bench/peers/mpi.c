/*
 * The works of bench/contract.ts in C, for any MPI.
 *
 *     mpicc -O2 mpi.c -o mpi && mpirun -n RANKS mpi WORK BUFFERS VALIDATE SIZE:ITERATIONS:WARMUP ...
 */
#include <mpi.h>
#include "steps.h"
#include "collectives.h"

static int peer; /* peer: the other one of this rank's pair, or -1 */
static char answer[4];

static void fail(const char *message) {
  if (rank == 0) fprintf(stderr, "%s\n", message);
  MPI_Abort(MPI_COMM_WORLD, 2);
}

static void send(int to) { MPI_Send(take(&sends), size, MPI_BYTE, to, 0, MPI_COMM_WORLD); }

static void receive(int source) {
  MPI_Recv(take(&receives), size, MPI_BYTE, source, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void isend(MPI_Request *request) {
  MPI_Isend(take(&sends), size, MPI_BYTE, peer, 0, MPI_COMM_WORLD, request);
}

static void ireceive(MPI_Request *request) {
  MPI_Irecv(take(&receives), size, MPI_BYTE, peer, 0, MPI_COMM_WORLD, request);
}

/* The rounds. */

static void latency(void) {
  if (peer < 0) return;
  if (rank < peer) {
    send(peer);
    receive(peer);
  } else {
    receive(peer);
    send(peer);
  }
}

static void bandwidth(void) {
  MPI_Request requests[WINDOW];
  if (peer < 0) return;
  if (rank < peer) {
    for (int i = 0; i < WINDOW; i++) isend(&requests[i]);
    MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
    MPI_Recv(answer, 4, MPI_BYTE, peer, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  } else {
    for (int i = 0; i < WINDOW; i++) ireceive(&requests[i]);
    MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
    MPI_Send(answer, 4, MPI_BYTE, peer, 1, MPI_COMM_WORLD);
  }
}

static void bibw(void) {
  MPI_Request requests[2 * WINDOW];
  if (peer < 0) return;
  for (int i = 0; i < WINDOW; i++) ireceive(&requests[i]);
  for (int i = 0; i < WINDOW; i++) isend(&requests[WINDOW + i]);
  MPI_Waitall(2 * WINDOW, requests, MPI_STATUSES_IGNORE);
}

static void ring(void) {
  int left = (rank + ranks - 1) % ranks, right = (rank + 1) % ranks;
  if (rank == 0) {
    send(right);
    receive(left);
  } else {
    unsigned char *bytes = take(&receives);
    MPI_Recv(bytes, size, MPI_BYTE, left, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Send(bytes, size, MPI_BYTE, right, 0, MPI_COMM_WORLD);
  }
}

static void barrier(void) { MPI_Barrier(MPI_COMM_WORLD); }

/* The round of a work; sets who talks to whom, and how much. */
static Round *choose(const char *work) {
  peer = rank < 2 ? 1 - rank : -1;
  from = peer;
  sent = received = 0;
  if (strcmp(work, "barrier") == 0) return barrier;
  if (ranks < 2) fail("at least 2 ranks are needed");
  Round *collective = choose_collective(work);
  if (collective != NULL) return collective;
  if (strcmp(work, "ring") == 0) {
    from = 0;
    sent = rank == 0;
    received = 1;
    return ring;
  }
  if (strcmp(work, "multi-latency") == 0) {
    if (ranks % 2 != 0) fail("multi-latency needs an even number of ranks");
    from = peer = (rank + ranks / 2) % ranks;
    sent = received = 1;
    return latency;
  }
  if (strcmp(work, "latency") == 0) {
    sent = received = peer >= 0;
    return latency;
  }
  if (strcmp(work, "bandwidth") == 0 || strcmp(work, "message-rate") == 0) {
    sent = rank == 0 ? WINDOW : 0;
    received = rank == 1 ? WINDOW : 0;
    return bandwidth;
  }
  if (strcmp(work, "bibw") == 0) {
    sent = received = peer >= 0 ? WINDOW : 0;
    return bibw;
  }
  fail("unknown work");
  return NULL;
}

static void give_up(void) { MPI_Abort(MPI_COMM_WORLD, 1); }

int main(int count, char **words) {
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  run_steps(count, words);
  MPI_Finalize();
  return 0;
}
