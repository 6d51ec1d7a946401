/**
 * Alltoall, Alltoallv and Alltoallw, pairwise: in step k a rank sends to rank + k and receives from rank − k (mod P).
 *
 *     T = (P − 1) · (L + 2o + mG)          (m bytes per pair; of different ones the longest)
 *
 * Every rank sends one message and receives one at a time, so that no link is shared: for long blocks. Source: Thakur,
 * Rabenseifner, Gropp, "Optimization of collective communication operations in MPICH", 2005.
 */
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import type { Schedule } from './schedule.js';

export const alltoallPairwiseCost: Cost = (model, ranks, bytes) => (ranks - 1) * message(model, bytes);

/** Block i of `out` goes to rank i, block i of `into` comes from it; this rank's own has been copied. */
export function* alltoallPairwise(
  ch: Channel,
  out: readonly Uint8Array[],
  into: readonly Uint8Array[],
): Schedule {
  const { rank, size } = ch;
  for (let step = 1; step < size; step++) {
    const dest = (rank + step) % size;
    const source = (rank - step + size) % size;
    ch.recv(into[source], source);
    ch.send(out[dest], dest);
    yield;
  }
}
