/** What a job can be asked to be. */
import type { Host } from '../hosts/host.js';
import type { Mapping } from '../hosts/mapping.js';
import type { TransportName } from './wire-plan.js';

/** What to do about a deadlock. */
export const deadlockOptions = ['abort', 'report', 'off'] as const;
export type DeadlockOption = (typeof deadlockOptions)[number];

/** One program of a job, and the ranks that run it. */
export interface Program {
  /** A `.js`, `.mjs`, `.cjs`, `.ts`, `.mts` or `.cts` file, relative to `wdir` or to the current directory. */
  readonly program: string;
  /**
   * How many ranks run it, at least 1. Ranks are numbered through the programs in order. A single program may leave it
   * out: one rank for each slot of `hosts`, or for each usable core.
   */
  readonly ranks?: number;
  /** The program's own arguments: `process.argv.slice(2)`. */
  readonly args?: readonly string[];
  /** Variables added to the environment of these ranks. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** One program, or several that make up one job (MPMD); `MPI.APPNUM` is the index. */
  readonly programs: readonly Program[];
  /**
   * Where ranks run, and how many each host takes. Hosts other than this one are reached through a remote shell; they
   * need Node.js, this package and the program in the same places. Default: here, with no limit.
   */
  readonly hosts?: readonly Host[];
  /** How ranks are spread over `hosts`: filled one after the other (`'slot'`, the default), or in turn (`'node'`). */
  readonly mapBy?: Mapping;
  /** Allow more ranks than slots. */
  readonly oversubscribe?: boolean;
  /** The remote shell, a command that is given a host and what to run there. Default `'ssh'`. */
  readonly rshAgent?: string;
  /** A host that says nothing for so many seconds is lost; 0: never. Default 2. */
  readonly heartbeatSeconds?: number;
  /** How long a host may take to report. Default 30. */
  readonly startSeconds?: number;
  /** Ranks are processes instead of threads. Needs the native addon. */
  readonly processes?: boolean;
  /** Gives up a start that waits for hosts. Once the job runs, `job.fail` ends it. */
  readonly signal?: AbortSignal;
  /** What carries messages between ranks. Default `'shared'`: memory. `'tcp'` and `'unix'` need the native addon. */
  readonly transport?: TransportName;
  /** Long messages go through sockets without the kernel's copy at the sender (`MSG_ZEROCOPY`). For TCP only. */
  readonly zerocopy?: boolean;
  /** The job's working directory. Where ranks are threads of this process, it changes for the process as a whole. */
  readonly wdir?: string;
  /** Start each line of output with `[1,RANK]<stdout>: `. */
  readonly tagOutput?: boolean;
  /** Start each line of output with the time, as in `2030-01-02T03:04:05.678Z <stdout>: `. */
  readonly timestampOutput?: boolean;
  /**
   * Copy each rank's output to files: a directory gets `1/rank.R/stdout` and `stderr` (R padded with zeros), a
   * name with `%r` in it is one file a rank for both. `:nocopy` at the end: to the files only.
   */
  readonly outputFilename?: string;
  /** End the job with code 124 after so many seconds. */
  readonly timeoutSeconds?: number;
  /** The rank that gets this process's standard input; or all of them, or none. Default 0. */
  readonly stdin?: number | 'all' | 'none';
  /** Bind each rank to one core, in turn. Needs the native addon. Default `'none'`. */
  readonly bindTo?: 'core' | 'none';
  /**
   * When every rank has been blocked for two seconds and nothing is under way: end the job with code 35 (`'abort'`, the
   * default), tell `warn` and go on waiting (`'report'`), or nothing (`'off'`).
   */
  readonly deadlock?: DeadlockOption;
  /** Raise what the standard calls erroneous, such as a ready-mode send before its receive (MPI-4.1, 3.4). */
  readonly check?: boolean;
  /** Told about what does not stop the job, such as a binding that is not possible here. Default: nothing. */
  readonly warn?: (message: string) => void;
}
