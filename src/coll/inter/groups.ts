/**
 * Collectives between two groups (MPI-4.1 §6.2.3), as schedules. What a group does by itself goes over `local`, what
 * passes between them over `between`, whose ranks are those of the other group. Rank 0 leads its group.
 */
import type { Channel } from '../channel.js';
import { bcast } from '../index.js';
import type { Schedule } from '../schedule.js';

/** One rank's ways to both groups. */
export interface Groups {
  readonly local: Channel;
  /** `size` is that of the other group. */
  readonly between: Channel;
}

/** In place of the root's rank, on the root itself. The others of its group take no part. */
export const HERE = -4;

/**
 * The leaders exchange messages, and tell what they got to their groups; `out` is null on all others.
 *
 *     T = L + 2o + mG, and a broadcast
 */
export function* swap({ local, between }: Groups, out: Uint8Array | null, into: Uint8Array): Schedule {
  if (out !== null) {
    between.recv(into, 0);
    between.send(out, 0);
    yield;
  }
  yield* bcast(local, into, 0);
}
