/** Buffers of Alltoallw: a block for each rank, each with a datatype of its own (MPI-4.1 §6.8). */
import { ERR_COUNT, ERR_TYPE, Exception, show } from '../../../base/errors.js';
import { place } from '../../../engine/ops.js';
import type { View } from '../../../transport/ring/aliases.js';
import { type BufferLike, landing, packed, Resolved, resolve } from '../../buffer.js';
import { Datatype } from '../../datatype/index.js';
import { spanOf } from '../../datatype/layout.js';
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
export function outgoingTyped(
  ch: CollectiveChannel,
  spec: TypedVectorSpec,
  role: string,
  blocks = ch.size,
): Blocks {
  const parts = blocksOf(ch, spec, role, blocks);
  return {
    views: parts.map((part) => packed(part)),
    land: null,
    typeOf: (rank) => parts[rank].datatype,
  };
}

/** Blocks to fill; `filled`: what they hold already counts. */
export function incomingTyped(
  ch: CollectiveChannel,
  spec: TypedVectorSpec,
  role: string,
  filled = false,
  blocks = ch.size,
): Blocks {
  const parts = blocksOf(ch, spec, role, blocks);
  const landings = parts.map((part) => {
    const aside = landing(part);
    if (filled && part.packing !== null) aside.bytes.set(packed(part));
    return aside;
  });
  const land = () => {
    for (const aside of landings) aside.land();
  };
  return { views: landings.map(({ bytes }) => bytes), land, typeOf: (rank) => parts[rank].datatype };
}

function blocksOf(ch: CollectiveChannel, spec: TypedVectorSpec, role: string, blocks: number): Resolved[] {
  const where = `${place(ch.call, ch.scope)}: ${role}`;
  const list: readonly unknown[] = Array.isArray(spec) ? spec : [];
  const [buffer, ...rest] = list;
  const [counts, displs, types] = rest.length === 2 && Array.isArray(rest[0]) ? [...rest[0], rest[1]] : rest;
  const lists = [counts, displs, types].map((values) => toList(values));
  if (list.length < 3 || lists.some((values) => values.length !== blocks)) {
    throw new Exception(
      ERR_COUNT,
      `${where} is ${show(spec)}; pass [buffer, counts, displs, types] with one of each for each of the ${blocks} blocks`,
    );
  }
  // Raw bytes: every block has its own datatype.
  const { view } = resolve(whole, rawOf(buffer), ch.call, ch.scope, role);
  return lists[0].map((count, rank) =>
    blockAt(view, count, lists[1][rank], lists[2][rank], `${where} has`, rank),
  );
}

function blockAt(
  view: View,
  count: unknown,
  displ: unknown,
  type: unknown,
  where: string,
  rank: number,
): Resolved {
  if (!(type instanceof Datatype))
    throw new Exception(ERR_TYPE, `${where} datatype ${show(type)} for rank ${rank}`);
  const packing = type.packing(() => where);
  for (const value of [count, displ]) {
    if (Number.isSafeInteger(value) && (value as number) >= 0) continue;
    throw new Exception(
      ERR_COUNT,
      `${where} ${show(value)} for rank ${rank}; counts and displacements are integers ≥ 0`,
    );
  }
  const start = displ as number;
  const elements = count as number;
  const [low, high] = spanOf(type.layout, elements);
  if (elements > 0 && type.size > 0 && (start + low < 0 || start + high > view.byteLength)) {
    throw new Exception(
      ERR_COUNT,
      `${where} bytes ${start + low} to ${start + high} for rank ${rank}, of a buffer of ${view.byteLength}`,
    );
  }
  const part = new Resolved();
  part.view = view;
  part.bytes = elements * type.size;
  part.datatype = type;
  part.elements = elements;
  part.packing = part.bytes === 0 ? null : packing;
  part.offset = part.bytes === 0 ? 0 : start + (packing === null ? type.true_lb : 0);
  return part;
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
