/** Memory that users give, as bytes. */
import { ERR_BUFFER, Exception, show } from '../base/errors.js';
import type { NumericArray } from '../coll/index.js';
import { place, type Scope } from '../engine/ops.js';
import type { View } from '../transport/ring/aliases.js';
import { kindOf } from './datatype/kinds.js';

export type TypedArray = NumericArray | Uint8ClampedArray;

/** Memory that can be sent or received into. Node's `Buffer` is a `Uint8Array`. */
export type BufferLike = TypedArray | DataView | ArrayBuffer | SharedArrayBuffer;

const REMEDY = 'pass a typed array, DataView, ArrayBuffer, SharedArrayBuffer or Buffer';

/** Where a call was made: on a communicator, or nowhere in particular. */
const at = (call: string, scope: Scope | null): string => (scope === null ? call : place(call, scope));

/** The bytes of any buffer as a typed array; throws for what is no buffer, or a detached one. */
export function wrap(buffer: BufferLike, call: string, scope: Scope | null, role: string): View {
  let view: View;
  try {
    if (ArrayBuffer.isView(buffer)) {
      view = kindOf(buffer) !== undefined ? (buffer as View) : bytesOf(buffer);
    } else if (buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer) {
      view = new Uint8Array(buffer);
    } else {
      throw new Exception(ERR_BUFFER, `${at(call, scope)}: ${role} is ${show(buffer)}: ${REMEDY}`);
    }
  } catch (error) {
    if (error instanceof Exception) throw error;
    // DataViews and Uint8Arrays over detached memory throw a TypeError of their own.
    throw detached(call, scope, role);
  }
  if (view.byteLength === 0) checkAttached(buffer, call, scope, role);
  return view;
}

/** The same memory as bytes. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A detached buffer is an error, an empty one is not. */
export function checkAttached(buffer: BufferLike, call: string, scope: Scope | null, role: string): void {
  const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer;
  if (memory instanceof SharedArrayBuffer || memory.byteLength > 0) return;
  try {
    // The one operation that tells a detached buffer from an empty one on every Node version.
    new Uint8Array(memory);
  } catch {
    throw detached(call, scope, role);
  }
}

export function detached(call: string, scope: Scope | null, role: string): Exception {
  return new Exception(
    ERR_BUFFER,
    `${at(call, scope)}: ${role} is detached: its memory was transferred elsewhere`,
  );
}
