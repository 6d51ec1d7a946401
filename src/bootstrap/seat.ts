/**
 * How a launcher tells the runtime of a thread or process which rank it is: a seat under a global symbol, put there
 * before the program is imported and taken away by the runtime that claims it. A user's own Worker, a child process or
 * a second copy of the package finds no seat and is a world of one.
 */

import type { Sharing } from '../transport/ring/sharing.js';
import type { WireNews, WireOptions } from '../transport/wire/options.js';

/** Where a launcher leaves the seat: `globalThis[Symbol.for('mpi4ts.seat')]`. */
export const SEAT_KEY: unique symbol = Symbol.for('mpi4ts.seat') as never;

/** What one rank needs to know to join its job. */
export interface Seat extends WireNews {
  readonly rank: number;
  readonly size: number;
  /** The job's segment, laid out by `transport/ring/layout.ts`, and how its ranks share it. */
  readonly segment: ArrayBufferLike;
  readonly sharing: Sharing;
  /** How to reach ranks that have another segment; absent where all share this one. */
  readonly wire?: WireOptions;
  /** A file descriptor that wakes this rank when it is written to, where it does not share memory with its own threads. */
  readonly event?: number;
  /** `mpirun --check`: raise what the standard calls erroneous, such as Rsend without a posted receive. */
  readonly check: boolean;
  /** Index of this rank's program among the MPMD programs (`MPI.APPNUM`). */
  readonly appnum: number;
  /** It has finalized: those with other memory are to know, though its program may go on. */
  tellFinalized(): void;
  /** Called before the thread blocks for long, so that partial output lines appear. */
  beforePark(): void;
}

/** Takes the seat of this thread, or undefined where no launcher left one. */
export function takeSeat(): Seat | undefined {
  const holder = globalThis as { [SEAT_KEY]?: Seat };
  const seat = holder[SEAT_KEY];
  delete holder[SEAT_KEY];
  return seat;
}
