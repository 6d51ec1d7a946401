/** The channel of a communicator's collectives: point-to-point in a context of its own. */
import { ERR_COUNT, ERR_TIMEOUT, Exception } from '../../base/errors.js';
import type { Channel } from '../../coll/index.js';
import { Mode, type Op, RecvOp, type Scope, SendOp } from '../../engine/ops.js';
import { engine } from '../runtime.js';

export class CollectiveChannel implements Channel {
  readonly rank: number;
  readonly size: number;
  /** The collective under way, for messages. */
  call = '';
  deadline = Number.POSITIVE_INFINITY;
  readonly #scope: Scope;
  readonly #context: number;
  readonly #started: Op[] = [];
  readonly #spareSends: SendOp[] = [];
  readonly #spareRecvs: RecvOp[] = [];

  constructor(scope: Scope, context: number) {
    this.rank = scope.rank;
    this.size = scope.size;
    this.#scope = scope;
    this.#context = context;
  }

  send(bytes: Uint8Array, dest: number, tag: number): void {
    const world = this.#scope.toWorld(dest);
    if (engine.sender.eager(world, this.#context, tag, bytes, 0, bytes.length)) {
      engine.shortPath.passBy(null);
      return;
    }
    this.#finish(this.#startSend(bytes, dest, tag));
  }

  recv(bytes: Uint8Array, source: number, tag: number): void {
    this.#finish(this.#startRecv(bytes, source, tag));
  }

  sendrecv(out: Uint8Array, dest: number, into: Uint8Array, source: number, tag: number): void {
    const recv = this.#startRecv(into, source, tag);
    const send = this.#startSend(out, dest, tag);
    try {
      this.#finish(send);
    } catch (error) {
      engine.cancel(recv);
      throw error;
    }
    this.#finish(recv);
  }

  isend(bytes: Uint8Array, dest: number, tag: number): void {
    this.#started.push(this.#startSend(bytes, dest, tag));
  }

  irecv(bytes: Uint8Array, source: number, tag: number): void {
    this.#started.push(this.#startRecv(bytes, source, tag));
  }

  waitall(): void {
    for (const op of this.#started) this.#finish(op);
    this.#started.length = 0;
  }

  /** Withdraws what a collective that failed has left behind. */
  abandon(): void {
    for (const op of this.#started) engine.cancel(op);
    this.#started.length = 0;
  }

  #startSend(bytes: Uint8Array, dest: number, tag: number): SendOp {
    const op = this.#aim(this.#spareSends.pop() ?? new SendOp(), bytes, tag);
    op.dest = this.#scope.toWorld(dest);
    op.bytes = bytes.length;
    op.mode = Mode.STANDARD;
    op.reset();
    engine.sender.start(op);
    return op;
  }

  #startRecv(bytes: Uint8Array, source: number, tag: number): RecvOp {
    const op = this.#aim(this.#spareRecvs.pop() ?? new RecvOp(), bytes, tag);
    op.source = this.#scope.toWorld(source);
    op.capacity = bytes.length;
    op.reset();
    engine.receiver.post(op);
    return op;
  }

  #aim<T extends Op>(op: T, bytes: Uint8Array, tag: number): T {
    op.call = this.call;
    op.collective = true;
    op.scope = this.#scope;
    op.context = this.#context;
    op.tag = tag;
    op.view = bytes;
    op.offset = 0;
    return op;
  }

  #finish(op: Op): void {
    let inTime = false;
    try {
      inTime = engine.wait(op, this.deadline);
    } finally {
      if (!inTime) engine.withdraw(op);
    }
    if (!inTime) {
      throw new Exception(
        ERR_TIMEOUT,
        `${op.where}: not complete in time; collectives on this communicator cannot be used any more`,
      );
    }
    if (op.error !== null) throw op.error;
    if (op instanceof RecvOp) this.#checkLength(op);
    op.forget();
    if (op instanceof RecvOp) this.#spareRecvs.push(op);
    else this.#spareSends.push(op as SendOp);
  }

  #checkLength(op: RecvOp): void {
    if (op.bytes === op.capacity) return;
    throw new Exception(
      ERR_COUNT,
      `${op.where}: rank ${this.#scope.fromWorld(op.fromWorld)} sent ${op.bytes} bytes where ${op.capacity} were ` +
        'expected: all ranks must pass matching counts',
    );
  }
}
