/**
 * Buffers as users give them, resolved to bytes: an array (or a bare buffer), or a spec `[buffer, datatype]`,
 * `[buffer, count, datatype]`, `[buffer, [count, displ], datatype]`. MPI-4.1 §3.2.2; the specs are mpi4py's.
 */
import { ERR_BUFFER, ERR_COUNT, ERR_TYPE, Exception, show } from '../base/errors.js';
import type { NumericArray } from '../coll/index.js';
import { place, type Scope } from '../engine/ops.js';
import type { View } from '../transport/ring/aliases.js';
import { BYTE, Datatype, datatypeOf, isRaw } from './datatype.js';

export type TypedArray = NumericArray | Uint8ClampedArray;

/** Memory that can be sent or received into. Node's `Buffer` is a `Uint8Array`. */
export type BufferLike = TypedArray | DataView | ArrayBuffer | SharedArrayBuffer;

/** A buffer, or a buffer with what to take of it. `count` and `displ` are in elements of the datatype. */
export type BufferSpec =
  | BufferLike
  | readonly [buffer: BufferLike, datatype: Datatype]
  | readonly [buffer: BufferLike, count: number, datatype: Datatype]
  | readonly [buffer: BufferLike, slice: readonly [count: number, displ: number], datatype: Datatype];

/** A resolved buffer. Each role has one instance that is filled anew by every call: it must not be kept. */
export class Resolved {
  view: View = new Uint8Array(0);
  /** Byte offset into `view`. */
  offset = 0;
  bytes = 0;
  datatype: Datatype = BYTE;

  /** Elements of the datatype. */
  get count(): number {
    return this.bytes / this.datatype.size;
  }
}

const REMEDY = 'pass a typed array, DataView, ArrayBuffer, SharedArrayBuffer or Buffer';

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
      if (into.bytes === 0) checkAttached(spec, call, scope, role);
      return into;
    }
  }
  if (Array.isArray(spec)) return resolveSpec(into, spec, call, scope, role);
  into.view = wrap(spec as BufferLike, call, scope, role);
  into.offset = 0;
  into.bytes = into.view.byteLength;
  into.datatype = BYTE;
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
  const view = wrap(buffer, call, scope, role);
  checkFits(buffer, datatype, call, scope, role);
  const [count, displ] = sliceOf(spec.length === 3 ? spec[1] : undefined, view, datatype, call, scope, role);
  into.view = view;
  into.offset = displ * datatype.size;
  into.bytes = count * datatype.size;
  into.datatype = datatype;
  return into;
}

/** Count and displacement in elements, checked against the buffer. */
function sliceOf(
  slice: unknown,
  view: View,
  datatype: Datatype,
  call: string,
  scope: Scope,
  role: string,
): [number, number] {
  const room = view.byteLength / datatype.size;
  if (slice === undefined) {
    if (Number.isInteger(room)) return [room, 0];
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} has ${view.byteLength} bytes, no whole number of ${datatype.name} of ${datatype.size} bytes`,
    );
  }
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
  const end = (count as number) + (displ as number);
  if (end * datatype.size > view.byteLength) {
    throw new Exception(
      ERR_COUNT,
      `${place(call, scope)}: ${role} names ${count} of ${datatype.name} from element ${displ} on, ` +
        `but the buffer holds ${Math.floor(room)}`,
    );
  }
  return [count as number, displ as number];
}

/** The bytes of any buffer as a typed array; throws for what is no buffer, or a detached one. */
export function wrap(buffer: BufferLike, call: string, scope: Scope, role: string): View {
  let view: View;
  try {
    if (ArrayBuffer.isView(buffer)) {
      view = datatypeOf(buffer) !== undefined ? (buffer as View) : bytesOf(buffer);
    } else if (buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer) {
      view = new Uint8Array(buffer);
    } else {
      throw new Exception(ERR_BUFFER, `${place(call, scope)}: ${role} is ${show(buffer)}: ${REMEDY}`);
    }
  } catch (error) {
    if (error instanceof Exception) throw error;
    // DataViews and Uint8Arrays over detached memory throw a TypeError of their own.
    throw detached(call, scope, role);
  }
  if (view.byteLength === 0) checkAttached(buffer, call, scope, role);
  return view;
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A detached buffer is an error, an empty one is not. */
function checkAttached(buffer: BufferLike, call: string, scope: Scope, role: string): void {
  const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer;
  if (memory instanceof SharedArrayBuffer || memory.byteLength > 0) return;
  try {
    // The one operation that tells a detached buffer from an empty one on every Node version.
    new Uint8Array(memory);
  } catch {
    throw detached(call, scope, role);
  }
}

function detached(call: string, scope: Scope, role: string): Exception {
  return new Exception(
    ERR_BUFFER,
    `${place(call, scope)}: ${role} is detached: its memory was transferred elsewhere`,
  );
}

function checkFits(buffer: BufferLike, datatype: Datatype, call: string, scope: Scope, role: string): void {
  if (datatype.size === 0)
    throw new Exception(ERR_TYPE, `${place(call, scope)}: ${role} has datatype ${datatype.name}`);
  if (datatype.kind === null || isRaw(buffer) || datatypeOf(buffer)?.kind === datatype.kind) return;
  throw new Exception(
    ERR_TYPE,
    `${place(call, scope)}: ${role} is a ${show(buffer)}, which does not hold ${datatype.name}; ` +
      `use ${datatypeOf(buffer)?.name}, or MPI.BYTE for its raw bytes`,
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
