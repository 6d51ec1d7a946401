/** What the elements of a message are to a reduction. */
import type { reductionKinds } from '../native.js';

/** Any array of numbers that a message may be seen as. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Constructs a view of `length` elements at `byteOffset`, and knows the bytes of one. */
export interface ArrayType<A extends NumericArray = NumericArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
}

/** Elements that have a typed array. */
export type BasicKind =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

/**
 * What a datatype's elements are to a reduction. `byte` is MPI.BYTE (bitwise operations only), `bool` is MPI.C_BOOL
 * (logical operations only), `uint8` serves Uint8ClampedArray too and wraps. Complex numbers are two floats, real part
 * first. A pair such as `double_int` is a value and, right behind it, an int32: packed, whatever gaps the datatype has.
 */
export type ElementKind = (typeof reductionKinds)[number] | 'byte' | 'bool';

interface Kind {
  readonly bytes: number;
  /** What a message of such elements is seen as: bytes where no typed array has them. */
  readonly array: ArrayType;
}

export const elementKinds: Readonly<Record<ElementKind, Kind>> = {
  int8: { bytes: 1, array: Int8Array },
  uint8: { bytes: 1, array: Uint8Array },
  int16: { bytes: 2, array: Int16Array },
  uint16: { bytes: 2, array: Uint16Array },
  int32: { bytes: 4, array: Int32Array },
  uint32: { bytes: 4, array: Uint32Array },
  int64: { bytes: 8, array: BigInt64Array },
  uint64: { bytes: 8, array: BigUint64Array },
  float32: { bytes: 4, array: Float32Array },
  float64: { bytes: 8, array: Float64Array },
  complex64: { bytes: 8, array: Float32Array },
  complex128: { bytes: 16, array: Float64Array },
  short_int: { bytes: 6, array: Uint8Array },
  int_int: { bytes: 8, array: Uint8Array },
  long_int: { bytes: 12, array: Uint8Array },
  float_int: { bytes: 8, array: Uint8Array },
  double_int: { bytes: 12, array: Uint8Array },
  byte: { bytes: 1, array: Uint8Array },
  bool: { bytes: 1, array: Uint8Array },
};
