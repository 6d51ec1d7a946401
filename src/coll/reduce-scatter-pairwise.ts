/**
 * Reduce-scatter, pairwise: in step k a rank sends the operand of rank + k to it and combines what rank − k sends.
 *
 *     T = (P − 1) · (L + 2o + (G + γ) · m/P)
 *
 * As little traffic and combining as possible at any P. Operands are combined as they come: only for operations that
 * commute. Source: Thakur, Rabenseifner, Gropp, "Optimization of collective communication operations in MPICH", 2005.
 */
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const reduceScatterPairwiseCost: Cost = (model, ranks, bytes) =>
  (ranks - 1) * (message(model, bytes / ranks) + (bytes / ranks) * model.perCombined);

/** `starts[i]` to `starts[i + 1]` is the block of rank i in `send`. The operation must commute and have a grain. */
export function* reduceScatterPairwise(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  starts: readonly number[],
  reducer: Reducer,
): Schedule {
  const { rank, size } = ch;
  const block = (i: number): Uint8Array => send.subarray(starts[i], starts[i + 1]);
  recv.set(block(rank));
  const incoming = takeScratch(recv.length);
  for (let step = 1; step < size; step++) {
    const dest = (rank + step) % size;
    ch.recv(incoming, (rank - step + size) % size);
    ch.send(block(dest), dest);
    yield;
    reducer.apply(incoming, recv);
  }
  giveScratch(incoming);
}
