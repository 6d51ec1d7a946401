/** What the launcher tells a rank at its start, and what they say to each other afterwards. */
import type { MessagePort } from 'node:worker_threads';
import type { Sharing } from '../../src/transport/ring/sharing.js';
import type { WireOptions } from '../../src/transport/wire/options.js';
import type { OutputShare } from '../output/words.js';

export interface OutputOrders {
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

/** The orders: plain data. */
export interface RankOrders {
  readonly rank: number;
  readonly size: number;
  readonly appnum: number;
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
  /** How to reach the ranks that have another segment. */
  readonly wire?: WireOptions;
  /** CPUs to bind the rank to. */
  readonly cpus?: readonly number[];
}

/** What else a rank has, according to whether it is a thread or a process. */
export interface RankMeans {
  readonly segment: ArrayBufferLike;
  readonly sharing: Sharing;
  /** See `Seat`. */
  readonly event?: number;
  readonly output: OutputShare;
  /** Says something to the launcher. */
  readonly tell: (message: RankMessage) => void;
  /** Writes whole lines of standard output or error. */
  readonly put: (fd: 1 | 2, bytes: Uint8Array) => void;
  /** Where its standard input comes from, if not from file descriptor 0 as usual. */
  readonly input?: MessagePort;
}

/** From a rank to the launcher. */
export type RankMessage =
  /** Its standard input is being read: send the next chunk. */
  | 'pull'
  /** Nobody reads its output any more. */
  | 'broken pipe'
  /** It has finalized, and has sockets. */
  | 'finalized'
  /** Where it accepts connections. */
  | { readonly port: number }
  /** It cannot connect to this rank. */
  | { readonly unreachable: number; readonly why: string }
  /** Output, where it is to be shown on another host. */
  | { readonly output: 1 | 2; readonly bytes: Uint8Array };

/** From the launcher to a rank: a chunk of standard input, or null at its end. */
export type LauncherMessage = Uint8Array | null;

/** What the thread of a rank is started with, as its `workerData`. */
export interface ThreadOrders {
  readonly orders: RankOrders;
  readonly segment: SharedArrayBuffer;
  readonly words: Int32Array<SharedArrayBuffer>;
  /** File descriptors of the events of those who live in the segment, by rank; absent where no rank has sockets. */
  readonly events?: readonly number[];
  /** To the launcher; carries RankMessages, and LauncherMessages back. */
  readonly port: MessagePort;
  /** This rank is given the launcher's standard input. */
  readonly stdin: boolean;
  /** Its output is told to the launcher. */
  readonly relayed: boolean;
}
