/**
 * Bcast of a long message: the root scatters it in P blocks down a binomial tree, then the blocks go round a ring
 * until every rank has all of them.
 *
 *     T ≈ (⌈log2 P⌉ + P − 1) · (L + 2o) + 2 · (P − 1)/P · m · G
 *
 * Each byte crosses about two links on the critical path instead of ⌈log2 P⌉, for more latency. Source: Barnett,
 * Gupta, Payne, Shuler, van de Geijn, Watts, "Interprocessor collective communication library", 1994.
 */
import { Blocks } from './blocks.js';
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Schedule } from './schedule.js';

export const bcastScatterAllgatherCost: Cost = (model, ranks, bytes) => {
  const block = bytes / ranks;
  const scatter = rounds(ranks) * message(model, block) + (ranks - 1 - rounds(ranks)) * block * model.perByte;
  return scatter + (ranks - 1) * message(model, block);
};

export function* bcastScatterAllgather(ch: Channel, bytes: Uint8Array, root: number): Schedule {
  const { rank, size } = ch;
  const relative = (rank - root + size) % size;
  const absolute = (r: number): number => (r + root) % size;
  const blocks = new Blocks(bytes.length, size, 1);

  // Scatter: the subtree of a relative rank r at level `mask` owns the blocks r to r + mask − 1.
  let mask = 1;
  while (mask < size && (relative & mask) === 0) mask *= 2;
  if (relative !== 0) {
    ch.recv(blocks.view(bytes, relative, Math.min(relative + mask, size)), absolute(relative - mask));
    yield;
  }
  for (mask /= 2; mask >= 1; mask /= 2) {
    const child = relative + mask;
    if (child < size) ch.send(blocks.view(bytes, child, Math.min(child + mask, size)), absolute(child));
  }

  const right = absolute(relative + 1);
  const left = absolute(relative - 1 + size);
  for (let step = 0; step < size - 1; step++) {
    ch.recv(blocks.view(bytes, (relative - step - 1 + size) % size), left);
    ch.send(blocks.view(bytes, (relative - step + size) % size), right);
    yield;
  }
}
