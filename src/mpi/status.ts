/** What a completed operation says of its message (MPI-4.1 §3.2.5). */
import { ERR_ARG, ERR_TYPE, Exception, SUCCESS, show } from '../base/errors.js';
import type { RecvOp, Scope } from '../engine/ops.js';
import { ANY_SOURCE, ANY_TAG, PROC_NULL, UNDEFINED } from './constants.js';
import { elementsIn, prefixBytes } from './datatype/elements.js';
import { BYTE, Datatype } from './datatype/index.js';

/** Source, tag, length and error of a completed operation. Make one to pass to many calls: each fills it anew. */
export class Status {
  /** Rank of the sender in the communicator of the receive. */
  source = ANY_SOURCE;
  /** Tag of the message. */
  tag = ANY_TAG;
  /** Error class of the operation, `MPI.SUCCESS` if it went well. Set by the calls that return several statuses. */
  error = SUCCESS;
  #bytes = 0;
  #cancelled = false;

  /** Bytes received. */
  get count(): number {
    return this.#bytes;
  }

  /** True if the operation was cancelled. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Source, tag and error class, as functions (MPI-4.1 §3.2.5). */
  Get_source(): number {
    return this.source;
  }
  Set_source(source: number): void {
    this.source = source;
  }
  Get_tag(): number {
    return this.tag;
  }
  Set_tag(tag: number): void {
    this.tag = tag;
  }
  Get_error(): number {
    return this.error;
  }
  Set_error(error: number): void {
    this.error = error;
  }

  /** Elements of `datatype` received, or `MPI.UNDEFINED` if that is no whole number (MPI-4.1 §3.2.5). */
  Get_count(datatype: Datatype = BYTE): number {
    const { size } = checked(datatype, 'Get_count');
    if (size === 0) return this.#bytes === 0 ? 0 : UNDEFINED;
    const count = this.#bytes / size;
    return Number.isInteger(count) ? count : UNDEFINED;
  }

  /** Basic elements received, those of an incomplete last element too; `MPI.UNDEFINED` within one (MPI-4.1 §5.1.11). */
  Get_elements(datatype: Datatype = BYTE): number {
    const { form } = checked(datatype, 'Get_elements').layout;
    if (form === null) return this.#bytes === 0 ? 0 : UNDEFINED;
    return elementsIn(form, this.#bytes) ?? UNDEFINED;
  }

  /** Makes `Get_elements(datatype)` return `count` (MPI-4.1 §13.3). ERR_ARG if it is no integer ≥ 0. */
  Set_elements(datatype: Datatype, count: number): void {
    const { form } = checked(datatype, 'Set_elements').layout;
    if (!Number.isSafeInteger(count) || count < 0)
      throw new Exception(ERR_ARG, `Set_elements: count is ${show(count)}; it must be an integer ≥ 0`);
    this.#bytes = form === null ? 0 : prefixBytes(form, count);
  }

  /** Whether the operation was cancelled (MPI-4.1 §3.8.4 and §13.3). */
  Is_cancelled(): boolean {
    return this.#cancelled;
  }
  Set_cancelled(cancelled: boolean): void {
    this.#cancelled = cancelled;
  }

  /** @internal The empty status of null and inactive requests, and of sends (MPI-4.1 §3.7.3). */
  setEmpty(): this {
    return this.setMessage(ANY_SOURCE, ANY_TAG, 0);
  }

  /** @internal The status of a receive from `MPI.PROC_NULL` (MPI-4.1 §3.10). */
  setNoProcess(): this {
    return this.setMessage(PROC_NULL, ANY_TAG, 0);
  }

  /** @internal */
  setMessage(source: number, tag: number, bytes: number): this {
    this.source = source;
    this.tag = tag;
    this.error = SUCCESS;
    this.#bytes = bytes;
    this.#cancelled = false;
    return this;
  }

  /** @internal */
  setReceived(op: RecvOp): this {
    if (op.fromWorld === PROC_NULL) this.setNoProcess();
    else if (op.fromWorld < 0) this.setEmpty();
    else
      this.setMessage(
        (op.scope as Scope).fromWorld(op.fromWorld),
        op.fromTag,
        Math.min(op.bytes, op.capacity),
      );
    this.#cancelled = op.cancelled;
    return this;
  }
}

function checked(datatype: Datatype, call: string): Datatype {
  if (!(datatype instanceof Datatype))
    throw new Exception(ERR_TYPE, `${call}: ${show(datatype)} is not a datatype`);
  datatype.checkUsable(call);
  return datatype;
}
