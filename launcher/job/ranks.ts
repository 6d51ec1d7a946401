/** What a job asks of the kind of rank it is made of. */
import type { JobControl, RankWait } from '../../src/bootstrap/control.js';
import type { Look } from '../../src/bootstrap/stall.js';
import type { OutputShare } from '../output/words.js';
import type { LauncherMessage, RankMessage, RankOrders } from '../rank/orders.js';

/** One rank, as the plan of a job has it: its orders, but for what follows from its place in the job, and its means. */
export interface RankPlan
  extends Pick<RankOrders, 'program' | 'appnum' | 'loader' | 'compiled' | 'modules' | 'fallback' | 'cpus'> {
  readonly args: readonly string[];
  /** Added to the environment of the process that starts the rank. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: boolean;
  readonly files?: RankOrders['output']['files'];
}

/** What is heard of a rank. */
export interface RankEvents {
  /** Something went wrong in it, and it is about to end; `begun`: its program may have. */
  error(error: unknown, begun: boolean): void;
  /** It has ended; with a signal it was killed. */
  exit(code: number, signal?: NodeJS.Signals): void;
  message(message: RankMessage): void;
  /** Its host was lost, or does not take it. */
  lost(host: string, why: string): void;
}

/** A rank that runs. */
export interface RankHandle {
  /** Ends it. */
  end(): void;
  /** Hands it a chunk of standard input; absent where it reads its own. */
  readonly feed?: (chunk: LauncherMessage) => void;
}

/** The launcher's hand on the running ranks. */
export interface Control extends Pick<JobControl, 'abortCode' | 'setPort'> {
  /** Says that a rank has ended, or at least `finalized`, and wakes everyone who may be waiting for it. */
  markEnded(rank: number, finalized?: boolean): void;
  findWaits(ranks: Iterable<number>): readonly RankWait[] | Promise<readonly RankWait[]>;
  /** A look at each of these ranks; undefined if one of them can go on by itself. */
  look(ranks: Iterable<number>): readonly Look[] | undefined | Promise<readonly Look[] | undefined>;
}

export interface Ranks {
  readonly control: Control;
  readonly output: OutputShare;
  /** @throws if it cannot be started. */
  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle;
  /** All ranks have been started. */
  started(): void;
  /** The job is over; `failed`: before its time. Resolves when what belongs to it is gone. */
  close(failed: boolean): Promise<void> | void;
  /** Has `close` end soon. */
  hurry?(): void;
  /** Output that is still being written, and is given up. */
  readonly unwritten?: boolean;
}

/** Ranks of this process, or its children. */
export interface LocalRanks extends Ranks {
  readonly control: JobControl;
  /** So much of the output that the ranks told has been taken away: see `RankMessage` and `backlogOf`. */
  taken(bytes: number): void;
}
