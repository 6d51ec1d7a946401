/**
 * Bcast over a binomial tree: in each round every rank that has the message sends it to one that has not, the
 * farthest (which heads the largest subtree) first.
 *
 *     T = ⌈log2 P⌉ · (L + 2o + (m − 1)G)
 *
 * Fewest rounds, so the best for short messages, and at P = 2 for all. Source: Chan, Heimlich, Purkayastha, van de
 * Geijn, "Collective communication: theory, practice, and experience", 2007 (minimum spanning tree broadcast).
 */
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Schedule } from './schedule.js';

export const bcastBinomialCost: Cost = (model, ranks, bytes) => rounds(ranks) * message(model, bytes);

export function* bcastBinomial(ch: Channel, bytes: Uint8Array, root: number): Schedule {
  const { rank, size } = ch;
  const relative = (rank - root + size) % size;
  let mask = 1;
  while (mask < size && (relative & mask) === 0) mask *= 2;
  if (relative !== 0) {
    ch.recv(bytes, (relative - mask + root) % size);
    yield;
  }
  for (mask /= 2; mask >= 1; mask /= 2) {
    if (relative + mask < size) ch.send(bytes, (relative + mask + root) % size);
  }
}
