/** Buffers of the vector collectives: one block a rank, `[buffer, counts, displs, datatype]` (MPI-4.1 §6.5, §6.6). */
import { ERR_COUNT, ERR_TYPE, Exception, show } from '../base/errors.js';
import { place, type Scope } from '../engine/ops.js';
import { type BufferLike, Resolved, resolve, wrap } from './buffer.js';
import { Datatype, datatypeOf } from './datatype.js';

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
  readonly bytes: Uint8Array;
  readonly datatype: Datatype;
  readonly counts: number[];
  readonly displs: number[];
}

const whole = new Resolved();

export function resolveVector(spec: VectorSpec, call: string, scope: Scope, role: string): ResolvedVector {
  const { buffer, counts, displs, datatype } = parts(spec, call, scope, role);
  // Checks that the datatype fits the array, as for any buffer.
  wrap(buffer, call, scope, role);
  resolve(whole, [buffer, 0, datatype], call, scope, role);
  const { view } = whole;
  const elements = checkedList(counts, call, scope, `${role}'s counts`);
  const starts = displs === null ? packed(elements) : checkedList(displs, call, scope, `${role}'s displs`);
  const { size } = datatype;
  for (let rank = 0; rank < scope.size; rank++) {
    if ((starts[rank] + elements[rank]) * size <= view.byteLength || elements[rank] === 0) continue;
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} names elements ${starts[rank]} to ${starts[rank] + elements[rank]} for rank ` +
        `${rank}, but holds ${Math.floor(view.byteLength / size)} of ${datatype.name}`,
    );
  }
  return {
    bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
    datatype,
    counts: elements.map((count) => count * size),
    displs: starts.map((start) => start * size),
  };
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

function checkedList(list: unknown, call: string, scope: Scope, role: string): number[] {
  const values =
    typeof list === 'object' && list !== null && 'length' in list ? Array.from(list as number[]) : [];
  if (values.length !== scope.size) {
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} are ${show(list)}; one a rank, ${scope.size}, are needed`,
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

function packed(counts: number[]): number[] {
  let start = 0;
  return counts.map((count) => {
    const displ = start;
    start += count;
    return displ;
  });
}
