/**
 * The engine of one rank: progress, waiting, and the life of the runtime. Every blocking call, Test and Probe ends
 * up in `progress`, which advances all outstanding traffic of the rank (MPI-4.1 §3.7.4, the progress rule).
 */
import { ERR_PENDING, ERR_PROC_ABORTED, ERR_PROC_FAILED, Exception } from '../base/errors.js';
import { parkSliceMsMax } from '../base/limits.js';
import type { InRing } from '../transport/ring/in-ring.js';
import { LINE_BYTES } from '../transport/ring/layout.js';
import { PAYLOAD_AFTER_SLOT } from '../transport/ring/records.js';
import type { RingTransport } from '../transport/ring/transport.js';
import { Awaiting } from './awaiting.js';
import { Idle } from './idle.js';
import { ANY, type Op, RecvOp, type Scope, SendOp } from './ops.js';
import { EAGER_BYTES_NATIVE, EAGER_BYTES_PLAIN } from './protocol.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';

/** Looks at the awaited ring between two looks at everything. */
const NEAR_POLLS = 16;

export class Engine {
  readonly transport: RingTransport;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly awaiting: Awaiting;
  readonly #idle: Idle;
  readonly #beforePark: () => void;

  constructor(transport: RingTransport, options: { check: boolean; beforePark: () => void }) {
    this.transport = transport;
    const preferred = transport.native === null ? EAGER_BYTES_PLAIN : EAGER_BYTES_NATIVE;
    const fits = transport.out(0).linesMax * LINE_BYTES - PAYLOAD_AFTER_SLOT;
    this.sender = new Sender(transport, Math.min(preferred, fits), options.check);
    this.receiver = new Receiver(transport, this.sender);
    this.awaiting = new Awaiting(this);
    this.#idle = new Idle(transport);
    this.#beforePark = options.beforePark;
  }

  /** Advances everything that can be advanced now. Returns how much there was to do. */
  progress(): number {
    let count = this.transport.poll(this.receiver);
    if (this.transport.slots.anyDone) count += this.sender.settle();
    return count + this.sender.push();
  }

  /** Waits until `op` is done. False if `deadline` (on the clock of `performance.now`) passes first. */
  wait(op: Op, deadline = Number.POSITIVE_INFINITY): boolean {
    if (op.done) return true;
    const near = op instanceof RecvOp && op.source !== ANY ? this.transport.in(op.source) : null;
    const idle = this.#idle;
    idle.restart();
    for (;;) {
      if (near !== null && this.#watch(near, op)) return true;
      if (this.progress() > 0) idle.restart();
      if (op.done) return true;
      if (idle.rest()) {
        if (performance.now() >= deadline) return false;
        if (idle.tired) {
          this.park(() => op.done, deadline);
          if (this.#hopeless(op, true) !== null) this.#fail(op, true);
        }
      }
    }
  }

  /** Waits until `ready()`. `whenParked` runs after each park, to give up what cannot happen any more. */
  waitUntil(ready: () => boolean, deadline: number, whenParked?: () => void): boolean {
    const idle = this.#idle;
    idle.restart();
    for (;;) {
      if (ready()) return true;
      if (this.progress() > 0) idle.restart();
      else if (idle.rest()) {
        if (performance.now() >= deadline) return ready();
        if (idle.tired) {
          this.park(ready, deadline);
          if (!ready()) whenParked?.();
        }
      }
    }
  }

  /** Sleeps until there may be news, for one slice at most. */
  park(ready: () => boolean, deadline: number): void {
    this.#beforePark();
    const { transport } = this;
    const seen = transport.listen();
    if (this.progress() === 0 && !ready()) {
      transport.sleep(seen, Math.max(0, Math.min(parkSliceMsMax, deadline - performance.now())));
    }
    if (!this.awaiting.active) transport.ignore();
    this.#idle.restart();
    this.checkAborted();
  }

  /** After a fruitless Test or Iprobe: on a crowded machine the rank that could make it succeed gets the core. */
  breathe(): void {
    this.#idle.rest();
  }

  /** Throws once the job has been aborted. */
  checkAborted(): void {
    const code = this.transport.abortCode;
    if (code !== undefined) throw new Exception(ERR_PROC_ABORTED, `the job was aborted with code ${code}`);
  }

  /** Delivers what is still under way when the program ends, unless its receiver leaves as well. */
  drain(): void {
    const { sender, transport } = this;
    transport.leave();
    const lose = () => sender.abandonLost();
    lose();
    this.waitUntil(() => sender.idle, Number.POSITIVE_INFINITY, lose);
  }

  /** Fails an operation that only a rank already gone could complete. */
  giveUp(op: Op): void {
    if (this.#hopeless(op, false) !== null) this.#fail(op, false);
  }

  /** The same for a blocking wait on any of `ops`: they fail only if none can complete. */
  giveUpTogether(ops: readonly Op[]): void {
    const allHopeless = () => ops.every((op) => !op.done && this.#hopeless(op, true) !== null);
    if (!allHopeless()) return;
    // What the peers sent before they ended may still be in the rings, and satisfy one of them.
    while (this.progress() > 0);
    if (allHopeless()) for (const op of ops) this.#fail(op, true);
  }

  /**
   * Why no message from `source` (a world rank, or ANY) can come any more, or null while one can. A blocked thread
   * (`blocking`) cannot send to itself either, a rank that tests or awaits still may.
   */
  noSource(source: number, scope: Scope, blocking: boolean): Exception | null {
    const { rank } = this.transport;
    if (source === rank || (source === ANY && scope.size === 1)) {
      if (!blocking || !this.sender.idle) return null;
      return new Exception(
        ERR_PENDING,
        `only rank ${scope.rank} itself could send it, and nothing is under way`,
      );
    }
    if (source !== ANY) {
      if (!this.transport.ended(source)) return null;
      return new Exception(ERR_PROC_FAILED, `rank ${scope.fromWorld(source)} has ended`);
    }
    if (!this.sender.idle) return null;
    for (let member = 0; member < scope.size; member++) {
      const world = scope.toWorld(member);
      if (world !== rank && !this.transport.ended(world)) return null;
    }
    return new Exception(ERR_PROC_FAILED, `all other ranks (0 to ${scope.size - 1}) have ended`);
  }

  /** A tight look at the one ring that matters most. */
  #watch(near: InRing, op: Op): boolean {
    for (let i = 0; i < NEAR_POLLS; i++) {
      if (near.peek() < 0) continue;
      this.transport.drain(near, this.receiver);
      return op.done;
    }
    return false;
  }

  #hopeless(op: Op, blocking: boolean): Exception | null {
    if (op.done || op.scope === null) return null;
    if (op instanceof SendOp) {
      if (!this.transport.leaving(op.dest)) return null;
      return new Exception(ERR_PROC_FAILED, `rank ${op.scope.fromWorld(op.dest)} has ended`);
    }
    const recv = op as RecvOp;
    return this.noSource(recv.matched ? recv.fromWorld : recv.source, op.scope, blocking);
  }

  #fail(op: Op, blocking: boolean): void {
    // What the peer sent before it ended is all in the rings by now.
    while (this.progress() > 0);
    const reason = this.#hopeless(op, blocking);
    if (reason === null) return;
    const detail = reason.message.slice(reason.message.indexOf(': ') + 2);
    const error = new Exception(reason.Get_error_class(), `${op.where} can never complete: ${detail}`);
    if (op instanceof SendOp) this.sender.abandon(op, error, this.transport.ended(op.dest));
    else this.receiver.abandon(op as RecvOp, error);
  }
}
