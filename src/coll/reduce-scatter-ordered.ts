/**
 * Reduce-scatter as a reduce to rank 0 that keeps the order of the ranks, and a scatter of its result.
 *
 *     T = ⌈log2 P⌉ · (L + 2o + m(G + γ)) + L + 2o + (P − 2) · max(o, g) + (P − 1)/P · m · G
 *
 * For operations that do not commute, and for those that may see whole messages only. Source: MPI-4.1 §6.10 (the
 * definition).
 */
import type { Channel } from './channel.js';
import { linearCost } from './gather-linear.js';
import type { Cost } from './model.js';
import { reduceBinomial, reduceBinomialCost } from './reduce-binomial.js';
import type { Reducer } from './reducer.js';
import { scattervLinear } from './scatter-linear.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const reduceScatterOrderedCost: Cost = (model, ranks, bytes) =>
  reduceBinomialCost(model, ranks, bytes) + linearCost(model, ranks, bytes / ranks);

/** `starts[i]` to `starts[i + 1]` is the block of rank i in `send`. */
export function* reduceScatterOrdered(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  starts: readonly number[],
  reducer: Reducer,
): Schedule {
  if (ch.rank !== 0) {
    yield* reduceBinomial(ch, send, null, reducer, 0);
    yield* scattervLinear(ch, null, recv, 0);
    return;
  }
  const result = takeScratch(send.length);
  yield* reduceBinomial(ch, send, result, reducer, 0);
  const blocks = Array.from({ length: ch.size }, (_, i) => result.subarray(starts[i], starts[i + 1]));
  yield* scattervLinear(ch, blocks, recv, 0);
  yield;
  giveScratch(result);
}
