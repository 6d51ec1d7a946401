/** What the launcher tells the thread of one rank at its start, as its `workerData`. */
import type { MessagePort } from 'node:worker_threads';

export interface OutputOrders {
  /** The job's shared words (`launcher/output/words.ts`). */
  readonly words: Int32Array;
  /** Each line starts with `[1,RANK]<stdout>: `. */
  readonly tag: boolean;
  /** Each line starts with the time. */
  readonly timestamp: boolean;
  /** Copies go to these files, opened by the rank; without `show`, nothing goes elsewhere. */
  readonly files?: { readonly stdout: string; readonly stderr: string };
  readonly show: boolean;
  /** Whether file descriptors 0, 1 and 2 are terminals. */
  readonly terminals: readonly [boolean, boolean, boolean];
}

export interface RankOrders {
  readonly rank: number;
  readonly size: number;
  readonly appnum: number;
  readonly segment: SharedArrayBuffer;
  readonly check: boolean;
  /** Absolute path of the program. */
  readonly program: string;
  /** Who turns TypeScript into JavaScript. */
  readonly loader: 'node' | 'launcher' | 'tsx';
  /** With the launcher: what it has made of each file, by absolute path. */
  readonly compiled?: Readonly<Record<string, string>>;
  /** File URLs of `.ts` files that are ES modules by their syntax, where tsx would take them for CommonJS. */
  readonly modules: readonly string[];
  /** Where `mpi4ts` and its subpaths are, for programs that have no copy of their own. */
  readonly fallback?: Readonly<Record<string, string>>;
  readonly output: OutputOrders;
  /** This rank is given the launcher's standard input. */
  readonly stdin: boolean;
  /** CPUs to bind the thread to. */
  readonly cpus?: readonly number[];
  /** To the launcher: see `RankMessage`. */
  readonly control: MessagePort;
}

/** From a rank to the launcher. */
export type RankMessage =
  /** Its standard input is being read: send the next chunk. */
  | 'pull'
  /** Nobody reads its output any more. */
  | 'broken pipe';

/** From the launcher to a rank: a chunk of standard input, or null at its end. */
export type LauncherMessage = Uint8Array | null;
