/**
 * The predefined reduction operations by element kind (MPI-4.1 §6.9.2), operations of the user's own (§6.9.5), and
 * the `Reducer`s that the algorithms take.
 */
import * as arithmetic from './kernels/arithmetic.js';
import * as extrema from './kernels/extrema.js';
import * as logical from './kernels/logical.js';
import type { Reducer } from './reducer.js';

/** The predefined operations that combine two values of one type. */
export type OpName = 'MAX' | 'MIN' | 'SUM' | 'PROD' | 'LAND' | 'BAND' | 'LOR' | 'BOR' | 'LXOR' | 'BXOR';

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

/** `inout[i] = input[i] op inout[i]` over arrays of equal length. */
export type Kernel<A extends NumericArray = NumericArray> = (input: A, inout: A) => void;

/**
 * What a datatype's elements are to a reduction. `byte` is MPI.BYTE (bitwise operations only), `bool` is MPI.C_BOOL
 * (logical operations only), `uint8` serves Uint8ClampedArray too and wraps.
 */
export type ElementKind =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'byte'
  | 'bool';

interface Entry {
  readonly array: ArrayType;
  readonly kernel: Kernel;
}

function entry<A extends NumericArray>(array: ArrayType<A>, kernel: (input: A, inout: A) => void): Entry {
  return { array, kernel: kernel as Kernel };
}

/** The four operations on numbers and, for integers, the logical three. The bitwise three follow below. */
const numeric: Partial<Record<ElementKind, Partial<Record<OpName, Entry>>>> = {
  int8: {
    MAX: entry(Int8Array, extrema.maxInt8),
    MIN: entry(Int8Array, extrema.minInt8),
  },
  uint8: {
    MAX: entry(Uint8Array, extrema.maxUint8),
    MIN: entry(Uint8Array, extrema.minUint8),
  },
  int16: {
    MAX: entry(Int16Array, extrema.maxInt16),
    MIN: entry(Int16Array, extrema.minInt16),
  },
  uint16: {
    MAX: entry(Uint16Array, extrema.maxUint16),
    MIN: entry(Uint16Array, extrema.minUint16),
  },
  int32: {
    MAX: entry(Int32Array, extrema.maxInt32),
    MIN: entry(Int32Array, extrema.minInt32),
  },
  uint32: {
    MAX: entry(Uint32Array, extrema.maxUint32),
    MIN: entry(Uint32Array, extrema.minUint32),
  },
  int64: {
    MAX: entry(BigInt64Array, extrema.maxInt64),
    MIN: entry(BigInt64Array, extrema.minInt64),
  },
  uint64: {
    MAX: entry(BigUint64Array, extrema.maxUint64),
    MIN: entry(BigUint64Array, extrema.minUint64),
  },
  float32: {
    MAX: entry(Float32Array, extrema.maxFloat32),
    MIN: entry(Float32Array, extrema.minFloat32),
    SUM: entry(Float32Array, arithmetic.sumFloat32),
    PROD: entry(Float32Array, arithmetic.prodFloat32),
  },
  float64: {
    MAX: entry(Float64Array, extrema.maxFloat64),
    MIN: entry(Float64Array, extrema.minFloat64),
    SUM: entry(Float64Array, arithmetic.sumFloat64),
    PROD: entry(Float64Array, arithmetic.prodFloat64),
  },
};

/** What does not depend on the sign, by bytes of an integer. */
const bySize: Record<number, Partial<Record<OpName, Entry>>> = {
  1: {
    SUM: entry(Uint8Array, arithmetic.sum8),
    PROD: entry(Uint8Array, arithmetic.prod8),
    LAND: entry(Uint8Array, logical.land8),
    LOR: entry(Uint8Array, logical.lor8),
    LXOR: entry(Uint8Array, logical.lxor8),
  },
  2: {
    SUM: entry(Uint16Array, arithmetic.sum16),
    PROD: entry(Uint16Array, arithmetic.prod16),
    LAND: entry(Uint16Array, logical.land16),
    LOR: entry(Uint16Array, logical.lor16),
    LXOR: entry(Uint16Array, logical.lxor16),
  },
  4: {
    SUM: entry(Int32Array, arithmetic.sum32),
    PROD: entry(Int32Array, arithmetic.prod32),
    LAND: entry(Uint32Array, logical.land32),
    LOR: entry(Uint32Array, logical.lor32),
    LXOR: entry(Uint32Array, logical.lxor32),
  },
  8: {
    SUM: entry(BigInt64Array, arithmetic.sum64),
    PROD: entry(BigInt64Array, arithmetic.prod64),
    LAND: entry(BigUint64Array, logical.land64),
    LOR: entry(BigUint64Array, logical.lor64),
    LXOR: entry(BigUint64Array, logical.lxor64),
  },
};

const bitwise: Partial<Record<OpName, { words: Entry; bytes: Entry }>> = {
  BAND: { words: entry(Int32Array, logical.bandWords), bytes: entry(Uint8Array, logical.bandBytes) },
  BOR: { words: entry(Int32Array, logical.borWords), bytes: entry(Uint8Array, logical.borBytes) },
  BXOR: { words: entry(Int32Array, logical.bxorWords), bytes: entry(Uint8Array, logical.bxorBytes) },
};

const elementBytes: Record<ElementKind, number> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
  byte: 1,
  bool: 1,
};

/** The kernel of an operation on whole elements; the bitwise ones are not among them. */
function find(op: OpName, kind: ElementKind): Entry | undefined {
  if (kind === 'byte' || kind === 'float32' || kind === 'float64') return numeric[kind]?.[op];
  if (kind === 'bool') return op.startsWith('L') ? bySize[1][op] : undefined;
  return numeric[kind]?.[op] ?? bySize[elementBytes[kind]][op];
}

/** Whether MPI-4.1 §6.9.2 defines the operation for elements of this kind; the caller raises ERR_OP otherwise. */
export function isDefined(op: OpName, kind: ElementKind): boolean {
  if (op in bitwise) return kind !== 'float32' && kind !== 'float64' && kind !== 'bool';
  return find(op, kind) !== undefined;
}

const reducers = new Map<string, Reducer>();

/** The reducer of a predefined operation, made once per pair; throws a RangeError where `isDefined` is false. */
export function predefinedReducer(op: OpName, kind: ElementKind): Reducer {
  const key = `${op} ${kind}`;
  let reducer = reducers.get(key);
  if (reducer === undefined) {
    if (!isDefined(op, kind)) throw new RangeError(`${op} is not defined for elements of kind ${kind}`);
    reducer = bitwise[op] ? new Bitwise(op, elementBytes[kind]) : new Elementwise(find(op, kind)!);
    reducers.set(key, reducer);
  }
  return reducer;
}

class Elementwise implements Reducer {
  readonly commute = true;
  readonly grain: number;
  readonly #array: ArrayType;
  readonly #kernel: Kernel;

  constructor({ array, kernel }: Entry) {
    this.grain = array.BYTES_PER_ELEMENT;
    this.#array = array;
    this.#kernel = kernel;
  }

  apply(input: Uint8Array, inout: Uint8Array): void {
    applyAs(this.#array, this.#kernel, input, inout);
  }
}

class Bitwise implements Reducer {
  readonly commute = true;
  readonly grain: number;
  readonly #words: Entry;
  readonly #bytes: Entry;

  constructor(op: OpName, grain: number) {
    this.grain = grain;
    this.#words = bitwise[op]!.words;
    this.#bytes = bitwise[op]!.bytes;
  }

  apply(input: Uint8Array, inout: Uint8Array): void {
    const whole = ((input.byteOffset | inout.byteOffset | inout.length) & 3) === 0;
    const { array, kernel } = whole ? this.#words : this.#bytes;
    applyAs(array, kernel, input, inout);
  }
}

/**
 * What `MPI.Op.Create` takes: combines `invec` into `inoutvec` (`inoutvec[i] = invec[i] op inoutvec[i]`), must be
 * associative, and must not change `invec`, which may be the user's send buffer. The arrays are views of the
 * message, valid during the call only.
 */
export type UserFunction<D = unknown, A extends NumericArray = NumericArray> = (
  invec: A,
  inoutvec: A,
  datatype: D,
) => void;

/** What a user's function is called with. */
export interface UserReducerOptions<D, A extends NumericArray> {
  readonly commute: boolean;
  /** The arrays that the function sees. */
  readonly array: ArrayType<A>;
  /** Passed through to the function. */
  readonly datatype: D;
  /**
   * Bytes of one element of the operation (the datatype's extent), at whose multiples a message may be cut.
   * 0, the default, keeps it whole: a function that is given basic elements may take several for one.
   */
  readonly grain?: number;
}

/** The reducer of a user's function. */
export function userReducer<D, A extends NumericArray>(
  fn: UserFunction<D, A>,
  options: UserReducerOptions<D, A>,
): Reducer {
  const { commute, array, datatype, grain = 0 } = options;
  const kernel = (input: A, inout: A): void => fn(input, inout, datatype);
  return { commute, grain, apply: (input, inout) => applyAs(array, kernel, input, inout) };
}

/** Runs a kernel on bytes, through aligned copies where the user's buffer is not aligned for the elements. */
function applyAs<A extends NumericArray>(
  array: ArrayType<A>,
  kernel: (input: A, inout: A) => void,
  input: Uint8Array,
  inout: Uint8Array,
): void {
  const bytes = array.BYTES_PER_ELEMENT;
  if (inout.byteOffset % bytes !== 0) {
    const copy = inout.slice();
    applyAs(array, kernel, input, copy);
    inout.set(copy);
    return;
  }
  if (input.byteOffset % bytes !== 0) input = input.slice();
  const length = inout.length / bytes;
  kernel(
    new array(input.buffer, input.byteOffset, length),
    new array(inout.buffer, inout.byteOffset, length),
  );
}
