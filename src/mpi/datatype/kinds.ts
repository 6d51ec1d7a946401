/** Element kinds of typed arrays, told by the array itself. */
import type { BasicKind, ElementKind as ReductionKind } from '../../coll/index.js';

/** What an array's elements are. Raw storage (Uint8Array, DataView, bare buffers) may carry any of them. */
export type ArrayKind = BasicKind;

/** What the elements of a datatype are. */
export type ElementKind = Exclude<ReductionKind, 'byte' | 'bool'>;

const KIND_OF: Readonly<Record<string, ArrayKind>> = {
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
  Float32Array: 'float32',
  Float64Array: 'float64',
};

// Reads the name that the engine gives a typed array, whatever class extends it and from whichever realm it is.
const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  ?.get as (this: unknown) => string | undefined;

/** The element kind of an array; undefined for what is not a typed array, or of a kind without a datatype. */
export function kindOf(array: unknown): ArrayKind | undefined {
  const name = tag.call(array);
  return name === undefined ? undefined : KIND_OF[name];
}

/** True for arrays that are storage for anything: bytes. */
export function isRaw(array: unknown): boolean {
  return tag.call(array) === undefined || kindOf(array) === 'uint8';
}
