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
];

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
  byte: Uint8Array,
  bool: Uint8Array,
};

export const kinds = Object.keys(arrayOf) as ElementKind[];

export function isFloat(kind: ElementKind): boolean {
  return kind === 'float32' || kind === 'float64';
}

const integerOps: Record<OpName, (a: bigint, b: bigint) => bigint> = {
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

/** `a op b`, element by element, into a new array of the same type. */
export function combine(op: OpName, kind: ElementKind, a: NumericArray, b: NumericArray): NumericArray {
  const result = viewOf(kind, new Uint8Array(b.byteLength));
  for (let i = 0; i < b.length; i++) {
    if (isFloat(kind)) {
      result[i] = floatOps[op]!(a[i] as number, b[i] as number);
      continue;
    }
    const bits = 8 * b.BYTES_PER_ELEMENT;
    const exact = integerOps[op](BigInt(a[i]), BigInt(b[i]));
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
  const bytes = new Uint8Array(count * arrayOf[kind].BYTES_PER_ELEMENT);
  const view = viewOf(kind, bytes);
  for (let i = 0; i < count; i++) {
    if (isFloat(kind))
      view[i] = op === 'PROD' ? [0.5, 1, -2, -1][(next() * 4) | 0] : Math.floor(next() * 2000) - 1000;
    else if (next() < 0.75) for (let j = 0; j < view.BYTES_PER_ELEMENT; j++) byteAt(view, i, j, next() * 256);
  }
  return bytes;
}

function byteAt(view: NumericArray, element: number, byte: number, value: number): void {
  const at = view.byteOffset + element * view.BYTES_PER_ELEMENT + byte;
  new Uint8Array(view.buffer)[at] = value;
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
