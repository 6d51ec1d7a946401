/**
 * Reduce up a binomial tree: a rank combines the messages of its children, nearest first, with its own, then sends
 * the result to its parent.
 *
 *     T = ⌈log2 P⌉ · (L + 2o + (m − 1)G + mγ)          (γ: combining one byte)
 *
 * Ranks count from the root, so operands are combined in the order root, root + 1, …, root − 1 (mod P): for
 * operations that commute, and from root 0 for all. Source: Chan et al., 2007 (minimum spanning tree reduce).
 */
import { copyInto, sameMemory } from './blocks.js';
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const reduceBinomialCost: Cost = (model, ranks, bytes) =>
  rounds(ranks) * (message(model, bytes) + bytes * model.perCombined);

/** `recv` matters at the root only, where it may be the same memory as `send`. */
export function* reduceBinomial(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): Schedule {
  const { rank, size } = ch;
  const relative = (rank - root + size) % size;
  const parentMask = relative === 0 ? size : relative & -relative;

  // Each child's message lands in a buffer that does not hold the operand so far and becomes the new operand.
  let operand = send;
  let spare: Uint8Array | null = relative === 0 && !sameMemory(send, recv!) ? recv : null;
  for (let mask = 1; mask < parentMask && relative + mask < size; mask *= 2) {
    const incoming: Uint8Array = spare ?? takeScratch(send.length);
    ch.recv(incoming, (relative + mask + root) % size);
    yield;
    reducer.apply(operand, incoming);
    spare = operand === send ? null : operand;
    operand = incoming;
  }
  if (relative === 0) copyInto(recv!, operand);
  else ch.send(operand, (relative - parentMask + root) % size);
  if (operand === send) return;
  yield;
  if (operand !== recv) giveScratch(operand);
  if (spare !== null && spare !== recv) giveScratch(spare);
}
