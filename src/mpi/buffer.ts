/**
 * Buffers as users give them, resolved to bytes: an array (or a bare buffer), or a spec `[buffer, datatype]`,
 * `[buffer, count, datatype]`, `[buffer, [count, displ], datatype]`. MPI-4.1 §3.2.2; the specs are mpi4py's.
 */
import { ERR_BUFFER, ERR_COUNT, ERR_TYPE, Exception, show } from '../base/errors.js';
import { place, type Scope } from '../engine/ops.js';
import type { View } from '../transport/ring/aliases.js';
import { BYTE, Datatype, datatypeOf, isRaw } from './datatype/index.js';
import { fitting, spanOf } from './datatype/layout.js';
import type { Packing } from './datatype/packing.js';
import { type BufferLike, checkAttached, wrap } from './memory.js';

/** A buffer, or a buffer with what to take of it. `count` and `displ` are in elements of the datatype (its extents). */
export type BufferSpec =
  | BufferLike
  | readonly [buffer: BufferLike, datatype: Datatype]
  | readonly [buffer: BufferLike, count: number, datatype: Datatype]
  | readonly [buffer: BufferLike, slice: readonly [count: number, displ: number], datatype: Datatype];

/** A resolved buffer. Each role has one instance that is filled anew by every call: it must not be kept. */
export class Resolved {
  view: View = new Uint8Array(0);
  /** Byte offset into `view`: of the first byte, or of the first element's address where the datatype has gaps. */
  offset = 0;
  /** Bytes of data. */
  bytes = 0;
  datatype: Datatype = BYTE;
  /** Elements of the datatype; only where it has gaps. */
  elements = 0;
  /** How the bytes are gathered where the datatype has gaps; null where they lie side by side in `view`. */
  packing: Packing | null = null;

  /** Elements of the datatype. */
  get count(): number {
    return this.datatype.size === 0 ? 0 : this.bytes / this.datatype.size;
  }
}

/** Resolves `spec` into `into`, or throws an exception that names the call and the `role`. */
export function resolve(
  into: Resolved,
  spec: BufferSpec,
  call: string,
  scope: Scope,
  role: string,
): Resolved {
  // The common case first: a typed array, whole.
  if (ArrayBuffer.isView(spec)) {
    const datatype = datatypeOf(spec);
    if (datatype !== undefined) {
      into.view = spec as View;
      into.offset = 0;
      into.bytes = spec.byteLength;
      into.datatype = datatype;
      into.packing = null;
      if (into.bytes === 0) checkAttached(spec, call, scope, role);
      return into;
    }
  }
  if (Array.isArray(spec)) return resolveSpec(into, spec, call, scope, role);
  into.view = wrap(spec as BufferLike, call, scope, role);
  into.offset = 0;
  into.bytes = into.view.byteLength;
  into.datatype = BYTE;
  into.packing = null;
  return into;
}

function resolveSpec(
  into: Resolved,
  spec: readonly unknown[],
  call: string,
  scope: Scope,
  role: string,
): Resolved {
  if (spec.length === 0 || typeof spec[0] !== 'object' || spec[0] === null) {
    throw new Exception(
      ERR_BUFFER,
      `${place(call, scope)}: ${role} is a plain array of ${describe(spec)}: ${typedArrayFor(spec)}`,
    );
  }
  const datatype = spec[spec.length - 1];
  if (spec.length < 2 || spec.length > 3 || !(datatype instanceof Datatype)) {
    throw new Exception(
      ERR_TYPE,
      `${place(call, scope)}: ${role} is a list that is not [buffer, datatype], [buffer, count, datatype] or ` +
        `[buffer, [count, displ], datatype]; its last item is ${show(datatype)}`,
    );
  }
  const buffer = spec[0] as BufferLike;
  const packing = datatype.packing(() => `${place(call, scope)}: ${role} has`);
  const view = wrap(buffer, call, scope, role);
  checkFits(buffer, datatype, call, scope, role);
  const slice = spec.length === 3 ? spec[1] : undefined;
  const [count, displ] = sliceOf(slice, view, datatype, packing, call, scope, role);
  into.view = view;
  into.offset = displ * datatype.extent;
  into.bytes = count * datatype.size;
  into.datatype = datatype;
  into.elements = count;
  into.packing = packing;
  if (packing === null) into.offset += datatype.true_lb;
  if (into.bytes === 0) {
    // Nothing to take: whatever the datatype, no place is named.
    into.offset = 0;
    into.packing = null;
  }
  return into;
}

/** Count and displacement in elements, checked against the buffer. */
function sliceOf(
  slice: unknown,
  view: View,
  datatype: Datatype,
  packing: Packing | null,
  call: string,
  scope: Scope,
  role: string,
): [number, number] {
  if (slice === undefined) return [wholeCount(view, datatype, packing, call, scope, role), 0];
  const [count, displ] = Array.isArray(slice) ? (slice as unknown[]) : [slice, 0];
  if (!Number.isSafeInteger(count) || (count as number) < 0) {
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} has count ${show(count)}; it must be an integer ≥ 0`,
    );
  }
  if (!Number.isSafeInteger(displ) || (displ as number) < 0) {
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} has displacement ${show(displ)}; it must be an integer ≥ 0`,
    );
  }
  const why = misfit(view, datatype, count as number, displ as number);
  if (why !== null) {
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} names ${count} of ${datatype.label} from element ${displ} on, but ${why}`,
    );
  }
  return [count as number, displ as number];
}

/** How many elements a whole buffer is. */
function wholeCount(
  view: View,
  datatype: Datatype,
  packing: Packing | null,
  call: string,
  scope: Scope,
  role: string,
): number {
  const { byteLength } = view;
  const count = fitting(datatype.layout, byteLength);
  // With gaps, what lies behind the last element may be one.
  const whole = packing === null ? count !== null && count * datatype.extent === byteLength : count !== 0;
  if (count !== null && (whole || byteLength === 0 || datatype.size === 0)) return count;
  throw new Exception(
    ERR_COUNT,
    `${place(call, scope)}: ${role} has ${byteLength} bytes, no whole number of ${datatype.label} of ` +
      `${datatype.extent} bytes: pass the count, [buffer, count, datatype]`,
  );
}

/** Why a buffer does not hold so many elements from element `displ` on; null if it does. */
export function misfit(view: View, datatype: Datatype, count: number, displ: number): string | null {
  if (count === 0 || datatype.size === 0) return null;
  const [low, high] = spanOf(datatype.layout, count);
  const from = displ * datatype.extent;
  if (from + low >= 0 && from + high <= view.byteLength) return null;
  if (datatype.is_named) return `the buffer holds ${fitting(datatype.layout, view.byteLength)}`;
  return `these are bytes ${from + low} to ${from + high} of a buffer of ${view.byteLength}`;
}

/** The bytes to send: those of the buffer itself, or packed ones where the datatype has gaps. */
export function packed({ view, offset, bytes, elements, packing }: Resolved): Uint8Array {
  if (packing === null) return new Uint8Array(view.buffer, view.byteOffset + offset, bytes);
  const copy = new Uint8Array(bytes);
  packing.pack(view, offset, elements, copy);
  return copy;
}

/** Where received bytes go. */
export interface Landing {
  /** The buffer's own memory, or, where the datatype has gaps, memory for the packed bytes. */
  readonly bytes: Uint8Array;
  /** Once they are there: brings the first `count` of them, all if not given, to their places in the buffer. */
  land(count?: number): void;
}

const landed = (): void => {};

/** Where to receive. With gaps nothing reaches the buffer before `land`. */
export function landing(resolved: Resolved): Landing {
  const { view, offset, bytes, elements, packing } = resolved;
  if (packing === null) return { bytes: packed(resolved), land: landed };
  const copy = new Uint8Array(bytes);
  return {
    bytes: copy,
    land: (count = bytes) => packing.unpack(view, offset, elements, copy.subarray(0, count)),
  };
}

function checkFits(buffer: BufferLike, datatype: Datatype, call: string, scope: Scope, role: string): void {
  const { holder } = datatype.layout;
  if (holder === 'any' || isRaw(buffer)) return;
  const own = datatypeOf(buffer);
  if (own?.kind === holder) return;
  const remedy =
    holder === 'raw'
      ? 'a mixture of kinds needs raw memory: a Uint8Array, DataView or ArrayBuffer'
      : `use ${own?.name}, or MPI.BYTE for its raw bytes`;
  throw new Exception(
    ERR_TYPE,
    `${place(call, scope)}: ${role} is a ${show(buffer)}, which does not hold ${datatype.label}; ${remedy}`,
  );
}

function describe(values: readonly unknown[]): string {
  return values.length === 0 ? 'no items' : `${typeof values[0]}s`;
}

function typedArrayFor(values: readonly unknown[]): string {
  const first = values[0];
  if (typeof first === 'bigint') return 'use BigInt64Array.from(it)';
  if (typeof first === 'number') {
    return values.every((value) => Number.isInteger(value))
      ? 'use Int32Array.from(it) or Float64Array.from(it)'
      : 'use Float64Array.from(it)';
  }
  return 'use a typed array such as Float64Array, or the lower-case calls, which take any object';
}

export type { BufferLike, TypedArray } from './memory.js';
export { wrap } from './memory.js';
