/**
 * The engine of one rank: progress, waiting, and the life of the runtime. Every blocking call, Test and Probe ends
 * up in `progress`, which advances all outstanding traffic of the rank (MPI-4.1 §3.7.4, the progress rule).
 */
import { ERR_PENDING, ERR_PROC_ABORTED, ERR_PROC_FAILED, Exception } from '../base/errors.js';
import { drainRecordsMax, parkSliceMsMax } from '../base/limits.js';
import type { InRing } from '../transport/ring/in-ring.js';
import { LINE_BYTES, Parked } from '../transport/ring/layout.js';
import { PAYLOAD_AFTER_SLOT } from '../transport/ring/records.js';
import type { RingTransport } from '../transport/ring/transport.js';
import { Awaiting } from './awaiting.js';
import { CompoundOp } from './compound.js';
import { Idle } from './idle.js';
import { ANY, type Op, Patience, RecvOp, type Scope, SendOp } from './ops.js';
import { EAGER_BYTES_NATIVE, EAGER_BYTES_PLAIN } from './protocol.js';
import { Receiver } from './receiver.js';
import { Resumptions } from './resumptions.js';
import { Sender } from './sender.js';
import { ShortPath } from './short-path.js';
import { type Needs, Stall, type Wait } from './stall.js';

/** Looks at the awaited ring between two looks at everything. */
const NEAR_POLLS = 16;
/** The same at a socket, each of which is a system call of 0.25 µs. */
const SOCKET_LOOKS = 4;

export class Engine {
  readonly transport: RingTransport;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly shortPath: ShortPath;
  readonly awaiting: Awaiting;
  readonly resumptions = new Resumptions();
  readonly #idle: Idle;
  readonly #stall: Stall;
  readonly #beforePark: () => void;

  constructor(transport: RingTransport, options: { check: boolean; beforePark: () => void }) {
    this.transport = transport;
    const preferred = transport.native === null ? EAGER_BYTES_PLAIN : EAGER_BYTES_NATIVE;
    const fits = transport.out(0).linesMax * LINE_BYTES - PAYLOAD_AFTER_SLOT;
    this.sender = new Sender(transport, Math.min(preferred, fits), options.check);
    this.receiver = new Receiver(transport, this.sender);
    this.shortPath = new ShortPath(this);
    this.awaiting = new Awaiting(this);
    this.#idle = new Idle(transport);
    this.#stall = new Stall(transport, this.receiver);
    this.#beforePark = options.beforePark;
  }

  /** Advances everything that can be advanced now, but for one ring. Returns how much there was to do. */
  progress(except: InRing | null = null): number {
    const count = this.#transfer(except);
    return this.resumptions.any ? count + this.resumptions.run() : count;
  }

  /** The part of `progress` that runs no function of the user's. */
  #transfer(except: InRing | null): number {
    let count = this.transport.poll(this.receiver, except);
    if (this.transport.slots.anyDone) count += this.sender.settle();
    return count + this.transport.help() + this.sender.push();
  }

  /** Waits until `op` is done. False if `deadline` (on the clock of `performance.now`) passes first. */
  wait(op: Op, deadline = Number.POSITIVE_INFINITY): boolean {
    const near = op instanceof RecvOp && op.source !== ANY ? this.transport.in(op.source) : null;
    const idle = this.#idle;
    idle.restart();
    for (;;) {
      if (op.done || (near !== null && this.#watch(near, op))) {
        this.shortPath.passBy(near);
        return true;
      }
      const news = this.progress() > 0;
      if (op.done) return true;
      if (!idle.rest(news)) continue;
      if (idle.now >= deadline) return false;
      if (idle.due) this.giveUp(op, Patience.BLOCKED);
      if (idle.tired) return this.#sleepFor(op, deadline);
    }
  }

  /**
   * Waits until `ready()`: `doing` tells others for what, and `needs` of whom. `giveUp` runs every so often, to end what
   * cannot happen any more.
   */
  waitUntil(
    doing: string,
    ready: () => boolean,
    deadline: number,
    giveUp: () => void,
    needs?: () => Needs,
  ): boolean {
    this.#idle.restart();
    try {
      return this.#waitOn({ doing, needs }, ready, deadline, giveUp);
    } finally {
      this.#endWait();
    }
  }

  /** A function of its own: closures over `op` in `wait` would be made by every wait, 40 bytes of garbage each. */
  #sleepFor(op: Op, deadline: number): boolean {
    try {
      return this.#waitOn(
        { doing: op.wait, needs: () => ({ ops: [op], any: false }) },
        () => op.done,
        deadline,
        () => this.giveUp(op, Patience.BLOCKED),
      );
    } finally {
      this.#endWait();
    }
  }

  #waitOn(wait: Wait, ready: () => boolean, deadline: number, giveUp: () => void): boolean {
    const idle = this.#idle;
    for (;;) {
      if (idle.tired) this.#park(wait, ready, deadline, giveUp);
      const news = this.progress() > 0;
      if (news) this.#move();
      if (ready()) return true;
      if (!idle.rest(news)) continue;
      if (idle.now >= deadline) return false;
      if (!idle.due) continue;
      this.checkAborted();
      giveUp();
    }
  }

  /** Sleeps until there may be news, for one slice at most. */
  #park(wait: Wait, ready: () => boolean, deadline: number, giveUp: () => void): void {
    this.#beforePark();
    const { transport } = this;
    transport.tell(wait.doing);
    const seen = transport.listen(Parked.ASLEEP);
    let news = true;
    try {
      if (this.#transfer(null) > 0 || this.resumptions.any) this.#stall.moved();
      else if (!ready() && !this.#stalled(wait, seen, ready, deadline, giveUp)) {
        news = transport.sleep(seen, Math.max(0, Math.min(parkSliceMsMax, deadline - performance.now())));
      }
    } finally {
      this.#ignore();
    }
    this.#idle.wake(news);
    this.checkAborted();
  }

  /**
   * Before a rest of a wait that only others can end: tells of it once it has lasted. True if the wait moves after all.
   * What is told stands upon everything before `seen`: also the end of a peer, which `giveUp` looks for.
   */
  #stalled(wait: Wait, seen: number, ready: () => boolean, deadline: number, giveUp: () => void): boolean {
    if (deadline !== Number.POSITIVE_INFINITY || !this.#stall.rests()) return false;
    giveUp();
    if (this.progress() > 0 || ready()) {
      this.#stall.moved();
      return true;
    }
    this.#stall.tell(wait, seen);
    return false;
  }

  #move(): void {
    this.#stall.moved();
    this.#ignore();
  }

  /** Polls again, but for a rank that awaits, or has told of its wait: it listens until something comes. */
  #ignore(): void {
    if (!this.awaiting.active && !this.#stall.told) this.transport.ignore();
  }

  #endWait(): void {
    this.#stall.end();
    this.#ignore();
    this.transport.hush();
  }

  /** After a fruitless Test or Iprobe: on a crowded machine the rank that could make it succeed gets the core. */
  breathe(): void {
    this.#idle.rest(false);
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
    const done = () => sender.idle && (transport.remote?.idle ?? true);
    const needs = () => ({ ops: sender.live, any: false });
    this.waitUntil('Finalize', done, Number.POSITIVE_INFINITY, lose, needs);
  }

  /** Fails an operation that only a rank already gone could complete. Throws if the job was aborted. */
  giveUp(op: Op, patience: Patience): void {
    this.checkAborted();
    if (op instanceof CompoundOp) {
      if (op.running && patience === Patience.BLOCKED)
        throw new Exception(
          ERR_PENDING,
          `${op.where}: waited for by its own operation, without which it cannot end`,
        );
      for (const part of [...op.parts]) this.giveUp(part, patience);
      return;
    }
    if (this.#hopeless(op, patience) === null) return;
    this.#catchUp(op);
    const reason = this.#hopeless(op, patience);
    if (reason === null) return;
    const detail = reason.message.slice(reason.message.indexOf(': ') + 2);
    const error = new Exception(reason.Get_error_class(), `${op.where} can never complete: ${detail}`);
    if (op instanceof SendOp) this.sender.abandon(op, error, this.transport.ended(op.dest));
    else this.receiver.abandon(op as RecvOp, error);
  }

  /**
   * Takes an operation back: it is done and `cancelled` now, or completes instead; of a message in another memory its
   * receiver is asked, and whether it is `cancelled` is known once it is done.
   */
  cancel(op: Op): void {
    if (op instanceof CompoundOp) {
      for (const part of [...op.parts]) this.cancel(part);
    } else if (op instanceof SendOp) this.sender.cancel(op);
    else this.receiver.cancel(op as RecvOp);
  }

  /** `cancel`, for a call that must not return before the buffer is the caller's again. Waits for the receiver's answer. */
  withdraw(op: Op): void {
    this.cancel(op);
    if (op instanceof SendOp && op.recalled && !op.done) this.wait(op);
  }

  /** Like `giveUp` for a blocking wait on any of `ops`: they fail only if none can complete. */
  giveUpTogether(ops: readonly Op[]): void {
    const allHopeless = () => ops.every((op) => !op.done && this.#hopeless(op, Patience.BLOCKED) !== null);
    if (!allHopeless()) return;
    // What the peers sent before they ended may still be in the rings, and satisfy one of them.
    for (const op of ops) this.#catchUp(op);
    if (allHopeless()) for (const op of ops) this.giveUp(op, Patience.BLOCKED);
  }

  /** Takes what ranks that have ended had sent: nothing is added to it, so this ends. */
  catchUp(source: number): void {
    if (source === ANY) while (this.progress() > 0);
    else while (this.transport.drain(this.transport.in(source), this.receiver) > 0);
  }

  /**
   * Why no message from `source` (a world rank, or ANY) can come any more, or null while one can. A blocked thread
   * cannot send to itself either, one that tests still may; one that awaits is not expected to once it is alone.
   */
  noSource(source: number, scope: Scope, patience: Patience): Exception | null {
    const { rank } = this.transport;
    if (source === rank || (source === ANY && scope.peers === 1 && scope.toWorld(0) === rank)) {
      if (patience !== Patience.BLOCKED || !this.sender.idle) return null;
      return new Exception(
        ERR_PENDING,
        `only rank ${scope.rank} itself could send it, and nothing is under way`,
      );
    }
    if (source !== ANY) {
      if (!this.transport.ended(source)) return null;
      return new Exception(ERR_PROC_FAILED, `rank ${scope.fromWorld(source)} has ended`);
    }
    if (patience === Patience.TESTING || !this.sender.idle) return null;
    for (let member = 0; member < scope.peers; member++) {
      const world = scope.toWorld(member);
      if (world !== rank && !this.transport.ended(world)) return null;
    }
    return new Exception(ERR_PROC_FAILED, `all other ranks (0 to ${scope.peers - 1}) have ended`);
  }

  /** A tight look at the one ring that matters most. */
  #watch(near: InRing, op: Op): boolean {
    const { remote } = this.transport;
    if (near.remote && remote !== null) {
      const looks = this.transport.crowded ? 1 : SOCKET_LOOKS;
      remote.drain(near, this.receiver, drainRecordsMax, looks);
      return op.done;
    }
    for (let i = 0; i < NEAR_POLLS; i++) {
      if (near.peek() < 0) continue;
      this.transport.drain(near, this.receiver);
      return op.done;
    }
    return false;
  }

  #hopeless(op: Op, patience: Patience): Exception | null {
    if (op.done || op.scope === null) return null;
    if (op instanceof CompoundOp) return this.#anyHopeless(op.parts, patience);
    if (op instanceof SendOp) {
      if (!this.transport.leaving(op.dest)) return null;
      return new Exception(ERR_PROC_FAILED, `rank ${op.scope.fromWorld(op.dest)} has ended`);
    }
    const recv = op as RecvOp;
    return this.noSource(recv.matched ? recv.fromWorld : recv.source, op.scope, patience);
  }

  #anyHopeless(parts: readonly Op[], patience: Patience): Exception | null {
    for (const part of parts) {
      const reason = this.#hopeless(part, patience);
      if (reason !== null) return reason;
    }
    return null;
  }

  #catchUp(op: Op): void {
    if (op instanceof CompoundOp) for (const part of [...op.parts]) this.#catchUp(part);
    else if (op instanceof SendOp) this.progress();
    else this.catchUp((op as RecvOp).matched ? (op as RecvOp).fromWorld : (op as RecvOp).source);
  }
}
