/**
 * Allgather and Allgatherv, linear: every rank sends its block to every other, all at once.
 *
 *     T = L + 2o + (P − 2) · max(o, g) + (P − 1) · m · G          (m bytes per rank; of different ones the longest)
 *
 * One message of latency, and no block waits for a longer one: for few ranks, and blocks of very different lengths.
 * Source: the definition (MPI-4.1 §6.7).
 */
import type { Channel } from './channel.js';
import type { Schedule } from './schedule.js';

/** `blocks`: the memory of each rank's block; that of this rank is filled. */
export function* allgathervLinear(ch: Channel, blocks: readonly Uint8Array[]): Schedule {
  const { rank, size } = ch;
  for (let step = 1; step < size; step++) {
    const source = (rank - step + size) % size;
    ch.recv(blocks[source], source);
  }
  for (let step = 1; step < size; step++) ch.send(blocks[rank], (rank + step) % size);
  yield;
}
