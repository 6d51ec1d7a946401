/** Predefined datatypes: one for every typed array, the C names for the same, and pairs (MPI-4.1 §3.2.2 and §6.9.4). */
import { Datatype } from './datatype.js';
import { type Basic, run } from './form.js';
import { type ArrayKind, type ElementKind, kindOf } from './kinds.js';
import { Builder, type Layout } from './layout.js';

const basics = new Map<string, Basic>();

/** One object for equal basics: their runs then merge. */
function basic(bytes: number, part: number, external: number, signed: boolean, kind: string): Basic {
  const key = `${bytes} ${part} ${external} ${signed} ${kind}`;
  const found = basics.get(key) ?? { bytes, part, external, signed, kind };
  basics.set(key, found);
  return found;
}

function plain(of: Basic, kind: ElementKind | null, holder: Layout['holder']): Layout {
  const { bytes, part } = of;
  return {
    form: run(0, bytes, of),
    size: bytes,
    lb: 0,
    extent: bytes,
    trueLb: 0,
    trueUb: bytes,
    align: part,
    marked: false,
    kind,
    holder,
  };
}

/** `external`: bytes in external32 where they are fewer (MPI-4.1 §14.5.2). */
const make = (name: string, size: number, kind: ArrayKind | null, external = size): Datatype => {
  const signed = kind?.startsWith('int') === true;
  // A Uint8Array is also how programs hold untyped bytes.
  const told = kind === null || kind === 'uint8' ? 'byte' : kind;
  return new Datatype(plain(basic(size, size, external, signed, told), kind, kind ?? 'any'), null, name);
};

/** Two floating-point numbers. */
const complex = (name: string, part: number, kind: ElementKind, holder: ArrayKind): Datatype =>
  new Datatype(plain(basic(2 * part, part, part, false, kind), kind, holder), null, name);

/** A value and an index, laid out as C does. */
const pair = (name: string, value: Datatype, kind: ElementKind): Datatype => {
  const builder = new Builder(name).block(0, 1, value.layout);
  const at = Math.ceil(value.size / INT.size) * INT.size;
  const layout = builder.block(at, 1, INT.layout).build();
  return new Datatype({ ...layout, kind }, null, name);
};

/** Untyped bytes, and the datatype of what `Pack` has packed. */
export const BYTE = make('MPI_BYTE', 1, null);
export const PACKED = make('MPI_PACKED', 1, null);
/** The C names (MPI-4.1 §3.2.2). */
export const CHAR = make('MPI_CHAR', 1, 'int8');
export const WCHAR = make('MPI_WCHAR', 4, 'int32', 2);
export const SIGNED_CHAR = make('MPI_SIGNED_CHAR', 1, 'int8');
export const UNSIGNED_CHAR = make('MPI_UNSIGNED_CHAR', 1, 'uint8');
export const SHORT = make('MPI_SHORT', 2, 'int16');
export const UNSIGNED_SHORT = make('MPI_UNSIGNED_SHORT', 2, 'uint16');
export const INT = make('MPI_INT', 4, 'int32');
export const UNSIGNED = make('MPI_UNSIGNED', 4, 'uint32');
export const LONG = make('MPI_LONG', 8, 'int64', 4);
export const UNSIGNED_LONG = make('MPI_UNSIGNED_LONG', 8, 'uint64', 4);
export const LONG_LONG = make('MPI_LONG_LONG', 8, 'int64');
export const UNSIGNED_LONG_LONG = make('MPI_UNSIGNED_LONG_LONG', 8, 'uint64');
export const FLOAT = make('MPI_FLOAT', 4, 'float32');
export const DOUBLE = make('MPI_DOUBLE', 8, 'float64');
export const C_BOOL = make('MPI_C_BOOL', 1, 'uint8');
/** An address, a count and an offset in a file: 64 bits each (MPI-4.1 §2.5). */
export const AINT = make('MPI_AINT', 8, 'int64');
export const COUNT = make('MPI_COUNT', 8, 'int64');
export const OFFSET = make('MPI_OFFSET', 8, 'int64');
/** Integers of given sizes (MPI-4.1 §3.2.2). */
export const INT8_T = make('MPI_INT8_T', 1, 'int8');
export const INT16_T = make('MPI_INT16_T', 2, 'int16');
export const INT32_T = make('MPI_INT32_T', 4, 'int32');
export const INT64_T = make('MPI_INT64_T', 8, 'int64');
export const UINT8_T = make('MPI_UINT8_T', 1, 'uint8');
export const UINT16_T = make('MPI_UINT16_T', 2, 'uint16');
export const UINT32_T = make('MPI_UINT32_T', 4, 'uint32');
export const UINT64_T = make('MPI_UINT64_T', 8, 'uint64');
/** Complex numbers: a Float32Array or a Float64Array holds them, real and imaginary parts in turn. */
export const C_COMPLEX = complex('MPI_C_COMPLEX', 4, 'complex64', 'float32');
export const C_DOUBLE_COMPLEX = complex('MPI_C_DOUBLE_COMPLEX', 8, 'complex128', 'float64');
/** Values with an index, for `MINLOC` and `MAXLOC` (MPI-4.1 §6.9.4). */
export const FLOAT_INT = pair('MPI_FLOAT_INT', FLOAT, 'float_int');
export const DOUBLE_INT = pair('MPI_DOUBLE_INT', DOUBLE, 'double_int');
export const LONG_INT = pair('MPI_LONG_INT', LONG, 'long_int');
export const INT_INT = pair('MPI_2INT', INT, 'int_int');
export const SHORT_INT = pair('MPI_SHORT_INT', SHORT, 'short_int');

/** Other names of the same. */
export const BOOL = C_BOOL;
export const SIGNED_SHORT = SHORT;
export const SIGNED_INT = INT;
export const SIGNED_LONG = LONG;
export const SIGNED_LONG_LONG = LONG_LONG;
export const UNSIGNED_INT = UNSIGNED;
export const LONG_LONG_INT = LONG_LONG;
export const SINT8_T = INT8_T;
export const SINT16_T = INT16_T;
export const SINT32_T = INT32_T;
export const SINT64_T = INT64_T;
export const C_FLOAT_COMPLEX = C_COMPLEX;
export const COMPLEX = C_COMPLEX;
export const DOUBLE_COMPLEX = C_DOUBLE_COMPLEX;
export const TWOINT = INT_INT;

/** The datatype of each kind, as found from an array. */
const OF_KIND: Readonly<Record<ArrayKind, Datatype>> = {
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
