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
import { Tag } from './tags.js';

export function bcastScatterAllgather(ch: Channel, bytes: Uint8Array, root: number): void {
  const { rank, size } = ch;
  const relative = (rank - root + size) % size;
  const absolute = (r: number): number => (r + root) % size;
  const blocks = new Blocks(bytes.length, size, 1);

  // Scatter: the subtree of a relative rank r at level `mask` owns the blocks r to r + mask − 1.
  let mask = 1;
  while (mask < size && (relative & mask) === 0) mask *= 2;
  if (relative !== 0) {
    const mine = blocks.view(bytes, relative, Math.min(relative + mask, size));
    ch.recv(mine, absolute(relative - mask), Tag.BCAST);
  }
  for (mask /= 2; mask >= 1; mask /= 2) {
    const child = relative + mask;
    if (child >= size) continue;
    ch.send(blocks.view(bytes, child, Math.min(child + mask, size)), absolute(child), Tag.BCAST);
  }

  const right = absolute(relative + 1);
  const left = absolute(relative - 1 + size);
  for (let step = 0; step < size - 1; step++) {
    const out = (relative - step + size) % size;
    const into = (relative - step - 1 + size) % size;
    ch.sendrecv(blocks.view(bytes, out), right, blocks.view(bytes, into), left, Tag.BCAST);
  }
}
