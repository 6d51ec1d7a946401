/**
 * Allgather and Allgatherv round a ring: in each step a rank passes on the block that it got last.
 *
 *     T = (P − 1) · (L + 2o + mG)          (m bytes per rank; of different ones the longest)
 *
 * Every block moves once per rank, between neighbours only, at any P: for long blocks. Source: Chan et al., 2007 (bucket
 * collect).
 */
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import type { Schedule } from './schedule.js';

export const allgatherRingCost: Cost = (model, ranks, bytes) => (ranks - 1) * message(model, bytes);

/** `blocks`: the memory of each rank's block; that of this rank is filled. */
export function* allgathervRing(ch: Channel, blocks: readonly Uint8Array[]): Schedule {
  const { rank, size } = ch;
  const right = (rank + 1) % size;
  const left = (rank - 1 + size) % size;
  for (let step = 0; step < size - 1; step++) {
    ch.recv(blocks[(rank - step - 1 + size) % size], left);
    ch.send(blocks[(rank - step + size) % size], right);
    yield;
  }
}
