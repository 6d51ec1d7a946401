/**
 * What the launcher and the agent of a host say to each other, over the agent's file descriptors 4 and 3:
 * first the agent's greeting, one line of text, then frames (rank/channel.ts) both ways.
 */
import type { RankWait } from '../../src/bootstrap/control.js';
import type { Household } from '../../src/bootstrap/segment.js';
import type { Look } from '../../src/bootstrap/stall.js';
import type { RankPlan } from '../job/ranks.js';
import type { ErrorReport } from '../rank/channel.js';
import type { LauncherMessage, RankMessage, RankOrders } from '../rank/orders.js';

/** The greeting is a line of this and a `Hello` in JSON. What a login shell says before it is not for us. */
export const GREETING = 'mpi4ts-agent ';

/** An address of a host: `10.0.0.1`, and its network as in `10.0.0.1/24`. */
export interface Address {
  readonly address: string;
  readonly cidr: string;
}

export interface Hello {
  /** Versions: `0.1.0` and `20.1.0`. */
  readonly mpi4ts: string;
  readonly node: string;
  /** Cores that ranks can use there. */
  readonly cores: number;
  /** Why there is no addon; null if there is one. */
  readonly addonMissing: string | null;
  /** All but loopback. */
  readonly addresses: readonly Address[];
  /** The addresses of the launcher's host and of this one, as the connection of ssh has them. */
  readonly reached?: { readonly from: string; readonly at: string };
}

/** Everything that the agent needs to know. */
export interface Begin {
  readonly processes: boolean;
  /** Each rank has a core of its own, in turn. */
  readonly bind: boolean;
  readonly households: readonly Household[];
  readonly ranks: readonly { readonly plan: RankPlan; readonly orders: RankOrders }[];
  /** `must`: the user has named it, and it has to be there. */
  readonly wdir: { readonly path: string; readonly must: boolean };
  /** Columns and rows of the launcher's terminal; 0 without one. */
  readonly terminal: readonly [number, number];
  /** Names and addresses of the other hosts. */
  readonly others: readonly { readonly name: string; readonly address: string }[];
  /** Either side takes the other for lost after so long without a word; 0 never. */
  readonly heartbeatMs: number;
}

export type ToAgent =
  | { readonly begin: Begin }
  | { readonly rank: number; readonly end: true }
  | { readonly rank: number; readonly feed: LauncherMessage }
  /** A rank of another host has ended. */
  | { readonly rank: number; readonly ended: { readonly finalized: boolean } }
  /** Where a rank of another host accepts connections. */
  | { readonly rank: number; readonly port: number }
  /** Tell what your ranks are blocked in. */
  | 'waits'
  /** Look at your ranks (see `Look`). */
  | 'look'
  | 'beat'
  /** The job is over: leave. */
  | 'over';

export type FromAgent =
  | {
      readonly rank: number;
      readonly error: ErrorReport;
      readonly begun: boolean;
      readonly abortCode?: number;
    }
  | { readonly rank: number; readonly exit: Exit }
  | { readonly rank: number; readonly message: RankMessage }
  | { readonly waits: readonly RankWait[] }
  /** All ranks there are blocked, have finalized or ended; or not any more. Told when it changes. */
  | { readonly still: boolean }
  /** The answer to `look`; null if a rank can go on by itself. */
  | { readonly looks: readonly Look[] | null }
  /** Its part of the job cannot be carried out there. */
  | { readonly refused: string }
  | 'beat';

export interface Exit {
  readonly code: number;
  readonly signal?: NodeJS.Signals;
  readonly finalized: boolean;
  /** The code of `MPI.Abort` if a rank of the host called it. */
  readonly abortCode?: number;
  /** What the ranks of the host were blocked in when it ended. */
  readonly waits: readonly RankWait[];
}
