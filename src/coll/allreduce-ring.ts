/**
 * Allreduce round a ring: the message is cut in P blocks; in P − 1 steps each block collects the operands of all
 * ranks on its way round (reduce-scatter), in P − 1 more the results go round (allgather).
 *
 *     T = 2(P − 1) · (L + 2o) + 2 · (P − 1)/P · m · G + (P − 1)/P · m · γ
 *
 * The least traffic and the least combining that any algorithm needs, at any P, for the most latency. A block starts
 * at its own rank, so operands are combined in a rotated order: only for operations that commute. Source: Patarasuk,
 * Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009.
 */
import { Blocks, copyInto } from './blocks.js';
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const allreduceRingCost: Cost = (model, ranks, bytes) =>
  (ranks - 1) * (2 * message(model, bytes / ranks) + (bytes / ranks) * model.perCombined);

/** `recv` may be the same memory as `send`. The operation must commute and have a grain. */
export function* allreduceRing(ch: Channel, send: Uint8Array, recv: Uint8Array, reducer: Reducer): Schedule {
  const { rank, size } = ch;
  copyInto(recv, send);
  const blocks = new Blocks(recv.length, size, reducer.grain);
  const right = (rank + 1) % size;
  const left = (rank - 1 + size) % size;

  const incoming = takeScratch(blocks.start(1));
  for (let step = 0; step < size - 1; step++) {
    const mine = blocks.view(recv, (rank - step - 1 + size) % size);
    const theirs = incoming.subarray(0, mine.length);
    ch.recv(theirs, left);
    ch.send(blocks.view(recv, (rank - step + size) % size), right);
    yield;
    reducer.apply(theirs, mine);
  }
  giveScratch(incoming);

  for (let step = 0; step < size - 1; step++) {
    ch.recv(blocks.view(recv, (rank - step + size) % size), left);
    ch.send(blocks.view(recv, (rank + 1 - step + size) % size), right);
    yield;
  }
}
