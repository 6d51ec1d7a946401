/** What a reduction algorithm knows of an operation: how to combine two messages, and where it may cut them. */
export interface Reducer {
  /** Whether operands may be swapped. If not, they are combined in rank order. */
  readonly commute: boolean;
  /** A message may be cut at multiples of this many bytes; 0 if it must stay whole. */
  readonly grain: number;
  /**
   * `inout[i] = input[i] op inout[i]` over messages of equal length, which do not overlap. `input` holds the
   * operands of the lower ranks and is only read.
   */
  apply(input: Uint8Array, inout: Uint8Array): void;
  /** `apply` to `bytes` bytes of two views, from these offsets on. */
  applyAt(input: View, inputOffset: number, inout: View, inoutOffset: number, bytes: number): void;
}
