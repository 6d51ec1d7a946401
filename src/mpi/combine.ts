/** Operations of the lower-case reductions. */
import { ERR_OP, Exception, show } from '../base/errors.js';
import { Op } from './op.js';

/** An operation of a lower-case reduction of values of `T`: an `Op`, or any function of two of them, applied in rank order. */
export type ObjectOpOf<T> = Op | ((left: T, right: T) => T);

/** Such an operation, of whatever values. */
export type ObjectOp = Op | ((left: never, right: never) => unknown);

/** The function of an operation, which an `Op` is itself; ERR_OP for what is none. */
export function combineOf(op: ObjectOp, where: string): (left: unknown, right: unknown) => unknown {
  if (op instanceof Op) op.check(where);
  if (typeof op === 'function') return op as (left: unknown, right: unknown) => unknown;
  throw new Exception(
    ERR_OP,
    `${where}: op is ${show(op)}; pass MPI.SUM or its like, or a function of two values`,
  );
}
