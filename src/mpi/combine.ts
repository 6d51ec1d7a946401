/** Operations of the lower-case reductions. */
import { ERR_OP, Exception, show } from '../base/errors.js';
import { Op } from './op.js';

/** An operation of a lower-case reduction: an `Op`, or any function of two values, applied in rank order. */
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
