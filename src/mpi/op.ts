/** Reduction operations (MPI-4.1 §6.9.2 and §6.9.5). */
import { ERR_OP, Exception, show } from '../base/errors.js';
import {
  type ArrayType,
  isDefined,
  type OpName,
  predefinedReducer,
  type Reducer,
  type ElementKind as ReductionKind,
  type UserFunction,
  userReducer,
} from '../coll/index.js';
import type { TypedArray } from './buffer.js';
import { BYTE, C_BOOL, type Datatype } from './datatype/index.js';

/** `inoutvec[i] = invec[i] op inoutvec[i]` for all i. Must be associative. `invec` must not be changed. */
export type OpFunction = (invec: TypedArray, inoutvec: TypedArray, datatype: Datatype) => void;

const ARRAYS: Readonly<Record<string, unknown>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** An operation of `Reduce` and its relatives. */
export class Op {
  /** Such as `MPI_SUM`; of a user's operation, the name of its function. */
  readonly name: string;
  readonly #predefined: OpName | null;
  readonly #function: OpFunction | null;
  readonly #commute: boolean;
  #freed = false;

  /** @internal */
  constructor(name: string, predefined: OpName | null, fn: OpFunction | null, commute: boolean) {
    this.name = name;
    this.#predefined = predefined;
    this.#function = fn;
    this.#commute = commute;
  }

  /**
   * Makes an operation from a function (MPI-4.1 §6.9.5). Operations that do not commute are applied in rank order.
   */
  static Create(fn: OpFunction, commute = false): Op {
    if (typeof fn !== 'function') throw new Exception(ERR_OP, `Op.Create: ${show(fn)} is not a function`);
    return new Op(`user operation ${fn.name || '(anonymous)'}`, null, fn, commute);
  }

  /** Gives a user-defined operation up (MPI-4.1 §6.9.5). ERR_OP for a predefined one. */
  Free(): void {
    if (this.#predefined !== null) throw new Exception(ERR_OP, `Op.Free: ${this.name} is predefined`);
    this.#freed = true;
  }

  /** Whether operands may be swapped (MPI-4.1 §6.9.7). */
  Is_commutative(): boolean {
    return this.#commute;
  }

  /** Whether operands may be swapped, and whether the standard defines the operation. */
  get is_commutative(): boolean {
    return this.#commute;
  }
  get is_predefined(): boolean {
    return this.#predefined !== null;
  }

  /** @internal What the algorithms need; ERR_OP where the operation is not defined for the datatype. */
  reducer(datatype: Datatype, where: string): Reducer {
    if (this.#freed) throw new Exception(ERR_OP, `${where}: ${this.name} was freed`);
    if (this.#function !== null) {
      const array = ARRAYS[datatype.kind ?? 'uint8'] as ArrayType;
      const fn = this.#function as UserFunction<Datatype>;
      return userReducer(fn, { commute: this.#commute, array, datatype });
    }
    const kind: ReductionKind =
      datatype === C_BOOL ? 'bool' : datatype === BYTE ? 'byte' : (datatype.kind ?? 'byte');
    if (this.#predefined === null || !isDefined(this.#predefined, kind)) {
      throw new Exception(ERR_OP, `${where}: ${this.name} is not defined for ${datatype.name}`);
    }
    return predefinedReducer(this.#predefined, kind);
  }
}

const predefined = (name: OpName): Op => new Op(`MPI_${name}`, name, null, true);

/** The predefined operations (MPI-4.1 §6.9.2); using `OP_NULL` is an error of class `ERR_OP`. */
export const MAX = predefined('MAX');
export const MIN = predefined('MIN');
export const SUM = predefined('SUM');
export const PROD = predefined('PROD');
export const LAND = predefined('LAND');
export const BAND = predefined('BAND');
export const LOR = predefined('LOR');
export const BOR = predefined('BOR');
export const LXOR = predefined('LXOR');
export const BXOR = predefined('BXOR');
export const OP_NULL = new Op('MPI_OP_NULL', null, null, true);
