/**
 * The collectives over a `Channel`, as schedules for the communicator to drive. Buffers are bytes of the exact length,
 * packed. Arguments are checked by the caller; what must agree between ranks by the standard must agree here. Nothing is
 * read or written before the schedule runs.
 *
 * In place: `reduce`, `allreduce`, `reduceScatter`, `scan` and `exscan` take the same memory as `send` and `recv` (of
 * `reduceScatter` the beginning); `gather`, `gatherv`, `allgather` and `allgatherv` take a null `send`, `scatter` and `scatterv` a
 * null `recv`, at the root; `alltoall` and `alltoallv` a null `send`. Otherwise the two buffers do not overlap.
 *
 * `force` names an algorithm for this call, over the environment and the predicted costs.
 */
import { assert } from '../base/assert.js';
import { type AlgorithmName, algorithms } from './algorithms.js';
import { copyInto, sameMemory } from './blocks.js';
import type { Channel } from './channel.js';
import { gathervLinear } from './gather-linear.js';
import type { Reducer } from './reducer.js';
import { scattervLinear } from './scatter-linear.js';
import { nothing, type Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';
import { select } from './select.js';

export type { AlgorithmName, Collective } from './algorithms.js';
export type { Channel, Taken } from './channel.js';
export * from './kinds.js';
export { type Model, memory, network } from './model.js';
export * from './neighbours.js';
export * from './objects.js';
export * from './ops.js';
export type { Reducer } from './reducer.js';
export type { Schedule } from './schedule.js';
export { overrideVariable, type Row, selectionTable, waysBefore } from './select.js';
export * from './user-reducer.js';

/** Ends when every rank has called it (MPI-4.1 §6.3). */
export function barrier(ch: Channel): Schedule {
  return algorithms.barrier[select('barrier', ch.model, 0, ch.size)].run(ch);
}

/** Copies `bytes` of the root into `bytes` of every rank (MPI-4.1 §6.4). */
export function bcast(
  ch: Channel,
  bytes: Uint8Array,
  root: number,
  force?: AlgorithmName<'bcast'>,
): Schedule {
  if (ch.size === 1) return nothing();
  const name = select('bcast', ch.model, bytes.length, ch.size, undefined, force);
  return algorithms.bcast[name].run(ch, bytes, root);
}

/** Blocks of equal length from all ranks, in rank order, into `recv` of the root (MPI-4.1 §6.5). */
export function gather(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
  force?: AlgorithmName<'gather'>,
): Schedule {
  const m = ch.rank === root ? recv!.length / ch.size : send!.length;
  assert(Number.isInteger(m), 'gather: the receive buffer is a whole number of blocks');
  const name = select('gather', ch.model, m, ch.size, undefined, force);
  return algorithms.gather[name].run(ch, send, recv, root);
}

/** Blocks of any length from all ranks; `into` (root only): where each is to go (MPI-4.1 §6.5). */
export function gatherv(
  ch: Channel,
  send: Uint8Array | null,
  into: readonly Uint8Array[] | null,
  root: number,
): Schedule {
  return gathervLinear(ch, send, into, root);
}

/** Blocks of equal length of the root's `send`, in rank order, into `recv` of all ranks (MPI-4.1 §6.6). */
export function scatter(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
  force?: AlgorithmName<'scatter'>,
): Schedule {
  const m = ch.rank === root ? send!.length / ch.size : recv!.length;
  assert(Number.isInteger(m), 'scatter: the send buffer is a whole number of blocks');
  const name = select('scatter', ch.model, m, ch.size, undefined, force);
  return algorithms.scatter[name].run(ch, send, recv, root);
}

/** Blocks of any length, `out` (root only), into `recv` of all ranks (MPI-4.1 §6.6). */
export function scatterv(
  ch: Channel,
  out: readonly Uint8Array[] | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  return scattervLinear(ch, out, recv, root);
}

/** Blocks of equal length from all ranks, in rank order, into `recv` of all ranks (MPI-4.1 §6.7). */
export function* allgather(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array,
  force?: AlgorithmName<'allgather'>,
): Schedule {
  const m = recv.length / ch.size;
  assert(Number.isInteger(m), 'allgather: the receive buffer is a whole number of blocks');
  if (send !== null) recv.set(send, ch.rank * m);
  if (ch.size === 1) return;
  const name = select('allgather', ch.model, m, ch.size, undefined, force);
  yield* algorithms.allgather[name].run(ch, recv);
}

/** Blocks of any length from all ranks; `into`: where each is to go (MPI-4.1 §6.7). */
export function* allgatherv(
  ch: Channel,
  send: Uint8Array | null,
  into: readonly Uint8Array[],
  force?: AlgorithmName<'allgatherv'>,
): Schedule {
  if (send !== null) copyInto(into[ch.rank], send);
  if (ch.size === 1) return;
  const total = into.reduce((sum, { length }) => sum + length, 0);
  const name = select('allgatherv', ch.model, total / ch.size, ch.size, undefined, force);
  yield* algorithms.allgatherv[name].run(ch, into);
}

/** Block i of `send` goes to rank i, block i of `recv` comes from it (MPI-4.1 §6.8). */
export function* alltoall(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array,
  force?: AlgorithmName<'alltoall'>,
): Schedule {
  const m = recv.length / ch.size;
  assert(Number.isInteger(m), 'alltoall: the receive buffer is a whole number of blocks');
  // In place every block leaves from where another comes in.
  const out = send ?? copyOf(recv);
  if (send !== null) recv.set(send.subarray(ch.rank * m, (ch.rank + 1) * m), ch.rank * m);
  if (ch.size > 1) {
    const name = select('alltoall', ch.model, m, ch.size, undefined, force);
    yield* algorithms.alltoall[name].run(ch, out, recv);
    if (send === null) yield;
  }
  if (send === null) giveScratch(out);
}

/** Block i of `out` goes to rank i, block i of `into` comes from it; of any lengths (MPI-4.1 §6.8). */
export function* alltoallv(
  ch: Channel,
  out: readonly Uint8Array[] | null,
  into: readonly Uint8Array[],
  force?: AlgorithmName<'alltoallv'>,
): Schedule {
  const leaving = out ?? into.map((block) => block.slice());
  if (out !== null) copyInto(into[ch.rank], out[ch.rank]);
  if (ch.size === 1) return;
  const name = select('alltoallv', ch.model, 0, ch.size, undefined, force);
  yield* algorithms.alltoallv[name].run(ch, leaving, into);
}

/** Combines `send` of all ranks into `recv` of the root (MPI-4.1 §6.9.1). */
export function reduce(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
  force?: AlgorithmName<'reduce'>,
): Schedule {
  const name = select('reduce', ch.model, send.length, ch.size, reducer, force);
  return algorithms.reduce[name].run(ch, send, recv, reducer, root);
}

/** Combines `send` of all ranks into `recv` of all ranks, the same bits everywhere (MPI-4.1 §6.9.6). */
export function allreduce(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
  force?: AlgorithmName<'allreduce'>,
): Schedule {
  if (ch.size === 1) return copied(send, recv);
  const name = select('allreduce', ch.model, send.length, ch.size, reducer, force);
  return algorithms.allreduce[name].run(ch, send, recv, reducer);
}

/** Combines `send` of all ranks; block i, of `lengths[i]` bytes, into `recv` of rank i (MPI-4.1 §6.10). */
export function* reduceScatter(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  lengths: readonly number[],
  reducer: Reducer,
  force?: AlgorithmName<'reduce_scatter'>,
): Schedule {
  if (ch.size === 1) {
    copyInto(recv, send);
    return;
  }
  const starts = [0];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  // In place the result is written over what may still be leaving.
  const inPlace = sameMemory(send, recv);
  const from = inPlace ? copyOf(send) : send;
  const name = select('reduce_scatter', ch.model, send.length, ch.size, reducer, force);
  yield* algorithms.reduce_scatter[name].run(ch, from, recv, starts, reducer);
  if (!inPlace) return;
  yield;
  giveScratch(from);
}

/** Combines `send` of the ranks up to this one into `recv` (MPI-4.1 §6.11.1). */
export function scan(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
  force?: AlgorithmName<'scan'>,
): Schedule {
  const name = select('scan', ch.model, send.length, ch.size, reducer, force);
  return algorithms.scan[name].run(ch, send, recv, reducer);
}

/** Combines `send` of the ranks before this one into `recv`, which rank 0 keeps as it is (MPI-4.1 §6.11.2). */
export function exscan(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
  force?: AlgorithmName<'exscan'>,
): Schedule {
  const name = select('exscan', ch.model, send.length, ch.size, reducer, force);
  return algorithms.exscan[name].run(ch, send, recv, reducer);
}

function* copied(send: Uint8Array, recv: Uint8Array): Schedule {
  copyInto(recv, send);
  yield;
}

function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = takeScratch(bytes.length);
  copy.set(bytes);
  return copy;
}
