/** What the predefined operations make of JavaScript values, for the lower-case reductions, as mpi4py's do in Python. */
import { ERR_OP, Exception, show } from '../base/errors.js';
import { Op } from './op.js';

/** An operation of a lower-case reduction: a predefined one, or any function, applied in rank order. */
export type ObjectOp = Op | ((left: never, right: never) => unknown);

type Combine = (left: unknown, right: unknown) => unknown;

// Numbers, bigints and strings; which ones, the operators themselves see to.
type Value = number;

/** The value of a pair [value, location] that wins; of equal ones that with the lower location. */
const located =
  (wins: (a: Value, b: Value) => boolean): Combine =>
  (left, right) => {
    const [a, i] = left as [Value, Value];
    const [b, j] = right as [Value, Value];
    if (a === b) return [a, i < j ? i : j];
    return wins(a, b) ? left : right;
  };

const COMBINE: Readonly<Record<string, Combine>> = {
  MPI_MAX: (a, b) => ((b as Value) > (a as Value) ? b : a),
  MPI_MIN: (a, b) => ((b as Value) < (a as Value) ? b : a),
  // Lists are joined, as Python's are by +.
  MPI_SUM: (a, b) => (Array.isArray(a) && Array.isArray(b) ? [...a, ...b] : (a as Value) + (b as Value)),
  MPI_PROD: (a, b) => (a as Value) * (b as Value),
  MPI_LAND: (a, b) => Boolean(a) && Boolean(b),
  MPI_LOR: (a, b) => Boolean(a) || Boolean(b),
  MPI_LXOR: (a, b) => Boolean(a) !== Boolean(b),
  MPI_BAND: (a, b) => (a as Value) & (b as Value),
  MPI_BOR: (a, b) => (a as Value) | (b as Value),
  MPI_BXOR: (a, b) => (a as Value) ^ (b as Value),
  MPI_MAXLOC: located((a, b) => a > b),
  MPI_MINLOC: located((a, b) => a < b),
};

/** The function of an operation; ERR_OP for one that is not defined for objects. */
export function combineOf(op: ObjectOp, where: string): Combine {
  if (typeof op === 'function') return op as Combine;
  const combine = op instanceof Op && op.is_predefined ? COMBINE[op.name] : undefined;
  if (combine !== undefined) return combine;
  const what = op instanceof Op ? op.name : show(op);
  throw new Exception(
    ERR_OP,
    `${where}: ${what} is not defined for objects: pass a predefined operation, or a function of two values`,
  );
}
