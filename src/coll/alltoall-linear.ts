/**
 * Alltoall, Alltoallv and Alltoallw, linear: all messages at once.
 *
 *     T = L + 2o + (P − 2) · max(o, g) + (P − 1) · m · G          (m bytes per pair; of different ones the longest)
 *
 * One message of latency, but P − 1 at a time that share the links: for few ranks and short blocks. Source: the
 * definition (MPI-4.1 §6.8).
 */
import type { Channel } from './channel.js';
import type { Schedule } from './schedule.js';

/** Block i of `out` goes to rank i, block i of `into` comes from it; this rank's own has been copied. */
export function* alltoallLinear(
  ch: Channel,
  out: readonly Uint8Array[],
  into: readonly Uint8Array[],
): Schedule {
  const { rank, size } = ch;
  for (let step = 1; step < size; step++) {
    const source = (rank - step + size) % size;
    ch.recv(into[source], source);
  }
  for (let step = 1; step < size; step++) {
    const dest = (rank + step) % size;
    ch.send(out[dest], dest);
  }
  yield;
}
