/** Predefined datatypes: one for every typed array, and the C names for the same (MPI-4.1 §3.2.2). */

import type { BasicKind } from '../coll/index.js';

/** What an array's elements are. Raw storage (Uint8Array, DataView, bare buffers) may carry any of them. */
export type ElementKind = BasicKind;

/** A datatype: how a count of elements becomes a number of bytes. */
export class Datatype {
  /** The standard's name, such as `MPI_DOUBLE`. */
  readonly name: string;
  /** Bytes of one element. */
  readonly size: number;
  /** Distance in bytes from one element to the next. */
  readonly extent: number;
  /** The element kind, or null for untyped bytes, which fit every array. */
  readonly kind: ElementKind | null;

  constructor(name: string, size: number, kind: ElementKind | null) {
    this.name = name;
    this.size = this.extent = size;
    this.kind = kind;
  }

  /** Bytes of one element (MPI-4.1 §5.1.5). */
  Get_size(): number {
    return this.size;
  }

  /** Lower bound (always 0 here) and extent, in bytes (MPI-4.1 §5.1.7). */
  Get_extent(): [lb: number, extent: number] {
    return [0, this.extent];
  }

  /** The name, such as `MPI_DOUBLE` (MPI-4.1 §7.8). */
  Get_name(): string {
    return this.name;
  }
}

const make = (name: string, size: number, kind: ElementKind | null): Datatype =>
  Object.freeze(new Datatype(name, size, kind));

/** The predefined datatypes (MPI-4.1 §3.2.2); using `DATATYPE_NULL` is an error of class `ERR_TYPE`. */
export const DATATYPE_NULL = make('MPI_DATATYPE_NULL', 0, null);
export const BYTE = make('MPI_BYTE', 1, null);
export const PACKED = make('MPI_PACKED', 1, null);
export const CHAR = make('MPI_CHAR', 1, 'int8');
export const SIGNED_CHAR = make('MPI_SIGNED_CHAR', 1, 'int8');
export const UNSIGNED_CHAR = make('MPI_UNSIGNED_CHAR', 1, 'uint8');
export const SHORT = make('MPI_SHORT', 2, 'int16');
export const UNSIGNED_SHORT = make('MPI_UNSIGNED_SHORT', 2, 'uint16');
export const INT = make('MPI_INT', 4, 'int32');
export const UNSIGNED = make('MPI_UNSIGNED', 4, 'uint32');
export const LONG = make('MPI_LONG', 8, 'int64');
export const UNSIGNED_LONG = make('MPI_UNSIGNED_LONG', 8, 'uint64');
export const LONG_LONG = make('MPI_LONG_LONG', 8, 'int64');
export const UNSIGNED_LONG_LONG = make('MPI_UNSIGNED_LONG_LONG', 8, 'uint64');
export const FLOAT = make('MPI_FLOAT', 4, 'float32');
export const DOUBLE = make('MPI_DOUBLE', 8, 'float64');
export const C_BOOL = make('MPI_C_BOOL', 1, 'uint8');
export const INT8_T = make('MPI_INT8_T', 1, 'int8');
export const INT16_T = make('MPI_INT16_T', 2, 'int16');
export const INT32_T = make('MPI_INT32_T', 4, 'int32');
export const INT64_T = make('MPI_INT64_T', 8, 'int64');
export const UINT8_T = make('MPI_UINT8_T', 1, 'uint8');
export const UINT16_T = make('MPI_UINT16_T', 2, 'uint16');
export const UINT32_T = make('MPI_UINT32_T', 4, 'uint32');
export const UINT64_T = make('MPI_UINT64_T', 8, 'uint64');

/** The datatype of each kind, as found from an array. */
const OF_KIND: Readonly<Record<ElementKind, Datatype>> = {
  int8: INT8_T,
  uint8: UINT8_T,
  int16: INT16_T,
  uint16: UINT16_T,
  int32: INT32_T,
  uint32: UINT32_T,
  int64: INT64_T,
  uint64: UINT64_T,
  float32: FLOAT,
  float64: DOUBLE,
};

const KIND_OF: Readonly<Record<string, ElementKind>> = {
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
export function kindOf(array: unknown): ElementKind | undefined {
  const name = tag.call(array);
  return name === undefined ? undefined : KIND_OF[name];
}

/** The datatype of a typed array's elements, or undefined. */
export function datatypeOf(array: unknown): Datatype | undefined {
  // The arrays seen most, by one comparison each: the name of the others costs a call and two look-ups (30 ns).
  const maker = (array as { constructor?: unknown }).constructor;
  if (maker === Float64Array) return DOUBLE;
  if (maker === Uint8Array) return UINT8_T;
  if (maker === Int32Array) return INT32_T;
  if (maker === Float32Array) return FLOAT;
  const kind = kindOf(array);
  return kind === undefined ? undefined : OF_KIND[kind];
}

/** True for arrays that are storage for anything: bytes. */
export function isRaw(array: unknown): boolean {
  return tag.call(array) === undefined || kindOf(array) === 'uint8';
}
