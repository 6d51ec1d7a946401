/** Each group receives what the other one's operands come to (MPI-4.1 §6.9 and §6.10): leaders reduce, and swap. */
import { reduce as reduceInOne, scatterv } from '../index.js';
import type { Reducer } from '../reducer.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Groups, HERE, swap } from './groups.js';

/** `send` of the other group combined into `recv` of the root. */
export function* reduce(
  { local, between }: Groups,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): Schedule {
  if (root === HERE) {
    between.recv(recv!, 0);
    yield;
    return;
  }
  const own = local.rank === 0 ? takeScratch(send!.length) : null;
  yield* reduceInOne(local, send!, own, reducer, 0);
  yield;
  if (own === null) return;
  between.send(own, root);
  yield;
  giveScratch(own);
}

/** `send` of the other group combined into every `recv`. */
export function* allreduce(groups: Groups, send: Uint8Array, recv: Uint8Array, reducer: Reducer): Schedule {
  const { local } = groups;
  const own = local.rank === 0 ? takeScratch(send.length) : null;
  yield* reduceInOne(local, send, own, reducer, 0);
  yield;
  yield* swap(groups, own, recv);
  if (own !== null) giveScratch(own);
}

/** `send` of the other group combined; block i, of `lengths[i]` bytes, into `recv` of rank i of this one. */
export function* reduceScatter(
  { local, between }: Groups,
  send: Uint8Array,
  recv: Uint8Array,
  lengths: readonly number[],
  reducer: Reducer,
): Schedule {
  if (local.rank !== 0) {
    yield* reduceInOne(local, send, null, reducer, 0);
    yield* scatterv(local, null, recv, 0);
    return;
  }
  const own = takeScratch(send.length);
  const theirs = takeScratch(send.length);
  yield* reduceInOne(local, send, own, reducer, 0);
  yield;
  between.recv(theirs, 0);
  between.send(own, 0);
  yield;
  let start = 0;
  const blocks = lengths.map((length) => {
    start += length;
    return theirs.subarray(start - length, start);
  });
  yield* scatterv(local, blocks, recv, 0);
  yield;
  giveScratch(own);
  giveScratch(theirs);
}
