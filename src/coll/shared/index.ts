/**
 * Collectives of ranks that share memory, done when they return: for blocking calls of short messages. Every member must
 * come to the same choice, so it depends only on the collective and on what is the same on all ranks.
 *
 * In place: `reduce` and `allreduce` take the same memory as `send` and `recv`; `gather` and `scatter` a null at the root;
 * `allgather` and `alltoall` a null `send`.
 */
import { meetingBytesMax } from '../../base/limits.js';
import { isOpen, type SharedCollective } from '../select.js';

export type { SharedCollective } from '../select.js';
export { allgatherShared } from './allgather.js';
export { allreduceShared } from './allreduce.js';
export { alltoallShared } from './alltoall.js';
export { barrierShared } from './barrier.js';
export { bcastShared } from './bcast.js';
export { gatherShared } from './gather.js';
export { reduceShared } from './reduce.js';
export { scatterShared } from './scatter.js';

/** The longest payload of one member that is served by shared memory; -1 for none. */
export function sharedBytesMax(collective: SharedCollective): number {
  return isOpen(collective) ? meetingBytesMax : -1;
}

/** Bytes of `count` blocks that each begin at a multiple of 8. */
export function payloadOf(count: number, block: number): number {
  return count * ((block + 7) & ~7);
}
