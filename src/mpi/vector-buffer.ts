/** Buffers of the vector collectives: one block a rank, `[buffer, counts, displs, datatype]` (MPI-4.1 §6.5, §6.6). */
import { ERR_COUNT, ERR_TYPE, Exception, show } from '../base/errors.js';
import { place, type Scope } from '../engine/ops.js';
import type { View } from '../transport/ring/aliases.js';
import { type BufferLike, misfit, Resolved, resolve } from './buffer.js';
import { Datatype, datatypeOf } from './datatype/index.js';
import type { Packing } from './datatype/packing.js';

/** Elements for each rank, and where each block starts, in elements; without `displs` the blocks lie end to end. */
export type VectorSpec =
  | readonly [buffer: BufferLike, counts: ArrayLike<number>]
  | readonly [buffer: BufferLike, counts: ArrayLike<number>, datatype: Datatype]
  | readonly [
      buffer: BufferLike,
      counts: ArrayLike<number>,
      displs: ArrayLike<number> | null,
      datatype: Datatype,
    ]
  | readonly [
      buffer: BufferLike,
      blocks: readonly [counts: ArrayLike<number>, displs: ArrayLike<number> | null],
      datatype: Datatype,
    ];

/** A resolved vector buffer; counts and displacements are in bytes. */
export interface ResolvedVector {
  /** The memory that `displs` are relative to: all of the buffer, or, where the datatype has gaps, the packed blocks. */
  readonly bytes: Uint8Array;
  readonly datatype: Datatype;
  readonly counts: number[];
  readonly displs: number[];
  /** Brings what was received into `bytes` to its place in the buffer; null where it is there already. */
  readonly land: (() => void) | null;
}

const whole = new Resolved();

/**
 * A spec of `blocks` blocks. `sends`: they are packed at once if the datatype has gaps; else `land` unpacks what is
 * received.
 */
export function resolveVector(
  spec: VectorSpec,
  call: string,
  scope: Scope,
  role: string,
  blocks: number,
  sends: boolean,
): ResolvedVector {
  const { buffer, counts, displs, datatype } = parts(spec, call, scope, role);
  const packing = datatype.packing(() => `${place(call, scope)}: ${role} has`);
  // Checks that the datatype fits the array, as for any buffer.
  resolve(whole, [buffer, 0, datatype], call, scope, role);
  const { view } = whole;
  const elements = checkedList(counts, blocks, call, scope, `${role}'s counts`);
  const starts =
    displs === null ? endToEnd(elements) : checkedList(displs, blocks, call, scope, `${role}'s displs`);
  for (let rank = 0; rank < blocks; rank++) {
    const why = misfit(view, datatype, elements[rank], starts[rank]);
    if (why === null) continue;
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} names elements ${starts[rank]} to ${starts[rank] + elements[rank]} of ` +
        `${datatype.label} for rank ${rank}, but ${why}`,
    );
  }
  return packing === null
    ? inPlace(view, datatype, elements, starts)
    : aside(view, datatype, packing, elements, starts, sends);
}

function inPlace(view: View, datatype: Datatype, elements: number[], starts: number[]): ResolvedVector {
  const { size, extent, true_lb } = datatype;
  return {
    bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
    datatype,
    counts: elements.map((count) => count * size),
    displs: starts.map((start, i) => (elements[i] * size === 0 ? 0 : start * extent + true_lb)),
    land: null,
  };
}

/** The blocks packed one behind the other. */
function aside(
  view: View,
  datatype: Datatype,
  packing: Packing,
  elements: number[],
  starts: number[],
  sends: boolean,
): ResolvedVector {
  const counts = elements.map((count) => count * datatype.size);
  const displs = endToEnd(counts);
  const bytes = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
  const block = (rank: number) => bytes.subarray(displs[rank], displs[rank] + counts[rank]);
  if (sends)
    for (const rank of elements.keys())
      packing.pack(view, starts[rank] * datatype.extent, elements[rank], block(rank));
  const land = () => {
    for (const rank of elements.keys())
      packing.unpack(view, starts[rank] * datatype.extent, elements[rank], block(rank));
  };
  return { bytes, datatype, counts, displs, land };
}

interface Parts {
  buffer: BufferLike;
  counts: unknown;
  displs: unknown;
  datatype: Datatype;
}

function parts(spec: VectorSpec, call: string, scope: Scope, role: string): Parts {
  const list: readonly unknown[] = Array.isArray(spec) ? spec : [];
  const last = list[list.length - 1];
  const datatype = last instanceof Datatype ? last : datatypeOf(list[0]);
  const middle = last instanceof Datatype ? list.slice(1, -1) : list.slice(1);
  const pair = middle.length === 1 && Array.isArray(middle[0]) && typeof middle[0][0] === 'object';
  const [counts, displs = null] = pair ? (middle[0] as unknown[]) : middle;
  if (datatype === undefined || middle.length < 1 || middle.length > 2) {
    throw new Exception(
      ERR_TYPE,
      `${place(call, scope)}: ${role} is ${show(spec)}; pass [buffer, counts], [buffer, counts, datatype] or ` +
        '[buffer, counts, displs, datatype]',
    );
  }
  return { buffer: list[0] as BufferLike, counts, displs, datatype };
}

function checkedList(list: unknown, blocks: number, call: string, scope: Scope, role: string): number[] {
  const values =
    typeof list === 'object' && list !== null && 'length' in list ? Array.from(list as number[]) : [];
  if (values.length !== blocks) {
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} are ${show(list)}; one a block, ${blocks}, are needed`,
    );
  }
  const bad = values.findIndex((value) => !Number.isSafeInteger(value) || value < 0);
  if (bad >= 0) {
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} have ${show(values[bad])} for rank ${bad}; integers ≥ 0 are needed`,
    );
  }
  return values;
}

function endToEnd(counts: readonly number[]): number[] {
  let start = 0;
  return counts.map((count) => {
    const displ = start;
    start += count;
    return displ;
  });
}
