/**
 * Reduce that keeps the order of the ranks, for operations that do not commute: the binomial tree with rank 0 as
 * its root, and one more message to the rank that wants the result.
 *
 *     T = ⌈log2 P⌉ · (L + 2o + (m − 1)G + mγ) + [root ≠ 0] · (L + 2o + (m − 1)G)
 *
 * Source: MPI-4.1 §6.9.1 (the canonical order of evaluation).
 */
import type { Channel } from './channel.js';
import { reduceBinomial } from './reduce-binomial.js';
import type { Reducer } from './reducer.js';
import { giveScratch, takeScratch } from './scratch.js';
import { Tag } from './tags.js';

/** `recv` matters at the root only, where it may be the same memory as `send`. */
export function reduceOrdered(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): void {
  if (root === 0) {
    reduceBinomial(ch, send, recv, reducer, 0);
  } else if (ch.rank === 0) {
    const result = takeScratch(send.length);
    reduceBinomial(ch, send, result, reducer, 0);
    ch.send(result, root, Tag.REDUCE);
    giveScratch(result);
  } else {
    reduceBinomial(ch, send, null, reducer, 0);
    if (ch.rank === root) ch.recv(recv!, 0, Tag.REDUCE);
  }
}
