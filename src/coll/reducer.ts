import type { AddonLoop } from '../native.js';
import type { ArrayType, NumericArray } from './kinds.js';

/** A loop over elements, for messages so short that to see them as such takes longer than to combine them. */
export interface Loop {
  readonly array: ArrayType;
  /** `inout[i] = input[i] op inout[i]` over arrays of equal length. */
  readonly kernel: (input: NumericArray, inout: NumericArray) => void;
}

/** What a reduction algorithm knows of an operation: how to combine two messages, and where it may cut them. */
export interface Reducer {
  /** Whether operands may be swapped. If not, they are combined in rank order. */
  readonly commute: boolean;
  /** A message may be cut at multiples of this many bytes; 0 if it must stay whole. */
  readonly grain: number;
  /** How the addon knows it; null where it does not. */
  readonly addon: AddonLoop | null;
  /** The same as `apply`, bit for bit but for the payload of a NaN, for who has the arrays already; null where there is none. */
  readonly loop: Loop | null;
  /**
   * `inout[i] = input[i] op inout[i]` over messages of equal length, which do not overlap. `input` holds the
   * operands of the lower ranks and is only read.
   */
  apply(input: Uint8Array, inout: Uint8Array): void;
  /**
   * `out[i] = a[i] op b[i]` over messages of equal length: `a` and `b` are only read. `out` may be the memory of `b`, and
   * overlaps with nothing otherwise. One pass over memory where `apply` needs `b` to be copied first.
   */
  combine(a: Uint8Array, b: Uint8Array, out: Uint8Array): void;
}
