/** Buffers of Alltoallw: a block for each rank, each with a datatype of its own (MPI-4.1 §6.8). */
import { ERR_COUNT, ERR_TYPE, Exception, show } from '../../../base/errors.js';
import { place } from '../../../engine/ops.js';
import { type BufferLike, Resolved, resolve } from '../../buffer.js';
import { Datatype } from '../../datatype.js';
import type { CollectiveChannel } from '../channel.js';
import type { Blocks } from './buffers.js';

/** Elements for each rank, where each block starts, in *bytes*, and of which datatype it is. */
export type TypedVectorSpec =
  | readonly [
      buffer: BufferLike,
      counts: ArrayLike<number>,
      displs: ArrayLike<number>,
      types: readonly Datatype[],
    ]
  | readonly [
      buffer: BufferLike,
      blocks: readonly [counts: ArrayLike<number>, displs: ArrayLike<number>],
      types: readonly Datatype[],
    ];

const whole = new Resolved();

/** Blocks to send. */
export function outgoingTyped(ch: CollectiveChannel, spec: TypedVectorSpec, role: string): Blocks {
  const where = `${place(ch.call, ch.scope)}: ${role}`;
  const list: readonly unknown[] = Array.isArray(spec) ? spec : [];
  const [buffer, ...rest] = list;
  const [counts, displs, types] = rest.length === 2 && Array.isArray(rest[0]) ? [...rest[0], rest[1]] : rest;
  const lists = [counts, displs, types].map((values) => toList(values));
  if (list.length < 3 || lists.some((values) => values.length !== ch.size)) {
    throw new Exception(
      ERR_COUNT,
      `${where} is ${show(spec)}; pass [buffer, counts, displs, types] with one of each for each of the ${ch.size} ranks`,
    );
  }
  // Raw bytes: every block has its own datatype.
  const { view } = resolve(whole, rawOf(buffer), ch.call, ch.scope, role);
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const views = lists[0].map((count, rank) => {
    const displ = lists[1][rank];
    const type = lists[2][rank];
    if (!(type instanceof Datatype) || type.size === 0) {
      throw new Exception(ERR_TYPE, `${where} has datatype ${show(type)} for rank ${rank}`);
    }
    for (const value of [count, displ]) {
      if (!Number.isSafeInteger(value) || (value as number) < 0) {
        throw new Exception(
          ERR_COUNT,
          `${where} has ${show(value)} for rank ${rank}; counts and displacements are integers ≥ 0`,
        );
      }
    }
    const start = displ as number;
    const end = start + (count as number) * type.size;
    if (end > bytes.length && count !== 0) {
      throw new Exception(
        ERR_COUNT,
        `${where} names bytes ${start} to ${end} for rank ${rank}, but holds ${bytes.length}`,
      );
    }
    return bytes.subarray(start, end);
  });
  return { views, land: null };
}

/** Blocks to fill; `filled`: what they hold already counts. */
export function incomingTyped(
  ch: CollectiveChannel,
  spec: TypedVectorSpec,
  role: string,
  _filled = false,
): Blocks {
  return outgoingTyped(ch, spec, role);
}

function toList(values: unknown): unknown[] {
  return typeof values === 'object' && values !== null && 'length' in values
    ? Array.from(values as ArrayLike<unknown>)
    : [];
}

function rawOf(buffer: unknown): BufferLike {
  return ArrayBuffer.isView(buffer)
    ? new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : (buffer as BufferLike);
}
