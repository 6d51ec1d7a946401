/**
 * What the parts of the suite owe each other. A *work* is one thing that is measured; a *contender* is who does it:
 * mpi4ts, a C MPI in one of its configurations, another way to pass messages. Every contender's program takes the
 * same arguments and prints the same lines, so that the loops can be laid side by side:
 *
 *     PROGRAM WORK BUFFERS VALIDATE SIZE:ITERATIONS:WARMUP ...
 *
 *     WORK       see `works`
 *     BUFFERS    reuse | rotate     rotate: each message uses the next of many buffers, 64 MiB of them in all, each in
 *                                   cache lines of its own (at least 2)
 *     VALIDATE   0 | 1              1: receivers check every byte, outside the clock; a wrong one ends the program
 *                                   with exit code 1 and a line on stderr that begins with "validation failed"
 *
 * Rank 0 prints one line for each size, in the order given, and nothing else:
 *
 *     SIZE ITERATIONS SECONDS
 *
 * SECONDS is rank 0's time of ITERATIONS rounds of the work after WARMUP untimed ones:
 *
 *     latency          rank 0 sends, rank 1 answers (Send, Recv)            a round = two messages
 *     bandwidth        64 Isend to 64 Irecv, Waitall, a 4-byte answer       a round = 64 messages
 *     bibw             the same in both directions at once, no answer       a round = 128 messages
 *     message-rate     as bandwidth                                         a round = 64 messages
 *     multi-latency    rank r < P/2 with rank r + P/2, all pairs at once    a round = two messages (of each pair)
 *     ring             an 8-byte message once around all ranks              a round = P messages
 *     barrier          Barrier                                              a round = one barrier
 *
 * A round of the collective works is one call by all P ranks. SIZE is, as in the OSU benchmarks, that of the message of
 * bcast, reduce, allreduce and scan, and that of one rank's block of the others: of what a rank gives to or gets from
 * each one, so that some buffers have P times SIZE. Reductions are sums of 32-bit floats, SIZE a multiple of 4; the others
 * move bytes. No call is in place. SECONDS is what rank 0 sees, of all rounds together, without a barrier between them:
 *
 *     bcast, reduce, gather, scatter                 the root is the next rank in each round, 0 in the first of a step
 *     scan                                           in odd rounds on a communicator whose ranks run the other way
 *     allreduce, reduce-scatter (the _block form), allgather, alltoall
 *
 * so that no rank can run ahead of the others and be timed doing so: who only gives in one round, as a leaf of a Reduce
 * or the first of a Scan, has to take in a later one. Validation is of all that a call gives; sums are of small integers,
 * which floats hold exactly, and a result's buffer is overwritten before each round.
 *
 * The object works have no buffers, and BUFFERS says nothing. What they pass is an *item*, a dictionary or plain object of
 * SIZE bytes, about, when it is pickled or serialized: a number `score`, n = SIZE / 18 doubles `values`, and a text `name`
 * of as many letters as are missing. Outside of validation a rank has one item, and its score is its rank.
 *
 *     object-bcast      bcast of the root's item, the next rank in each round
 *     object-allreduce  allreduce of all items by a function of two that returns the one of the higher score
 */

/** Works of buffers that are passed from rank to rank, or of none. */
export const messageWorks = [
  'latency',
  'bandwidth',
  'bibw',
  'message-rate',
  'multi-latency',
  'ring',
  'barrier',
] as const;
export type MessageWork = (typeof messageWorks)[number];

export const collectiveWorks = [
  'bcast',
  'reduce',
  'allreduce',
  'reduce-scatter',
  'scan',
  'gather',
  'scatter',
  'allgather',
  'alltoall',
] as const;
export type CollectiveWork = (typeof collectiveWorks)[number];

export const objectWorks = ['object-bcast', 'object-allreduce'] as const;
export type ObjectWork = (typeof objectWorks)[number];

/** What every MPI can do. */
export const bufferWorks = [...messageWorks, ...collectiveWorks] as const;

export const works = [...bufferWorks, ...objectWorks] as const;
export type Work = (typeof works)[number];

/** The collectives that add: of floats. */
export const reductions: readonly Work[] = ['reduce', 'allreduce', 'reduce-scatter', 'scan'];

/** Those of whose buffers some have a block for each rank. */
export const blockWorks: readonly Work[] = ['reduce-scatter', 'gather', 'scatter', 'allgather', 'alltoall'];

export const isCollective = (work: Work): work is CollectiveWork =>
  (collectiveWorks as readonly Work[]).includes(work);

export const isOfObjects = (work: Work): work is ObjectWork =>
  (objectWorks as readonly Work[]).includes(work);

/** Others who pass messages, by the names that `--versus` takes; a C MPI stands for several configurations. */
export const peerNames = [
  'openmpi',
  'mpich',
  'mpi4py',
  'postmessage',
  'zeromq',
  'node-net',
  'openmpi-tcp',
  'raw-tcp',
  'raw-unix',
] as const;
export type PeerName = (typeof peerNames)[number];

/** Messages in flight at once in `bandwidth`, `bibw` and `message-rate`, as in the OSU benchmarks. */
export const WINDOW = 64;

/** One size of a work. */
export interface Step {
  /** Bytes of a message. */
  readonly size: number;
  readonly iterations: number;
  readonly warmup: number;
}

/** What a contender is asked to do once: one process start, all steps. */
export interface Block {
  readonly work: Work;
  readonly ranks: number;
  readonly steps: readonly Step[];
  readonly buffers: 'reuse' | 'rotate';
  readonly validate: boolean;
}

/** The measured time of one step, in seconds. */
export interface Sample {
  readonly size: number;
  readonly iterations: number;
  readonly seconds: number;
}

/** What a program in JavaScript needs: compiling stalls it for 1 to 7 ms a function, the last after two seconds. */
export const javascriptRehearsal = 2;

/** Who does the work. */
export interface Contender {
  /** As the user names it (`openmpi`), and as the table shows it (`openmpi, at its best`). */
  readonly peer: string;
  readonly name: string;
  /** Works it can do. */
  readonly works: readonly Work[];
  /** The only number of ranks it can have; absent if it can have any. */
  readonly ranks?: number;
  /** What it is exactly, for the record (`Open MPI 4.1.4`); absent if not known. */
  readonly version?: string;
  /** Why it cannot run here, in one line with the remedy; absent if it can. */
  readonly missing?: string;
  /**
   * Seconds of untimed rounds before all sizes, after which it is as fast as it gets: JavaScript is compiled while it
   * runs, the rarer functions late. Absent: none but those before each size.
   */
  readonly rehearsal?: number;
  /** Runs one block. Throws an Error with one clear line if the program fails or its output makes no sense. */
  run(block: Block): Promise<Sample[]>;
}

/** The arguments of a contender's program. */
export function argumentsOf(block: Block): string[] {
  const steps = block.steps.map(({ size, iterations, warmup }) => `${size}:${iterations}:${warmup}`);
  return [block.work, block.buffers, block.validate ? '1' : '0', ...steps];
}
