/**
 * The predefined operations on JavaScript values, for the lower-case calls (`op(x, y)`, as mpi4py has it): numbers,
 * bigints and booleans; typed arrays element by element; text and lists where Python's operators take them.
 */
import { ERR_OP, Exception, show } from '../base/errors.js';
import { isDefined, type NumericArray, type OpName, predefinedReducer } from '../coll/index.js';
import { compare, settle } from '../coll/kernels/located.js';
import { kindOf } from './datatype/index.js';

type Scalar = number | bigint | boolean;

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';

/** Whether both are of one kind; a boolean counts as 0 or 1 next to a number. */
const alike = (x: Scalar, y: Scalar): boolean => (typeof x === 'bigint') === (typeof y === 'bigint');

function refuse(op: string, x: unknown, y: unknown, remedy = ''): Exception {
  return new Exception(ERR_OP, `MPI_${op}: not defined for ${show(x)} and ${show(y)}${remedy}`);
}

/** `x op y`. ERR_OP where the operation has no meaning for the two. */
export function combineObjects(op: OpName | 'REPLACE' | 'NO_OP', x: unknown, y: unknown): unknown {
  if (op === 'REPLACE') return y;
  if (op === 'NO_OP') return x;
  if (op === 'MAXLOC' || op === 'MINLOC') return locate(op, x, y);
  if (isScalar(x) && isScalar(y)) return combineScalars(op, x, y);
  if (ArrayBuffer.isView(x) && ArrayBuffer.isView(y)) return combineArrays(op, x, y);
  if (typeof x === 'string' && typeof y === 'string') return combineTexts(op, x, y);
  if (op === 'SUM' && Array.isArray(x) && Array.isArray(y)) return [...x, ...y];
  const lists = Array.isArray(x) && Array.isArray(y);
  throw refuse(op, x, y, lists ? ': only typed arrays are combined element by element' : '');
}

function combineScalars(op: OpName, x: Scalar, y: Scalar): Scalar {
  if (!alike(x, y)) throw refuse(op, x, y, ': convert the one to the type of the other');
  const result = typeof x === 'bigint' ? ofBigints(op, x, y as bigint) : ofNumbers(op, Number(x), Number(y));
  const counts = op === 'SUM' || op === 'PROD';
  return typeof x === 'boolean' && typeof y === 'boolean' && !counts ? Boolean(result) : result;
}

function ofNumbers(op: OpName, x: number, y: number): number {
  switch (op) {
    case 'MAX':
      return Math.max(x, y);
    case 'MIN':
      return Math.min(x, y);
    case 'SUM':
      return x + y;
    case 'PROD':
      return x * y;
    case 'LAND':
      return Number(x !== 0 && y !== 0);
    case 'LOR':
      return Number(x !== 0 || y !== 0);
    case 'LXOR':
      return Number((x !== 0) !== (y !== 0));
  }
  // JavaScript's own bitwise operators would cut the numbers to 32 bits.
  if (Number.isSafeInteger(x) && Number.isSafeInteger(y)) return Number(ofBigints(op, BigInt(x), BigInt(y)));
  throw refuse(op, x, y, ': bits are those of integers up to 2^53');
}

function ofBigints(op: OpName, x: bigint, y: bigint): bigint {
  switch (op) {
    case 'MAX':
      return x > y ? x : y;
    case 'MIN':
      return x < y ? x : y;
    case 'SUM':
      return x + y;
    case 'PROD':
      return x * y;
    case 'LAND':
      return BigInt(x !== 0n && y !== 0n);
    case 'LOR':
      return BigInt(x !== 0n || y !== 0n);
    case 'LXOR':
      return BigInt((x !== 0n) !== (y !== 0n));
    case 'BAND':
      return x & y;
    case 'BOR':
      return x | y;
    case 'BXOR':
      return x ^ y;
  }
  throw refuse(op, x, y);
}

function combineTexts(op: OpName, x: string, y: string): string {
  if (op === 'SUM') return x + y;
  if (op === 'MAX') return x > y ? x : y;
  if (op === 'MIN') return x < y ? x : y;
  throw refuse(op, x, y);
}

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** A new array of y's type; the two are left as they are. */
function combineArrays(op: OpName, x: ArrayBufferView, y: ArrayBufferView): ArrayBufferView {
  const kind = kindOf(x);
  if (kind === undefined || kind !== kindOf(y) || x.byteLength !== y.byteLength) {
    throw refuse(op, x, y, ': element by element, both must be typed arrays of one type and length');
  }
  if (!isDefined(op, kind)) throw refuse(op, x, y);
  // Node's Buffer has a `slice` of its own, which copies nothing.
  const result: NumericArray = Uint8Array.prototype.slice.call(y);
  predefinedReducer(op, kind).apply(bytesOf(x), bytesOf(result));
  return result;
}

type Pair = readonly [value: Scalar | string, index: number | bigint];

function isPair(value: unknown): value is Pair {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [found, index] = value as readonly unknown[];
  return (
    (isScalar(found) || typeof found === 'string') && (typeof index === 'number' || typeof index === 'bigint')
  );
}

/** The better of two pairs [value, index]; of equal values the one with the lower index (MPI-4.1 §6.9.4). */
function locate(op: 'MAXLOC' | 'MINLOC', x: unknown, y: unknown): unknown {
  if (!isPair(x) || !isPair(y)) throw refuse(op, x, y, ': it takes pairs [value, index]');
  const [u, i] = x;
  const [v, j] = y;
  const comparable = isScalar(u) ? isScalar(v) && alike(u, v) : typeof u === typeof v;
  if (!comparable) throw refuse(op, u, v, ': the values must be of one type');
  const sign = op === 'MAXLOC' ? 1 : -1;
  const better = compare(u, v, sign);
  if (better !== 0) return better > 0 ? [u, i] : [v, j];
  return [settle(u, v, sign), i < j ? i : j];
}
