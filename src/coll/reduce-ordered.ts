/**
 * Reduce that keeps the order of the ranks, for operations that do not commute: the binomial tree with rank 0 as
 * its root, and one more message to the rank that wants the result.
 *
 *     T = ⌈log2 P⌉ · (L + 2o + (m − 1)G + mγ) + [root ≠ 0] · (L + 2o + (m − 1)G)
 *
 * Source: MPI-4.1 §6.9.1 (the canonical order of evaluation).
 */
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import { reduceBinomial, reduceBinomialCost } from './reduce-binomial.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const reduceOrderedCost: Cost = (model, ranks, bytes) =>
  reduceBinomialCost(model, ranks, bytes) + message(model, bytes);

/** `recv` matters at the root only, where it may be the same memory as `send`. */
export function reduceOrdered(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): Schedule {
  if (root === 0) return reduceBinomial(ch, send, recv, reducer, 0);
  if (ch.rank === 0) return reduceAndPassOn(ch, send, reducer, root);
  if (ch.rank === root) return reduceAndGetBack(ch, send, recv!, reducer);
  return reduceBinomial(ch, send, null, reducer, 0);
}

function* reduceAndPassOn(ch: Channel, send: Uint8Array, reducer: Reducer, root: number): Schedule {
  const result = takeScratch(send.length);
  yield* reduceBinomial(ch, send, result, reducer, 0);
  ch.send(result, root);
  yield;
  giveScratch(result);
}

function* reduceAndGetBack(ch: Channel, send: Uint8Array, recv: Uint8Array, reducer: Reducer): Schedule {
  yield* reduceBinomial(ch, send, null, reducer, 0);
  // The operand may be leaving from the same memory.
  yield;
  ch.recv(recv, 0);
}
