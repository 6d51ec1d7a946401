/** Operations of the user's own (MPI-4.1 §6.9.5) as reducers. */
import { copyInto } from './blocks.js';
import type { ArrayType, NumericArray } from './kinds.js';
import type { Reducer } from './reducer.js';
import { applyAs } from './views.js';

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

/** The reducer of a user's function. What the function throws comes out of `apply` and `combine` as it is. */
export function userReducer<D, A extends NumericArray>(
  fn: UserFunction<D, A>,
  options: UserReducerOptions<D, A>,
): Reducer {
  const { commute, array, datatype, grain = 0 } = options;
  const kernel = (input: A, inout: A): void => fn(input, inout, datatype);
  const apply = (input: Uint8Array, inout: Uint8Array): void => applyAs(array, kernel, input, inout);
  const combine = (a: Uint8Array, b: Uint8Array, out: Uint8Array): void => {
    copyInto(out, b);
    apply(a, out);
  };
  return { commute, grain, addon: null, loop: null, apply, combine };
}
