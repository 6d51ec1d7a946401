/** One job: starts its ranks, watches over them, and ends them all when one of them fails. */
import type { WireOptions } from '../../src/transport/wire/options.js';
import { describeDeadlock } from '../deadlock/describe.js';
import { type Deadlock, DeadlockWatch } from '../deadlock/watch.js';
import type { OutputShare } from '../output/words.js';
import { recoverLock } from '../output/write.js';
import type { RankMessage, RankOrders } from '../rank/orders.js';
import { exitCodeOf, isConsequence, isOfRank, type JobFailure, type RankWait, waitOf } from './failure.js';
import type { DeadlockOption } from './options.js';
import type { RankHandle, RankPlan, Ranks } from './ranks.js';
import { StdinFeed } from './stdin.js';
import { findTerminals, watchTerminal } from './terminal.js';

/** How long the ranks have to be gone once they were ended: on two crowded cores none of 7 threads was within 700 ms. */
const endMsMax = 2000;

/** As long as one ends now and then, they are waited for: 64 threads on two busy cores take longer. */
const lullMsMax = 300;

/**
 * How long ranks have to end by themselves after another one did. What makes one rank fail often makes all of them,
 * and Node 20 aborts the process when a thread is ended in the middle of reporting its own error: 4 of 120 jobs of 6
 * ranks that all threw at once.
 */
const followMsMax = 200;

/** How long the rank that called `MPI.Abort` has to end its thread before the others are ended without its name. */
const abortMsMax = 300;

/**
 * How long the end of a rank may be heard of after others have failed for it: over sockets they know at once, and
 * on another host.
 */
const causeMsMax = 300;

export interface JobPlan {
  /** How each rank reaches the others, by rank; absent where all share memory. */
  readonly wires?: readonly WireOptions[];
  readonly ranks: readonly RankPlan[];
  /** The host of each rank, where there are several. */
  readonly hosts?: readonly string[];
  readonly check: boolean;
  readonly tag: boolean;
  readonly timestamp: boolean;
  readonly show: boolean;
  readonly timeoutSeconds?: number;
  readonly deadlock: DeadlockOption;
  /** Told about what does not stop the job. */
  readonly warn: (message: string) => void;
}

/** How a job ended. */
export interface JobResult {
  /** What `mpirun` exits with: 0, or the first failing rank's exit code (see `JobFailure`). */
  readonly code: number;
  /** What ended the job before its time; absent when every rank ended by itself with exit code 0. */
  readonly failure?: JobFailure;
  /** What the other ranks were blocked in when the job failed; those that were not blocked are not in it. */
  readonly waits: readonly RankWait[];
  /** Ranks that have not ended yet: threads inside a system or native call. Usually empty. */
  readonly stuck: readonly number[];
  /** Output of other hosts was given up, for nobody reads it: a thread of this process is stuck with it. */
  readonly unwritten: boolean;
}

/** A running job. */
export class Job {
  /** Resolves when all ranks have ended, or shortly after a failure. Never rejects. */
  readonly result: Promise<JobResult>;
  /** The words that the job's output shares, for a launcher that writes between its ranks. */
  readonly output: OutputShare;
  readonly #plan: JobPlan;
  /** Number of ranks. */
  readonly size: number;
  readonly #ranks: Ranks;
  readonly #running = new Map<number, RankHandle>();
  readonly #feed = new StdinFeed();
  readonly #terminals = findTerminals();
  readonly #cleanups: (() => void)[] = [];
  #started = 0;
  #finished = false;
  /** When the last rank so far ended. */
  #lastEndMs = 0;
  #failure: JobFailure | undefined;
  /** Errors of ranks that failed because another one had ended, by rank. */
  readonly #consequences = new Map<number, Error>();
  #waits: readonly RankWait[] | Promise<readonly RankWait[]> = [];
  #settle!: (result: JobResult) => void;

  constructor(plan: JobPlan, ranks: Ranks) {
    this.#plan = plan;
    this.size = plan.ranks.length;
    this.#ranks = ranks;
    this.output = ranks.output;
    this.result = new Promise((settle) => {
      this.#settle = settle;
    });
    if (this.#terminals[1] || this.#terminals[2]) this.#cleanups.push(watchTerminal(this.output.words));
    if (plan.timeoutSeconds !== undefined) this.#startTimeout(plan.timeoutSeconds);
    this.#startNext();
  }

  /** Ends all ranks now. The first call decides how the job is said to have ended. */
  fail(failure: JobFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    if (this.#finished) {
      // All ranks have ended; the last of their output is being written.
      this.#ranks.hurry?.();
      return;
    }
    this.#waits = this.#ranks.control.findWaits(this.#running.keys());
    if (this.#running.size === 0) this.#finish();
    else if (isOfRank(failure)) this.#later(followMsMax, () => this.#endRanks());
    else this.#endRanks();
  }

  /** `rank 1 of 4`, and where it is if there are several hosts. */
  nameOf(rank: number): string {
    const host = this.#plan.hosts?.[rank];
    return `rank ${rank} of ${this.size}${host === undefined ? '' : ` (host ${host})`}`;
  }

  /** The absolute path of what a rank runs. */
  programOf(rank: number): string {
    return this.#plan.ranks[rank].program;
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(run, ms);
    this.#cleanups.push(() => clearTimeout(timer));
  }

  #endRanks(): void {
    for (const rank of this.#running.values()) rank.end();
    this.#later(endMsMax, () => this.#giveUp());
  }

  /** Finishes without those that do not end. */
  #giveUp(): void {
    if (performance.now() - this.#lastEndMs < lullMsMax) this.#later(lullMsMax, () => this.#giveUp());
    else this.#finish();
  }

  #startTimeout(seconds: number): void {
    this.#later(seconds * 1000, () => this.fail({ kind: 'timeout', seconds }));
  }

  /** Starts one rank after the other, between which signals, failures and messages are looked at: each takes its time. */
  #startNext(): void {
    if (this.#failure !== undefined) return;
    if (this.#started < this.size) {
      this.#start(this.#started++);
      setImmediate(() => this.#startNext());
    } else {
      this.#ranks.started();
      this.#feed.begin();
      if (this.#plan.deadlock !== 'off') this.#watchDeadlock();
    }
  }

  #watchDeadlock(): void {
    const look = () => this.#ranks.control.look(this.#running.keys());
    const watch = new DeadlockWatch(look, (deadlock) => this.#deadlocked(deadlock));
    this.#cleanups.push(() => watch.stop());
  }

  #deadlocked(deadlock: Deadlock): void {
    if (this.#finished) return;
    const { hosts, warn } = this.#plan;
    if (this.#plan.deadlock === 'abort') this.fail({ kind: 'deadlock', deadlock, ...(hosts && { hosts }) });
    else warn(describeDeadlock(deadlock, hosts));
  }

  #start(rank: number): void {
    const plan = this.#plan.ranks[rank];
    try {
      const handle = this.#ranks.start(plan, this.#orders(rank), {
        error: (error, begun) => this.#failed(rank, error, begun),
        exit: (code, signal) => this.#ended(rank, code, signal),
        message: (message) => this.#hear(rank, message),
        lost: (host, why) => this.fail({ kind: 'host', host, why }),
      });
      this.#running.set(rank, handle);
      if (plan.stdin && handle.feed !== undefined) this.#feed.add(rank, handle.feed);
    } catch (error) {
      this.fail({ kind: 'start', rank, error });
    }
  }

  #orders(rank: number): RankOrders {
    const { program, appnum, loader, compiled, modules, fallback, files, cpus } = this.#plan.ranks[rank];
    const { check, tag, timestamp, show, wires } = this.#plan;
    return {
      rank,
      size: this.size,
      appnum,
      check,
      program,
      loader,
      modules,
      ...(compiled && { compiled }),
      ...(fallback && { fallback }),
      ...(cpus && { cpus }),
      ...(wires && { wire: wires[rank] }),
      output: { tag, timestamp, show, terminals: this.#terminals, ...(files && { files }) },
    };
  }

  #failed(rank: number, error: unknown, begun: boolean): void {
    if (this.#ranks.control.abortCode !== undefined) this.#awaitAbort();
    else if (begun && isConsequence(error)) {
      this.#consequences.set(rank, error);
      this.#later(causeMsMax, () => this.fail({ kind: 'exception', rank, error }));
    } else this.fail(begun ? { kind: 'exception', rank, error } : { kind: 'start', rank, error });
  }

  #hear(rank: number, message: RankMessage): void {
    if (message === 'pull') this.#feed.pull(rank);
    else if (message === 'broken pipe') this.fail({ kind: 'broken pipe' });
    else if (message === 'finalized') this.#ranks.control.markEnded(rank, true);
    else if ('port' in message) this.#ranks.control.setPort(rank, message.port);
    else if ('unreachable' in message)
      this.fail({ kind: 'unreachable', rank, peer: message.unreachable, why: message.why });
  }

  #ended(rank: number, code: number, signal?: NodeJS.Signals): void {
    this.#running.delete(rank);
    this.#lastEndMs = performance.now();
    // It was stuck when the job was over.
    if (this.#finished) return;
    recoverLock(this.output, rank + 1);
    this.#feed.drop(rank);
    // Before the others hear of it, and wake: what they are blocked in is part of the failure.
    if (this.#failure === undefined) this.#judge(rank, code, signal);
    if (!this.#finished) this.#ranks.control.markEnded(rank);
    if (this.#running.size > 0 || (this.#started < this.size && this.#failure === undefined)) return;
    for (const [first, error] of this.#consequences) this.fail({ kind: 'exception', rank: first, error });
    this.#finish();
  }

  #judge(rank: number, code: number, signal?: NodeJS.Signals): void {
    const { abortCode } = this.#ranks.control;
    if (signal !== undefined) this.fail({ kind: 'killed', rank, signal });
    else if (abortCode === undefined) {
      if (code !== 0 && !this.#consequences.has(rank)) this.fail({ kind: 'exit', rank, code });
    } else if ((abortCode & 0xff) === (code & 0xff)) this.fail({ kind: 'abort', rank, code: abortCode });
    else this.#awaitAbort();
  }

  /** Others fail because of the abort, and may be heard of first: the one who called it is soon to end. */
  #awaitAbort(): void {
    const code = this.#ranks.control.abortCode!;
    if (this.#running.size === 0) this.fail({ kind: 'abort', code });
    else this.#later(abortMsMax, () => this.fail({ kind: 'abort', code }));
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#feed.close();
    void this.#conclude();
  }

  async #conclude(): Promise<void> {
    const known = await this.#waits;
    await this.#ranks.close(this.#failure !== undefined);
    const failure = this.#failure;
    const consequences = [...this.#consequences].map(([rank, error]) => waitOf(rank, error));
    const waits = [...known, ...consequences.filter(({ rank }) => known.every((wait) => wait.rank !== rank))]
      .filter(({ rank }) => !(failure && 'rank' in failure) || failure.rank !== rank)
      .sort((one, other) => one.rank - other.rank);
    const stuck = [...this.#running.keys()];
    const unwritten = this.#ranks.unwritten ?? false;
    if (failure === undefined) this.#settle({ code: 0, waits, stuck, unwritten });
    else this.#settle({ code: exitCodeOf(failure), failure, waits, stuck, unwritten });
  }
}
