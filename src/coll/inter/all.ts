/** From all of each group to all of the other one (MPI-4.1 §6.7 and §6.8). */
import type { Channel } from '../channel.js';
import { allgather as allgatherOfOne, gather } from '../index.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Groups, swap } from './groups.js';

/**
 * Blocks of equal length of the other group into `recv`: gathered by its leader, swapped with this one's, broadcast.
 * The two groups' blocks may have different lengths.
 */
export function* allgather(groups: Groups, send: Uint8Array, recv: Uint8Array): Schedule {
  const { local } = groups;
  const own = local.rank === 0 ? takeScratch(send.length * local.size) : null;
  yield* gather(local, send, own, 0);
  yield;
  yield* swap(groups, own, recv);
  if (own !== null) giveScratch(own);
}

/** The same with blocks of one length everywhere, and those of the own group as well. */
export function* allgatherBoth(
  groups: Groups,
  send: Uint8Array,
  here: Uint8Array,
  there: Uint8Array,
): Schedule {
  yield* allgatherOfOne(groups.local, send, here);
  yield;
  yield* swap(groups, groups.local.rank === 0 ? here : null, there);
}

/**
 * Block i of `out` goes to rank i of the other group, block i of `into` comes from it; all at once.
 *
 *     T = L + 2o + (P − 1) · max(o, g) + P · m · G          (P ranks of the other group, m bytes each)
 */
export function* alltoallv(
  between: Channel,
  out: readonly Uint8Array[],
  into: readonly Uint8Array[],
): Schedule {
  const { rank, size } = between;
  for (let step = 0; step < size; step++) {
    const peer = (rank + step) % size;
    between.recv(into[peer], peer);
  }
  // Not all to the same one at first.
  for (let step = 0; step < size; step++) {
    const peer = (rank + step) % size;
    between.send(out[peer], peer);
  }
  yield;
}

/** Blocks of any length: nobody knows those of the own group, so that each goes straight to all of the other one. */
export function allgatherv(between: Channel, send: Uint8Array, into: readonly Uint8Array[]): Schedule {
  return alltoallv(
    between,
    into.map(() => send),
    into,
  );
}
