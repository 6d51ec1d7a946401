/** One job: starts the threads of its ranks, watches over them, and ends them all when one of them fails. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { createSegment, JobControl } from '../../src/bootstrap/threads.js';
import { loadNative } from '../../src/native.js';
import { createOutputWords } from '../output/words.js';
import { recoverLock } from '../output/write.js';
import type { RankMessage, RankOrders } from '../rank/orders.js';
import { exitCodeOf, isOfRank, type JobFailure } from './failure.js';
import { StdinFeed } from './stdin.js';
import { findTerminals, watchTerminal } from './terminal.js';
import { setRankFlags } from './v8-flags.js';

/** How long the ranks have to be gone once they were ended. */
const endMsMax = 700;

/**
 * How long ranks have to end by themselves after another one did. What makes one rank fail often makes all of them,
 * and Node 20 aborts the process when a thread is ended in the middle of reporting its own error: 4 of 120 jobs of 6
 * ranks that all threw at once.
 */
const followMsMax = 200;

/** How long the rank that called `MPI.Abort` has to end its thread before the others are ended without its name. */
const abortMsMax = 300;

/** Ranks started before the launcher looks at signals and failures again. */
const startBatch = 8;

/** One rank, as the plan of a job has it. */
export interface RankPlan {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly appnum: number;
  readonly loader: RankOrders['loader'];
  readonly compiled?: RankOrders['compiled'];
  readonly modules: readonly string[];
  readonly fallback?: Readonly<Record<string, string>>;
  readonly stdin: boolean;
  readonly files?: { readonly stdout: string; readonly stderr: string };
  readonly cpus?: readonly number[];
}

export interface JobPlan {
  readonly ranks: readonly RankPlan[];
  readonly cores: number;
  readonly check: boolean;
  readonly tag: boolean;
  readonly timestamp: boolean;
  readonly show: boolean;
  readonly timeoutSeconds?: number;
}

/** How a job ended. */
export interface JobResult {
  /** What `mpirun` exits with: 0, or the first failing rank's exit code (see `JobFailure`). */
  readonly code: number;
  /** What ended the job before its time; absent when every rank ended by itself with exit code 0. */
  readonly failure?: JobFailure;
  /** Ranks whose threads have not ended yet: they are inside a system or native call. Usually empty. */
  readonly stuck: readonly number[];
}

/**
 * The first fence of a process takes some 12 ms, in which the caller only waits: better the launcher, while its ranks'
 * threads begin, than every rank.
 */
function registerFences(): void {
  loadNative().native?.fence();
}

const startUrl = new URL('../rank/start.js', import.meta.url);

/** A running job. */
export class Job {
  /** Resolves when all ranks have ended, or shortly after a failure. Never rejects. */
  readonly result: Promise<JobResult>;
  /** The shared words of the job's output, for a launcher that writes between its ranks. */
  readonly words = createOutputWords();
  readonly #plan: JobPlan;
  readonly #size: number;
  readonly #segment: SharedArrayBuffer;
  readonly #control: JobControl;
  readonly #running = new Map<number, Worker>();
  readonly #feed = new StdinFeed();
  readonly #terminals = findTerminals();
  readonly #cleanups: (() => void)[] = [];
  #started = 0;
  #failure: JobFailure | undefined;
  #settle!: (result: JobResult) => void;

  constructor(plan: JobPlan) {
    this.#plan = plan;
    this.#size = plan.ranks.length;
    this.#segment = createSegment(this.#size, plan.cores);
    this.#control = new JobControl(this.#segment);
    this.result = new Promise((settle) => {
      this.#settle = settle;
    });
    if (this.#terminals[1] || this.#terminals[2]) this.#cleanups.push(watchTerminal(this.words));
    if (plan.timeoutSeconds !== undefined) this.#startTimeout(plan.timeoutSeconds);
    setRankFlags();
    this.#startBatch();
    if (this.#size > 1) setImmediate(registerFences);
  }

  /** Ends all ranks now. The first call decides how the job is said to have ended. */
  fail(failure: JobFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    if (this.#running.size === 0) this.#finish();
    else if (isOfRank(failure)) this.#later(followMsMax, () => this.#endRanks());
    else this.#endRanks();
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
    for (const worker of this.#running.values()) void worker.terminate();
    this.#later(endMsMax, () => this.#finish());
  }

  #startTimeout(seconds: number): void {
    this.#later(seconds * 1000, () => this.fail({ kind: 'timeout', seconds }));
  }

  #startBatch(): void {
    const end = Math.min(this.#size, this.#started + startBatch);
    while (this.#started < end && this.#failure === undefined) this.#start(this.#started++);
    if (this.#started < this.#size && this.#failure === undefined) setImmediate(() => this.#startBatch());
  }

  #start(rank: number): void {
    const plan = this.#plan.ranks[rank];
    const { port1, port2 } = new MessageChannel();
    try {
      const worker = new Worker(startUrl, {
        name: `rank ${rank}`,
        argv: [...plan.args],
        env: plan.env,
        workerData: this.#orders(rank, port2),
        transferList: [port2],
        // Ranks write to the file descriptors themselves; this keeps the launcher's own streams untouched.
        stdout: true,
        stderr: true,
      });
      this.#running.set(rank, worker);
      if (plan.stdin) this.#feed.add(rank, port1);
      this.#watch(rank, worker, port1);
    } catch (error) {
      this.fail({ kind: 'start', rank, error });
    }
  }

  #orders(rank: number, control: MessagePort): RankOrders {
    const { program, appnum, loader, compiled, modules, fallback, stdin, files, cpus } =
      this.#plan.ranks[rank];
    const { check, tag, timestamp, show } = this.#plan;
    return {
      rank,
      size: this.#size,
      appnum,
      segment: this.#segment,
      check,
      program,
      loader,
      modules,
      stdin,
      control,
      ...(compiled && { compiled }),
      ...(fallback && { fallback }),
      ...(cpus && { cpus }),
      output: {
        words: this.words,
        tag,
        timestamp,
        show,
        terminals: this.#terminals,
        ...(files && { files }),
      },
    };
  }

  #watch(rank: number, worker: Worker, control: MessagePort): void {
    let online = false;
    worker.on('online', () => {
      online = true;
    });
    worker.on('error', (error) => {
      if (this.#control.abortCode !== undefined) this.#awaitAbort();
      else this.fail(online ? { kind: 'exception', rank, error } : { kind: 'start', rank, error });
    });
    worker.on('exit', (code) => this.#ended(rank, code));
    control.on('message', (message: RankMessage) => {
      if (message === 'pull') this.#feed.pull(rank);
      else this.fail({ kind: 'broken pipe' });
    });
    control.unref();
  }

  #ended(rank: number, code: number): void {
    this.#running.delete(rank);
    recoverLock(this.words, rank + 1);
    this.#control.markEnded(rank);
    this.#feed.drop(rank);
    if (this.#failure === undefined) this.#judge(rank, code);
    if (this.#running.size === 0 && (this.#started === this.#size || this.#failure !== undefined))
      this.#finish();
  }

  #judge(rank: number, code: number): void {
    const abortCode = this.#control.abortCode;
    if (abortCode === undefined) {
      if (code !== 0) this.fail({ kind: 'exit', rank, code });
    } else if ((abortCode & 0xff) === (code & 0xff)) this.fail({ kind: 'abort', rank, code: abortCode });
    else this.#awaitAbort();
  }

  /** Others fail because of the abort, and may be heard of first: the one who called it is soon to end. */
  #awaitAbort(): void {
    const code = this.#control.abortCode!;
    if (this.#running.size === 0) this.fail({ kind: 'abort', code });
    else this.#later(abortMsMax, () => this.fail({ kind: 'abort', code }));
  }

  #finish(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#feed.close();
    const failure = this.#failure;
    const stuck = [...this.#running.keys()];
    if (failure === undefined) this.#settle({ code: 0, stuck });
    else this.#settle({ code: exitCodeOf(failure), failure, stuck });
  }
}
