/** How a Reduce_scatter parts its result (MPI-4.1 §6.10). */
import { ERR_COUNT, Exception, show } from '../../../base/errors.js';
import { allgather, type Schedule } from '../../../coll/index.js';
import { place } from '../../../engine/ops.js';
import type { CollectiveChannel } from '../channel.js';
import { checkLength, type Part } from './buffers.js';

/** The operand must be all blocks, the result this rank's; `recv` null where they are the same memory. */
export function checkLengths(
  ch: CollectiveChannel,
  from: Part,
  recv: Part | null,
  lengths: readonly number[],
): void {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  checkLength(ch, recv === null ? 'recvbuf' : 'sendbuf', from.bytes, total, 'the recvcounts');
  if (recv !== null) checkLength(ch, 'recvbuf', recv.bytes, lengths[ch.rank], 'the recvcounts');
}

/**
 * Without counts, as in mpi4py, each rank's length is what its `recvbuf` holds: those of its group tell each other, and
 * then `scatter`.
 */
export function* askingLengths(
  ch: CollectiveChannel,
  from: Part,
  recv: Part,
  scatter: (lengths: readonly number[]) => Schedule,
): Schedule {
  const told = new Float64Array(ch.local.size);
  const own = new Uint8Array(Float64Array.of(recv.bytes.length).buffer);
  yield* allgather(ch.local, own, new Uint8Array(told.buffer));
  yield;
  const lengths = [...told];
  checkLengths(ch, from, recv, lengths);
  yield* scatter(lengths);
}

/** Bytes for each of `ranks` ranks, from a user's counts of elements. */
export function lengthsOf(
  ch: CollectiveChannel,
  counts: ArrayLike<number>,
  { datatype }: Part,
  ranks: number,
): number[] {
  const isList = typeof counts === 'object' && 'length' in counts;
  const values = isList ? Array.from(counts) : [];
  if (values.length !== ranks || values.some((value) => !Number.isSafeInteger(value) || value < 0)) {
    throw new Exception(
      ERR_COUNT,
      `${place(ch.call, ch.scope)}: recvcounts are ${show(counts)}; ${ranks} integers ≥ 0 are needed, one a rank`,
    );
  }
  return values.map((count) => count * datatype.size);
}
