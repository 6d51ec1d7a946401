/** Persistent requests (MPI-4.1 §3.9): made once, started many times. */
import { ERR_REQUEST, Exception, show } from '../base/errors.js';
import { CompoundOp } from '../engine/compound.js';
import { type Op, RecvOp, SendOp } from '../engine/ops.js';
import { Request } from './request.js';

/** A request that is inactive between its completion and its next `Start`. */
export class Prequest extends Request {
  readonly #op: Op;
  readonly #launch: () => void;

  /** @internal */
  constructor(op: Op, launch: () => void) {
    super();
    this.#op = op;
    this.#launch = launch;
  }

  /** Starts the operation (MPI-4.1 §3.9). ERR_REQUEST if it is already active. Allocates nothing. */
  Start(): void {
    this.checkUsable('Start');
    if (this.active) {
      throw new Exception(ERR_REQUEST, `Start of ${this.where}: the request is active; complete it first`);
    }
    this.renew();
    this.#launch();
    if (this.#op instanceof SendOp) this.send = this.#op;
    else if (this.#op instanceof RecvOp) this.recv = this.#op;
    else if (this.#op instanceof CompoundOp) this.whole = this.#op;
  }

  /** @internal After completion: inactive, with its operation for the next start. */
  protected override retire(): void {
    this.send = null;
    this.recv = null;
    this.whole = null;
  }

  /** @internal An inactive persistent request still exists: it may be freed, though not cancelled (MPI-4.1 §3.9). */
  protected override checkExists(call: string): void {
    if (call === 'Cancel') super.checkExists(call);
  }

  /** Starts all of them, in any order (MPI-4.1 §3.9). */
  static Startall(requests: readonly Prequest[]): void {
    if (!Array.isArray(requests)) {
      throw new Exception(ERR_REQUEST, `Startall: ${show(requests)} is not a list of persistent requests`);
    }
    for (const request of requests) {
      if (!(request instanceof Prequest)) {
        throw new Exception(ERR_REQUEST, `Startall: ${show(request)} is not a persistent request`);
      }
      request.Start();
    }
  }
}
