/**
 * MINLOC and MAXLOC (MPI-4.1 §6.9.4) on pairs of a value and, right behind it, the int32 that says where it was found.
 * The better value comes with its index, of equal values with the lower one. Values compare as in `extrema.ts`, but a NaN
 * equals a NaN and +0 equals −0 (the result has the zero that MAX or MIN gives), so that the order of the ranks does not
 * matter.
 */

type Value = number | bigint;

/** How the value of a pair lies in memory. */
export interface PairLayout {
  readonly valueBytes: number;
  read(view: DataView, at: number): Value;
  write(view: DataView, at: number, value: Value): void;
}

export const pairs = {
  short_int: {
    valueBytes: 2,
    read: (view, at) => view.getInt16(at, true),
    write: (view, at, value) => view.setInt16(at, value as number, true),
  },
  int_int: {
    valueBytes: 4,
    read: (view, at) => view.getInt32(at, true),
    write: (view, at, value) => view.setInt32(at, value as number, true),
  },
  long_int: {
    valueBytes: 8,
    read: (view, at) => view.getBigInt64(at, true),
    write: (view, at, value) => view.setBigInt64(at, value as bigint, true),
  },
  float_int: {
    valueBytes: 4,
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value as number, true),
  },
  double_int: {
    valueBytes: 8,
    read: (view, at) => view.getFloat64(at, true),
    write: (view, at, value) => view.setFloat64(at, value as number, true),
  },
} satisfies Record<string, PairLayout>;

/** Above 0 if `u` is the better value, below 0 if `v` is, 0 if neither: `sign` is 1 for the maximum, −1 for the minimum. */
export function compare<T>(u: T, v: T, sign: 1 | -1): number {
  if (u > v) return sign;
  if (u < v) return -sign;
  // Equal, or one is NaN.
  return Number(Number.isNaN(u)) - Number(Number.isNaN(v));
}

/** Of two values that compare equal, the one that does not depend on which comes first. */
export function settle<T>(u: T, v: T, sign: 1 | -1): T {
  return Object.is(u, sign === 1 ? -0 : 0) ? v : u;
}

function locate({ valueBytes, read, write }: PairLayout, sign: 1 | -1, a: Uint8Array, b: Uint8Array): void {
  const x = new DataView(a.buffer, a.byteOffset, a.length);
  const y = new DataView(b.buffer, b.byteOffset, b.length);
  for (let at = 0; at < b.length; at += valueBytes + 4) {
    const u = read(x, at);
    const v = read(y, at);
    const better = compare(u, v, sign);
    if (better < 0) continue;
    const k = x.getInt32(at + valueBytes, true);
    const l = y.getInt32(at + valueBytes, true);
    write(y, at, better > 0 ? u : settle(u, v, sign));
    y.setInt32(at + valueBytes, better > 0 ? k : Math.min(k, l), true);
  }
}

/** The kernel of MAXLOC (`sign` 1) or MINLOC (−1) on packed pairs, at any alignment. */
export function locator(layout: PairLayout, sign: 1 | -1): (a: Uint8Array, b: Uint8Array) => void {
  return (a, b) => locate(layout, sign, a, b);
}
