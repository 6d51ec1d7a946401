/** Reduction operations (MPI-4.1 §6.9.2, §6.9.4 and §6.9.5). */
import { ERR_OP, Exception, show } from '../base/errors.js';
import {
  elementKinds,
  isDefined,
  type OpName,
  predefinedReducer,
  type Reducer,
  type UserFunction,
  userReducer,
} from '../coll/index.js';
import type { BufferSpec, TypedArray } from './buffer.js';
import type { Datatype } from './datatype/index.js';
import { combineObjects } from './object-ops.js';
import { reduceLocal } from './reduce-local.js';
import { operands, reductionKind } from './reduction-kind.js';

/**
 * `inoutvec[i] = invec[i] op inoutvec[i]` for all i. Must be associative. `invec` must not be changed. Both are arrays
 * of the datatype's basic elements: floats for complex numbers, bytes where there is no such array.
 */
export type OpFunction = (invec: TypedArray, inoutvec: TypedArray, datatype: Datatype) => void;

type Predefined = OpName | 'REPLACE' | 'NO_OP';

/** An operation can be called, as in mpi4py: `MPI.SUM(1, 2)`. */
interface Combines {
  (x: number, y: number): number;
  (x: bigint, y: bigint): bigint;
  <T>(x: T, y: T): T;
}

/** Makes a function an instance of the class that is being constructed. */
const Callable = function (combine: Combines) {
  return Object.setPrototypeOf(combine, new.target.prototype);
} as unknown as new (
  combine: Combines,
) => Combines;
Object.setPrototypeOf(Callable.prototype, Function.prototype);

/** An operation of `Reduce` and its relatives. */
export class Op extends Callable {
  /** Such as `MPI_SUM`; of a user's operation, the name of its function. */
  override readonly name: string;
  readonly #predefined: Predefined | null;
  readonly #function: OpFunction | null;
  readonly #commute: boolean;
  #freed = false;
  /** What a predefined operation was last asked for: most calls ask for the same again. */
  #lastType: Datatype | undefined;
  #lastReducer: Reducer | undefined;

  /** @internal Without arguments, the null operation. */
  constructor(
    name = 'MPI_OP_NULL',
    predefined: Predefined | null = null,
    fn: OpFunction | null = null,
    commute = false,
  ) {
    super((x: unknown, y: unknown): never => this.#call(x, y) as never);
    this.name = name;
    this.#predefined = predefined;
    this.#function = fn;
    this.#commute = commute;
  }

  /**
   * Makes an operation from a function (MPI-4.1 §6.9.5). Operations that do not commute are applied in rank order.
   * Elements of a derived datatype come packed: `datatype.size` bytes each, without its gaps. What `fn` throws ends the
   * call that applied it, as it is (of a request, as the `cause` of an ERR_OTHER). It may send and receive, but not call
   * collectives on the communicator that it is applied for, which are ERR_OTHER. In a lower-case call `fn(x, y, null)` returns the result.
   */
  static Create(fn: OpFunction, commute = false): Op {
    if (typeof fn !== 'function') throw new Exception(ERR_OP, `Op.Create: ${show(fn)} is not a function`);
    return new Op(`user operation ${fn.name || '(anonymous)'}`, null, fn, Boolean(commute));
  }

  /** Gives a user-defined operation up (MPI-4.1 §6.9.5). ERR_OP for a predefined one, and if it was given up before. */
  Free(): void {
    if (this.is_predefined) throw new Exception(ERR_OP, `Op.Free: ${this.name} is predefined`);
    this.check('Op.Free');
    this.#freed = true;
  }

  /** Whether operands may be swapped (MPI-4.1 §6.9.7). ERR_OP for the null operation and after `Free`. */
  Is_commutative(): boolean {
    this.check('Op.Is_commutative');
    return this.#commute;
  }

  /** Whether operands may be swapped, and whether the standard defines the operation (the null operation included). */
  get is_commutative(): boolean {
    return this.Is_commutative();
  }
  get is_predefined(): boolean {
    return this.#function === null;
  }

  /**
   * `inoutbuf[i] = inbuf[i] op inoutbuf[i]`, on this rank alone (MPI-4.1 §6.9.7). ERR_OP where the operation is not
   * defined for the datatype, ERR_TYPE or ERR_COUNT where the two differ in it, ERR_BUFFER where they overlap.
   */
  Reduce_local(inbuf: BufferSpec, inoutbuf: BufferSpec): void {
    reduceLocal(inbuf, inoutbuf, (datatype, where) => this.reducer(datatype, where));
  }

  /** @internal The reducer of what a user passed as an operation; ERR_OP also for what is none. */
  static reducerOf(op: Op, datatype: Datatype, where: string): Reducer {
    if (op instanceof Op) return op.reducer(datatype, where);
    throw new Exception(
      ERR_OP,
      `${where}: op is ${show(op)}; pass MPI.SUM or its like, or MPI.Op.Create(fn)`,
    );
  }

  /** @internal What the algorithms need; ERR_OP where the operation is not defined for the datatype. */
  reducer(datatype: Datatype, where: string): Reducer {
    this.check(where);
    if (this.#function !== null) {
      const { array } = elementKinds[datatype.kind ?? 'byte'];
      const fn = this.#function as UserFunction<Datatype>;
      return userReducer(fn, { commute: this.#commute, array, datatype });
    }
    if (datatype === this.#lastType) return this.#lastReducer as Reducer;
    const op = this.#predefined;
    if (op === 'REPLACE' || op === 'NO_OP') {
      throw new Exception(ERR_OP, `${where}: ${this.name} is for one-sided communication only`);
    }
    const kind = reductionKind(datatype);
    if (op === null || kind === null || !isDefined(op, kind)) {
      const remedy = op === null ? '' : `: it takes ${operands[op]}`;
      throw new Exception(ERR_OP, `${where}: ${this.name} is not defined for ${datatype.name}${remedy}`);
    }
    this.#lastReducer = predefinedReducer(op, kind);
    this.#lastType = datatype;
    return this.#lastReducer;
  }

  /** @internal Throws ERR_OP if it is no operation, or none any more. */
  check(where: string): void {
    if (this.#freed) throw new Exception(ERR_OP, `${where}: ${this.name} was freed`);
    if (this.#predefined === null && this.#function === null) {
      throw new Exception(ERR_OP, `${where}: ${this.name} is no operation`);
    }
  }

  #call(x: unknown, y: unknown): unknown {
    this.check('Op');
    if (this.#predefined !== null) return combineObjects(this.#predefined, x, y);
    const fn = this.#function as unknown as (x: unknown, y: unknown, datatype: null) => unknown;
    const result = fn(x, y, null);
    if (result === undefined) {
      throw new Exception(ERR_OP, `${this.name} returned nothing: applied to objects it returns its result`);
    }
    return result;
  }
}

const commuting = (name: OpName): Op => new Op(`MPI_${name}`, name, null, true);

/** The predefined operations (MPI-4.1 §6.9.2, §6.9.4); using `OP_NULL` is an error of class `ERR_OP`. */
export const MAX = commuting('MAX');
export const MIN = commuting('MIN');
export const SUM = commuting('SUM');
export const PROD = commuting('PROD');
export const LAND = commuting('LAND');
export const BAND = commuting('BAND');
export const LOR = commuting('LOR');
export const BOR = commuting('BOR');
export const LXOR = commuting('LXOR');
export const BXOR = commuting('BXOR');
export const MINLOC = commuting('MINLOC');
export const MAXLOC = commuting('MAXLOC');
/** For one-sided communication only (MPI-4.1 §12.3.4): of x and y, REPLACE is y and NO_OP is x. */
export const REPLACE = new Op('MPI_REPLACE', 'REPLACE');
export const NO_OP = new Op('MPI_NO_OP', 'NO_OP');
export const OP_NULL = new Op();
