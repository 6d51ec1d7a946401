/** Requests: operations under way (MPI-4.1 §3.7). Each is also a promise of its result. */
import { ERR_REQUEST, ERR_TIMEOUT, Exception } from '../base/errors.js';
import type { CompoundOp } from '../engine/compound.js';
import { type Op, Patience, type RecvOp, SendOp } from '../engine/ops.js';
import { type CallOptions, deadlineOf } from './arguments.js';
import * as families from './request-families.js';
import { checkAlive, engine } from './runtime.js';
import { giveRecv, giveSend } from './spare-ops.js';
import { Status } from './status.js';

/** The operation of every send that was over when its call returned. */
export const SENT = new SendOp();
SENT.complete();

/** Awaits of requests that were done already, after which the event loop has a turn: timers must not starve. */
const DONE_PER_TURN = 64;
let awaitedDone = 0;

/**
 * An operation under way. `Wait`, `Test` and their families complete it; so does `await`, which leaves the event
 * loop running. Once completed it is like `MPI.REQUEST_NULL`. The result is a `Status` for the upper-case calls and
 * the object for the lower-case ones.
 */
export class Request<T = Status> implements PromiseLike<T> {
  /** @internal The operation, or null for a null or inactive request. */
  send: SendOp | null;
  /** @internal */
  recv: RecvOp | null;
  /** @internal A collective. */
  whole: CompoundOp | null;
  readonly #result: ((recv: RecvOp) => T) | undefined;
  readonly #options: CallOptions | undefined;
  #freed = false;
  #promise: Promise<T> | undefined;
  /** Counts the starts of a persistent request. */
  #round = 0;

  /** @internal Requests are made by the communicator's calls. `result` makes the result where it is no Status. */
  constructor(
    send: SendOp | null = null,
    recv: RecvOp | null = null,
    options?: CallOptions,
    result?: (recv: RecvOp) => T,
    whole: CompoundOp | null = null,
  ) {
    this.send = send;
    this.recv = recv;
    this.whole = whole;
    this.#options = options;
    this.#result = result;
  }

  /**
   * Waits until the operation is complete (MPI-4.1 §3.7.3) and returns `status`, or a new one. When `opts.timeout`
   * expires the request stays active.
   */
  Wait(status?: Status | null, opts?: CallOptions): Status {
    const target = status ?? new Status();
    this.#block('Wait', opts);
    this.end(target);
    return target;
  }

  /** True, and the request completed, if the operation is complete. Advances all traffic (MPI-4.1 §3.7.3). */
  Test(status?: Status | null): boolean {
    this.checkUsable('Test');
    if (!this.poll()) return false;
    this.end(status);
    return true;
  }

  /** Like `Wait`, but returns the result: the object of a lower-case receive. */
  wait(status?: Status | null, opts?: CallOptions): T {
    this.#block('wait', opts);
    return this.finish(status);
  }

  /** Like `Test`: whether it is complete, and then the result. */
  test(status?: Status | null): [flag: false, result: undefined] | [flag: true, result: T] {
    this.checkUsable('test');
    return this.poll() ? [true, this.finish(status)] : [false, undefined];
  }

  /** Whether the operation is complete, without completing the request (MPI-4.1 §3.7.6). */
  Get_status(status?: Status | null): boolean {
    this.checkUsable('Get_status');
    if (!this.poll()) return false;
    this.fill(status);
    return true;
  }

  /** Asks to cancel the operation; it then either is cancelled or completes as if not (MPI-4.1 §3.8.4). Local. */
  Cancel(): void {
    this.checkUsable('Cancel');
    this.checkExists('Cancel');
    this.checkNoCollective('Cancel', 'cancelled');
    if (this.send !== null && this.recv !== null) {
      throw new Exception(ERR_REQUEST, 'Cancel: a combined send and receive cannot be cancelled');
    }
    engine.progress();
    this.cancelOps();
  }

  /** Gives the request up; the operation still completes (MPI-4.1 §3.7.3). Using the request again is an error. */
  Free(): void {
    this.checkUsable('Free');
    this.checkExists('Free');
    this.checkNoCollective('Free', 'freed before it has completed');
    this.send = null;
    this.recv = null;
    this.#freed = true;
  }

  /** Completion as a promise: what `await request` uses. An async function that returns a request awaits it. */
  // biome-ignore lint/suspicious/noThenProperty: a request is a promise by design
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#promise ??= this.#await();
    return this.#promise.then(onFulfilled, onRejected);
  }

  /** @internal True while an operation is under way or not yet completed by Wait or Test. */
  get active(): boolean {
    return this.send !== null || this.recv !== null || this.whole !== null;
  }

  /** @internal */
  get done(): boolean {
    return (
      (this.send === null || this.send.done) &&
      (this.recv === null || this.recv.done) &&
      (this.whole === null || this.whole.done)
    );
  }

  /** @internal */
  get ops(): Op[] {
    return [this.send, this.recv, this.whole].filter((op) => op !== null && !op.done) as Op[];
  }

  /** @internal The error the operation ended with. */
  get error(): Exception | null {
    return this.recv?.error ?? this.send?.error ?? this.whole?.error ?? null;
  }

  /** @internal */
  get where(): string {
    const op = this.recv ?? this.send ?? this.whole;
    return op === null ? 'a null request' : `${op.where} (${op.aim})`;
  }

  /** @internal Looks once whether the request is done. */
  poll(): boolean {
    if (this.done) return true;
    engine.progress();
    if (this.done) return true;
    for (const op of this.ops) engine.giveUp(op, Patience.TESTING);
    if (!this.done) {
      engine.checkAborted();
      engine.breathe();
    }
    return this.done;
  }

  /** @internal Waits for the operation; false if the deadline passed. */
  block(deadline: number): boolean {
    const { send, recv, whole } = this;
    if (whole !== null) return whole.done || engine.wait(whole, deadline);
    if (send !== null && !send.done && !engine.wait(send, deadline)) return false;
    return recv === null || recv.done || engine.wait(recv, deadline);
  }

  /** @internal Fills a status from a done operation. */
  fill(status: Status | null | undefined): void {
    if (status === null || status === undefined) return;
    if (this.recv !== null) {
      status.setReceived(this.recv);
      return;
    }
    status.setEmpty();
    if (this.send !== null) status.Set_cancelled(this.send.cancelled);
  }

  /** @internal Ends a done request: fills the status, makes it null, and throws its error. */
  end(status: Status | null | undefined): void {
    this.fill(status);
    const { error } = this;
    this.retire();
    if (error !== null) throw error;
  }

  /** @internal Ends a done request like `end`, and returns its result. */
  finish(status: Status | null | undefined): T {
    const { recv, whole } = this;
    const result = this.#result;
    const target = result === undefined ? (status ?? new Status()) : status;
    this.end(target);
    if (result === undefined) return target as T;
    if (recv === null && whole === null) return undefined as T;
    return recv?.cancelled ? (undefined as T) : result(recv as RecvOp);
  }

  /** @internal After completion: null. Its operation serves another call, unless the result is still in it. */
  protected retire(): void {
    const { send, recv } = this;
    this.send = null;
    this.recv = null;
    this.whole = null;
    if (this.#result !== undefined) return;
    if (send !== null && send !== SENT) giveSend(send);
    if (recv !== null) giveRecv(recv);
  }

  /** @internal A persistent request starts anew: the next await waits for this round. */
  protected renew(): void {
    this.#promise = undefined;
    this.#round++;
  }

  /** @internal Takes back what can be taken back. */
  cancelOps(reason?: unknown): void {
    if (this.whole === null) for (const op of this.ops) engine.cancel(op);
    else this.whole.abandon(reason as Error);
  }

  /** @internal */
  checkUsable(call: string): void {
    checkAlive(call);
    if (this.#freed)
      throw new Exception(ERR_REQUEST, `${call}: the request was freed; it cannot be used any more`);
  }

  /** @internal Cancel and Free take no null request, which a request is once it has completed (MPI-4.1 §3.7.3). */
  protected checkExists(call: string): void {
    if (!this.active)
      throw new Exception(ERR_REQUEST, `${call}: the request is null: it has completed, or never was`);
  }

  /** A collective under way is neither cancelled nor freed (MPI-4.1 §6.12). */
  protected checkNoCollective(call: string, what: string): void {
    if (this.whole !== null)
      throw new Exception(ERR_REQUEST, `${call}: ${this.whole.where}: a collective cannot be ${what}`);
  }

  #block(call: string, opts: CallOptions | undefined): void {
    this.checkUsable(call);
    const deadline = deadlineOf(call, opts);
    if (this.done) engine.shortPath.passBy(null);
    else if (!this.block(deadline)) {
      throw new Exception(
        ERR_TIMEOUT,
        `${call} of ${this.where}: not complete within ${opts?.timeout} ms; it stays active`,
      );
    }
  }

  get #cancelled(): boolean {
    return (this.send ?? this.whole)?.cancelled === true || this.recv?.cancelled === true;
  }

  #await(): Promise<T> {
    this.checkUsable('await');
    const watch = new AbortWatch(this, this.#options);
    const round = this.#round;
    const waits = this.ops.map((op) => new Promise<void>((resolve) => engine.awaiting.add(op, resolve)));
    if (waits.length === 0 && ++awaitedDone % DONE_PER_TURN === 0)
      waits.push(new Promise<void>((resolve) => setImmediate(resolve)));
    return Promise.all(waits).then(() => {
      watch.end();
      if (watch.reason !== undefined && this.#cancelled) throw this.#takenBack(watch.reason);
      // A Wait or Test may have completed the request meanwhile: the result is then that of a null request.
      return round === this.#round ? this.finish(undefined) : (new Status() as T);
    });
  }

  /** After an awaited request was cancelled: the message of a half that completed all the same is put back. */
  #takenBack(reason: unknown): unknown {
    const { recv } = this;
    if (
      this.send !== null &&
      recv !== null &&
      !recv.cancelled &&
      recv.error === null &&
      recv.fromWorld >= 0
    ) {
      engine.receiver.putBack(recv);
    }
    this.retire();
    return reason;
  }

  /** Waits for all. `statuses` is filled in order (MPI-4.1 §3.7.5). */
  static Waitall(
    requests: readonly Request<unknown>[],
    statuses?: Status[] | null,
    opts?: CallOptions,
  ): true {
    return families.Waitall(requests, statuses, opts);
  }
  /** Waits for one and returns its index, or `MPI.UNDEFINED` if none is active (MPI-4.1 §3.7.5). */
  static Waitany(requests: readonly Request<unknown>[], status?: Status | null, opts?: CallOptions): number {
    return families.Waitany(requests, status, opts);
  }
  /** Waits for at least one and returns the indices of all that are complete, or null if none is active. */
  static Waitsome(
    requests: readonly Request<unknown>[],
    statuses?: Status[] | null,
    opts?: CallOptions,
  ): number[] | null {
    return families.Waitsome(requests, statuses, opts);
  }
  /** True, and all completed, if all are complete; else none is touched. */
  static Testall(requests: readonly Request<unknown>[], statuses?: Status[] | null): boolean {
    return families.Testall(requests, statuses);
  }
  /** `[index, flag]`: one that is complete; `[MPI.UNDEFINED, true]` if none is active (MPI-4.1 §3.7.5). */
  static Testany(
    requests: readonly Request<unknown>[],
    status?: Status | null,
  ): [index: number, flag: boolean] {
    return families.Testany(requests, status);
  }
  /** Indices of those that are complete, or null if none is active. */
  static Testsome(requests: readonly Request<unknown>[], statuses?: Status[] | null): number[] | null {
    return families.Testsome(requests, statuses);
  }
  /** Waits for all and returns their results. */
  static waitall<T>(requests: readonly Request<T>[], statuses?: Status[] | null, opts?: CallOptions): T[] {
    return families.waitall(requests, statuses, opts);
  }
  /** Waits for one and returns its index and result. */
  static waitany<T>(
    requests: readonly Request<T>[],
    status?: Status | null,
    opts?: CallOptions,
  ): [index: number, result: T | undefined] {
    return families.waitany(requests, status, opts);
  }
  /** Waits for at least one; indices and results of all that are complete, or nulls if none is active. */
  static waitsome<T>(
    requests: readonly Request<T>[],
    statuses?: Status[] | null,
    opts?: CallOptions,
  ): families.Some<T> {
    return families.waitsome(requests, statuses, opts);
  }
  /** `[true, results]`, and all completed, if all are complete; else `[false, null]`, and none is touched. */
  static testall<T>(
    requests: readonly Request<T>[],
    statuses?: Status[] | null,
  ): [flag: boolean, results: T[] | null] {
    return families.testall(requests, statuses);
  }
  /** `[index, true, result]` of one that is complete; `[MPI.UNDEFINED, true, undefined]` if none is active. */
  static testany<T>(
    requests: readonly Request<T>[],
    status?: Status | null,
  ): [index: number, flag: boolean, result: T | undefined] {
    return families.testany(requests, status);
  }
  /** Indices and results of those that are complete, or nulls if none is active. */
  static testsome<T>(requests: readonly Request<T>[], statuses?: Status[] | null): families.Some<T> {
    return families.testsome(requests, statuses);
  }
}

const TIMER_MS_MAX = 2 ** 31 - 1;

/** Cancels an awaited request when its signal or timeout says so. */
class AbortWatch {
  /** What the promise is rejected with, if the request turns out to be cancelled. */
  reason: unknown;
  readonly #request: Request<unknown>;
  readonly #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #abort = () => this.#cancel(this.#signal?.reason);

  constructor(request: Request<unknown>, options: CallOptions | undefined) {
    this.#request = request;
    this.#signal = options?.signal;
    if (this.#signal?.aborted) this.#abort();
    else this.#signal?.addEventListener('abort', this.#abort);
    const timeout = options?.timeout;
    if (timeout !== undefined && Number.isFinite(timeout)) {
      const expire = () =>
        this.#cancel(new Exception(ERR_TIMEOUT, `${request.where}: not complete within ${timeout} ms`));
      this.#arm(expire, timeout);
    }
  }

  /** A timer of any length: Node's own hold 31 bits of milliseconds. */
  #arm(expire: () => void, ms: number): void {
    const rest = ms - TIMER_MS_MAX;
    const step = rest > 0 ? () => this.#arm(expire, rest) : expire;
    this.#timer = setTimeout(step, Math.min(ms, TIMER_MS_MAX));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  #cancel(reason: unknown): void {
    engine.progress();
    if (this.#request.done) return;
    this.reason = reason;
    this.#request.cancelOps(reason);
  }
}
