/**
 * The collectives over a `Channel`, for the communicator to call. Buffers are bytes of the exact length, packed.
 * Arguments are checked by the caller; what must agree between ranks by the standard must agree here.
 *
 * In place: `reduce` and `allreduce` take the same memory as `send` and `recv`; `gather` and `gatherv` take a null
 * `send`, `scatter` and `scatterv` a null `recv`, at the root. Otherwise the two buffers do not overlap.
 *
 * `force` names an algorithm for this call, over the environment and the table of `select.ts`.
 */
import { assert } from '../base/assert.js';
import { allreduceRabenseifner } from './allreduce-rabenseifner.js';
import { allreduceRecursiveDoubling } from './allreduce-recursive-doubling.js';
import { allreduceRing } from './allreduce-ring.js';
import { barrierDissemination } from './barrier-dissemination.js';
import { bcastBinomial } from './bcast-binomial.js';
import { bcastScatterAllgather } from './bcast-scatter-allgather.js';
import { copyInto } from './blocks.js';
import type { Channel } from './channel.js';
import { gatherBinomial } from './gather-binomial.js';
import { gatherLinear, gathervLinear } from './gather-linear.js';
import { reduceBinomial } from './reduce-binomial.js';
import { reduceOrdered } from './reduce-ordered.js';
import type { Reducer } from './reducer.js';
import { scatterBinomial } from './scatter-binomial.js';
import { scatterLinear, scattervLinear } from './scatter-linear.js';
import { type AlgorithmName, select } from './select.js';

export type { Channel } from './channel.js';
export * from './kinds.js';
export * from './ops.js';
export type { Reducer } from './reducer.js';
export type { AlgorithmName, Collective } from './select.js';
export * from './user-reducer.js';

const bcasts: Record<AlgorithmName<'bcast'>, typeof bcastBinomial> = {
  binomial: bcastBinomial,
  'scatter-allgather': bcastScatterAllgather,
};

const gathers: Record<AlgorithmName<'gather'>, typeof gatherBinomial> = {
  binomial: gatherBinomial,
  linear: gatherLinear,
};

const scatters: Record<AlgorithmName<'scatter'>, typeof scatterBinomial> = {
  binomial: scatterBinomial,
  linear: scatterLinear,
};

const reduces: Record<AlgorithmName<'reduce'>, typeof reduceBinomial> = {
  binomial: reduceBinomial,
  ordered: reduceOrdered,
};

const allreduces: Record<AlgorithmName<'allreduce'>, typeof allreduceRing> = {
  'recursive-doubling': allreduceRecursiveDoubling,
  ring: allreduceRing,
  rabenseifner: allreduceRabenseifner,
};

/** Returns when every rank has called it (MPI-4.1 §6.3). */
export function barrier(ch: Channel): void {
  barrierDissemination(ch);
}

/** Copies `bytes` of the root into `bytes` of every rank (MPI-4.1 §6.4). */
export function bcast(ch: Channel, bytes: Uint8Array, root: number, force?: AlgorithmName<'bcast'>): void {
  if (ch.size === 1) return;
  bcasts[select('bcast', bytes.length, ch.size, undefined, force)](ch, bytes, root);
}

/** Blocks of equal length from all ranks, in rank order, into `recv` of the root (MPI-4.1 §6.5). */
export function gather(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
  force?: AlgorithmName<'gather'>,
): void {
  const m = ch.rank === root ? recv!.length / ch.size : send!.length;
  assert(Number.isInteger(m), 'gather: the receive buffer is a whole number of blocks');
  gathers[select('gather', m, ch.size, undefined, force)](ch, send, recv, root);
}

/** Blocks from all ranks into `recv` of the root; `counts` and `displs` (root only) are bytes (MPI-4.1 §6.5). */
export function gatherv(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  counts: ArrayLike<number> | null,
  displs: ArrayLike<number> | null,
  root: number,
): void {
  gathervLinear(ch, send, recv, counts, displs, root);
}

/** Blocks of equal length of the root's `send`, in rank order, into `recv` of all ranks (MPI-4.1 §6.6). */
export function scatter(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
  force?: AlgorithmName<'scatter'>,
): void {
  const m = ch.rank === root ? send!.length / ch.size : recv!.length;
  assert(Number.isInteger(m), 'scatter: the send buffer is a whole number of blocks');
  scatters[select('scatter', m, ch.size, undefined, force)](ch, send, recv, root);
}

/** Blocks of the root's `send` into `recv` of all ranks; `counts` and `displs` (root only) are bytes (§6.6). */
export function scatterv(
  ch: Channel,
  send: Uint8Array | null,
  counts: ArrayLike<number> | null,
  displs: ArrayLike<number> | null,
  recv: Uint8Array | null,
  root: number,
): void {
  scattervLinear(ch, send, counts, displs, recv, root);
}

/** Combines `send` of all ranks into `recv` of the root (MPI-4.1 §6.9.1). */
export function reduce(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
  force?: AlgorithmName<'reduce'>,
): void {
  reduces[select('reduce', send.length, ch.size, reducer, force)](ch, send, recv, reducer, root);
}

/** Combines `send` of all ranks into `recv` of all ranks, the same bits everywhere (MPI-4.1 §6.9.6). */
export function allreduce(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
  force?: AlgorithmName<'allreduce'>,
): void {
  if (ch.size === 1) copyInto(recv, send);
  else allreduces[select('allreduce', send.length, ch.size, reducer, force)](ch, send, recv, reducer);
}
