/**
 * Collectives of ranks that share memory, done when they return: for blocking calls of short messages. Every member must
 * come to the same choice, so it depends only on the collective and on what is the same on all ranks.
 *
 * In place: `reduce` and `allreduce` take the same memory as `send` and `recv`; `gather` and `scatter` a null at the root;
 * `allgather` and `alltoall` a null `send`.
 */
import { meetingBytesMax } from '../../base/limits.js';
import { readOverride } from '../select.js';

export { allgatherShared } from './allgather.js';
export { allreduceShared } from './allreduce.js';
export { alltoallShared } from './alltoall.js';
export { barrierShared } from './barrier.js';
export { bcastShared } from './bcast.js';
export { gatherShared } from './gather.js';
export type { Part } from './part.js';
export { reduceShared } from './reduce.js';
export { scatterShared } from './scatter.js';

/** The longest payload of one member, by collective: from there on messages are faster, or there is no more room. */
const defaults = {
  barrier: 0,
  bcast: meetingBytesMax,
  gather: meetingBytesMax,
  scatter: meetingBytesMax,
  allgather: meetingBytesMax,
  alltoall: meetingBytesMax,
  reduce: meetingBytesMax,
  allreduce: meetingBytesMax,
} as const;

export type SharedCollective = keyof typeof defaults;

/** The limits in force: none of a collective for which the environment names an algorithm by messages. */
const limits = new Map<SharedCollective, number>();

/** The longest payload of one member that is served by shared memory; -1 for none. */
export function sharedBytesMax(collective: SharedCollective): number {
  let limit = limits.get(collective);
  if (limit === undefined) {
    const forced = readOverride(collective, process.env);
    limit =
      forced === undefined
        ? defaults[collective]
        : forced === 'shared' || forced === 'hierarchical'
          ? meetingBytesMax
          : -1;
    limits.set(collective, limit);
  }
  return limit;
}

/** Bytes of `count` blocks that each begin at a multiple of 8. */
export function payloadOf(count: number, block: number): number {
  return count * ((block + 7) & ~7);
}
