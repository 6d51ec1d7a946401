/* The collective works of bench/contract.ts. Whoever includes this has included mpi.h and steps.h. */

static int ranks;
static int root; /* of the next round */
static int odd;  /* whether the next round is odd */
static MPI_Comm reversed; /* all ranks in reverse order */

/* Whose blocks make one block of the result; where it is more than one rank's, as a sum of floats. */
typedef enum { FROM_ROOT, FROM_EACH, OF_ALL, OF_THOSE_BEFORE } Source;

typedef struct {
  const char *name;
  Round *round;
  int sends_all, receives_all; /* whether such a buffer has a block for each rank, or one */
  Source source;
  int at_root; /* only the root gets a result */
} Collective;

static void end_round(void) {
  if (++root == ranks) root = 0;
  odd = !odd;
}

static void bcast(void) {
  MPI_Bcast(take(&sends), size, MPI_BYTE, root, MPI_COMM_WORLD);
  end_round();
}

static void reduce(void) {
  MPI_Reduce(take(&sends), take(&receives), size / 4, MPI_FLOAT, MPI_SUM, root, MPI_COMM_WORLD);
  end_round();
}

static void allreduce(void) {
  MPI_Allreduce(take(&sends), take(&receives), size / 4, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}

static void reduce_scatter(void) {
  MPI_Reduce_scatter_block(take(&sends), take(&receives), size / 4, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}

static void scan(void) {
  MPI_Comm comm = odd ? reversed : MPI_COMM_WORLD;
  MPI_Scan(take(&sends), take(&receives), size / 4, MPI_FLOAT, MPI_SUM, comm);
  end_round();
}

static void gather(void) {
  MPI_Gather(take(&sends), size, MPI_BYTE, take(&receives), size, MPI_BYTE, root, MPI_COMM_WORLD);
  end_round();
}

static void scatter(void) {
  MPI_Scatter(take(&sends), size, MPI_BYTE, take(&receives), size, MPI_BYTE, root, MPI_COMM_WORLD);
  end_round();
}

static void allgather(void) {
  MPI_Allgather(take(&sends), size, MPI_BYTE, take(&receives), size, MPI_BYTE, MPI_COMM_WORLD);
}

static void alltoall(void) {
  MPI_Alltoall(take(&sends), size, MPI_BYTE, take(&receives), size, MPI_BYTE, MPI_COMM_WORLD);
}

static const Collective collectives[] = {
    {"bcast", bcast, 0, 0, FROM_ROOT, 0},
    {"reduce", reduce, 0, 0, OF_ALL, 1},
    {"allreduce", allreduce, 0, 0, OF_ALL, 0},
    {"reduce-scatter", reduce_scatter, 1, 0, OF_ALL, 0},
    {"scan", scan, 0, 0, OF_THOSE_BEFORE, 0},
    {"gather", gather, 0, 1, FROM_EACH, 1},
    {"scatter", scatter, 1, 0, FROM_ROOT, 0},
    {"allgather", allgather, 0, 1, FROM_EACH, 0},
    {"alltoall", alltoall, 1, 1, FROM_EACH, 0},
};

/* Validation. A byte, or the float in its place, is `expected` of who sends it; the slot stands for who gets it. */

static const Collective *chosen;
static unsigned char *result; /* where the result of this round will be */
static int first, last;       /* whose blocks make its only block, or all its blocks */
static int has_result;

static int sums(void) { return chosen->source == OF_ALL || chosen->source == OF_THOSE_BEFORE; }

static unsigned char *upcoming(const Pool *pool) { return pool->bytes + pool->next * pool->stride; }

static void find_sources(void) {
  first = chosen->source == FROM_ROOT ? root : 0;
  last = chosen->source == FROM_ROOT ? root : ranks - 1;
  if (chosen->source != OF_THOSE_BEFORE) return;
  if (odd) first = rank;
  else last = rank;
}

static void fill_blocks(long round) {
  int in_place = chosen->round == bcast;
  unsigned char *out = upcoming(&sends);
  result = in_place ? out : upcoming(&receives);
  has_result = !chosen->at_root || rank == root;
  find_sources();
  memset(result, 255, (size_t)receive_blocks * size);
  if (in_place && rank != root) return;
  for (int to = 0; to < send_blocks; to++, out += size)
    for (int at = 0; at < (sums() ? size / 4 : size); at++) {
      if (sums()) ((float *)out)[at] = expected(rank, round, to, at);
      else out[at] = expected(rank, round, to, at);
    }
}

/* Whether element `at` of a block of the result is right. */
static int is_right(int block, int at, long round) {
  int to = chosen->sends_all ? rank : 0;
  unsigned char *bytes = result + (size_t)block * size;
  if (!sums()) return bytes[at] == expected(chosen->receives_all ? block : first, round, to, at);
  float sum = 0;
  for (int source = first; source <= last; source++) sum += expected(source, round, to, at);
  return ((float *)bytes)[at] == sum;
}

static void check_blocks(size_t slot, long round) {
  (void)slot;
  if (!has_result) return;
  for (int block = 0; block < receive_blocks; block++)
    for (int at = 0; at < (sums() ? size / 4 : size); at++) {
      if (is_right(block, at, round)) continue;
      const char *what = sums() ? "element" : "byte";
      fprintf(stderr, "validation failed: rank %d, size %d, round %ld, block %d, %s %d\n", rank, size, round, block,
              what, at);
      give_up();
    }
}

/* The round of a collective work; NULL for another one. */
static Round *choose_collective(const char *work) {
  for (size_t i = 0; i < sizeof collectives / sizeof *collectives; i++) {
    if (strcmp(work, collectives[i].name) != 0) continue;
    chosen = &collectives[i];
    send_blocks = chosen->sends_all ? ranks : 1;
    receive_blocks = chosen->receives_all ? ranks : 1;
    fill = fill_blocks;
    check = check_blocks;
    MPI_Comm_split(MPI_COMM_WORLD, 0, ranks - rank, &reversed);
    return chosen->round;
  }
  return NULL;
}
