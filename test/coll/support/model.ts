/** What the operations should give, computed one element at a time without the kernels. */
import type { ArrayType, ElementKind, NumericArray, OpName } from '../../../src/coll/index.js';
import { random } from './channel.js';

export const opNames: readonly OpName[] = [
  'MAX',
  'MIN',
  'SUM',
  'PROD',
  'LAND',
  'BAND',
  'LOR',
  'BOR',
  'LXOR',
  'BXOR',
  'MINLOC',
  'MAXLOC',
];

/** What the elements are seen as; pairs as bytes. */
export const arrayOf: Record<ElementKind, ArrayType> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
  short_int: Uint8Array,
  int_int: Uint8Array,
  long_int: Uint8Array,
  float_int: Uint8Array,
  double_int: Uint8Array,
  byte: Uint8Array,
  bool: Uint8Array,
};

/** Bytes of an element of which the array has only a part. */
const parted: Partial<Record<ElementKind, number>> = {
  complex64: 8,
  complex128: 16,
  short_int: 6,
  int_int: 8,
  long_int: 12,
  float_int: 8,
  double_int: 12,
};

export const kinds = Object.keys(arrayOf) as ElementKind[];

export function sizeOf(kind: ElementKind): number {
  return parted[kind] ?? arrayOf[kind].BYTES_PER_ELEMENT;
}

export function isFloat(kind: ElementKind): boolean {
  return /^(float|complex)\d+$/.test(kind);
}

const integerOps: Partial<Record<OpName, (a: bigint, b: bigint) => bigint>> = {
  MAX: (a, b) => (a > b ? a : b),
  MIN: (a, b) => (a < b ? a : b),
  SUM: (a, b) => a + b,
  PROD: (a, b) => a * b,
  LAND: (a, b) => (a && b ? 1n : 0n),
  LOR: (a, b) => (a || b ? 1n : 0n),
  LXOR: (a, b) => (!a !== !b ? 1n : 0n),
  BAND: (a, b) => a & b,
  BOR: (a, b) => a | b,
  BXOR: (a, b) => a ^ b,
};

const floatOps: Partial<Record<OpName, (a: number, b: number) => number>> = {
  MAX: Math.max,
  MIN: Math.min,
  SUM: (a, b) => a + b,
  PROD: (a, b) => a * b,
};

/** The product by the definition, every operation rounded to the kind. */
function multiply(kind: ElementKind, [a, b]: [number, number], [c, d]: [number, number]): [number, number] {
  const round = kind === 'complex64' ? Math.fround : (value: number) => value;
  return [round(a * c) - round(b * d), round(a * d) + round(b * c)];
}

export function isPair(kind: ElementKind): boolean {
  return kind.endsWith('_int');
}

const valueKind: Partial<Record<ElementKind, ElementKind>> = {
  short_int: 'int16',
  int_int: 'int32',
  long_int: 'int64',
  float_int: 'float32',
  double_int: 'float64',
};

/** The values and the indices of pairs. */
export function unpack(kind: ElementKind, bytes: Uint8Array): [NumericArray, Int32Array] {
  const size = sizeOf(kind);
  const count = bytes.length / size;
  const values = new Uint8Array(count * (size - 4));
  const indices = new Uint8Array(count * 4);
  for (let i = 0; i < count; i++) {
    values.set(bytes.subarray(i * size, (i + 1) * size - 4), i * (size - 4));
    indices.set(bytes.subarray((i + 1) * size - 4, (i + 1) * size), 4 * i);
  }
  return [viewOf(valueKind[kind]!, values), viewOf('int32', indices) as Int32Array];
}

export function pack(kind: ElementKind, values: NumericArray, indices: Int32Array): Uint8Array {
  const size = sizeOf(kind);
  const bytes = new Uint8Array(indices.length * size);
  const from = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let i = 0; i < indices.length; i++) {
    bytes.set(from.subarray(i * (size - 4), (i + 1) * (size - 4)), i * size);
    bytes.set(new Uint8Array(indices.slice(i, i + 1).buffer), (i + 1) * size - 4);
  }
  return bytes;
}

/** MPI-4.1 §6.9.4: the better value, and of equal ones the lower index. A NaN is better than all numbers. */
function combinePairs(op: OpName, kind: ElementKind, a: Uint8Array, b: Uint8Array): Uint8Array {
  const value = valueKind[kind]!;
  const [u, k] = unpack(kind, a);
  const [v, l] = unpack(kind, b);
  const best = combine(op === 'MAXLOC' ? 'MAX' : 'MIN', value, u, v);
  const index = k.map((_, i) => {
    const has = (x: NumericArray): boolean =>
      x[i] === best[i] || (Number.isNaN(x[i]) && Number.isNaN(best[i]));
    return Math.min(has(u) ? k[i] : Infinity, has(v) ? l[i] : Infinity);
  });
  return pack(kind, best, index);
}

/** `a op b`, element by element, into a new array of the same type. */
export function combine(op: OpName, kind: ElementKind, a: NumericArray, b: NumericArray): NumericArray {
  const result = viewOf(kind, new Uint8Array(b.byteLength));
  if (isPair(kind)) return combinePairs(op, kind, a as Uint8Array, b as Uint8Array);
  if (kind.startsWith('complex')) {
    for (let i = 0; i < b.length; i += 2) {
      const [z, w] = [a, b].map((array) => [array[i], array[i + 1]] as [number, number]);
      const combined = op === 'PROD' ? multiply(kind, z, w) : [z[0] + w[0], z[1] + w[1]];
      [result[i], result[i + 1]] = combined;
    }
    return result;
  }
  for (let i = 0; i < b.length; i++) {
    if (isFloat(kind)) {
      result[i] = floatOps[op]!(a[i] as number, b[i] as number);
      continue;
    }
    const bits = 8 * b.BYTES_PER_ELEMENT;
    const exact = integerOps[op]!(BigInt(a[i]), BigInt(b[i]));
    const wrapped = kind.startsWith('int') ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact);
    result[i] = bits === 64 ? wrapped : Number(wrapped);
  }
  return result;
}

/** The bytes as elements; they must be aligned. */
export function viewOf(kind: ElementKind, bytes: Uint8Array): NumericArray {
  const array = arrayOf[kind];
  return new array(bytes.buffer, bytes.byteOffset, bytes.length / array.BYTES_PER_ELEMENT);
}

/**
 * Reproducible elements. Integers use every bit (their operations wrap, hence are exact); floats are such that no
 * operation rounds, whatever the order. One element in four is zero, so that the logical operations vary.
 */
export function elements(op: OpName, kind: ElementKind, count: number, seed: number): Uint8Array {
  const next = random(seed);
  const bytes = new Uint8Array(count * sizeOf(kind));
  if (isPair(kind)) {
    // Few values and few indices, so that many are equal.
    const [values, indices] = unpack(kind, bytes);
    for (let i = 0; i < count; i++) {
      const value = Math.floor(next() * 5) - 2;
      values[i] = kind === 'long_int' ? BigInt(value) : value;
      indices[i] = Math.floor(next() * 7) - 1;
    }
    return pack(kind, values, indices);
  }
  const view = viewOf(kind, bytes);
  for (let i = 0; i < view.length; i++) {
    if (kind.startsWith('complex') && op === 'PROD') view[i] = [2, -1, 0.5, 0, 3][(next() * 5) | 0];
    else if (isFloat(kind))
      view[i] = op === 'PROD' ? [0.5, 1, -2, -1][(next() * 4) | 0] : Math.floor(next() * 2000) - 1000;
    else if (next() < 0.75) for (let j = 0; j < view.BYTES_PER_ELEMENT; j++) byteAt(view, i, j, next() * 256);
  }
  return bytes;
}

function byteAt(view: NumericArray, element: number, byte: number, value: number): void {
  const at = view.byteOffset + element * view.BYTES_PER_ELEMENT + byte;
  new Uint8Array(view.buffer)[at] = value;
}

/** A sum whose elements also count up by their position in the message, for each operand but one. */
export function addPositions(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] += a[i] + i;
}

/** A product that does not commute: 2×2 matrices of wrapping 32-bit integers, row by row. */
export function multiplyMatrices(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i += 4) {
    const [b0, b1, b2, b3] = b.subarray(i, i + 4);
    b[i] = Math.imul(a[i], b0) + Math.imul(a[i + 1], b2);
    b[i + 1] = Math.imul(a[i], b1) + Math.imul(a[i + 1], b3);
    b[i + 2] = Math.imul(a[i + 2], b0) + Math.imul(a[i + 3], b2);
    b[i + 3] = Math.imul(a[i + 2], b1) + Math.imul(a[i + 3], b3);
  }
}
