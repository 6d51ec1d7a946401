/** Messages taken out of matching by Mprobe and Improbe (MPI-4.1 §3.8.2). */
import { ERR_REQUEST, Exception } from '../base/errors.js';
import type { Envelope } from '../engine/matching.js';
import { RecvOp, type Scope } from '../engine/ops.js';
import { type CallOptions, deadlineOf } from './arguments.js';
import { type BufferSpec, Resolved, resolve } from './buffer.js';
import { PROC_NULL } from './constants.js';
import { giveScratch, loadRecv } from './gaps.js';
import { decode } from './objects.js';
import { Request } from './request.js';
import { checkAlive, engine } from './runtime.js';
import { Status } from './status.js';

const part = new Resolved();
const NOWHERE: Scope = {
  label: 'MPI_MESSAGE_NO_PROC',
  rank: 0,
  size: 0,
  peers: 0,
  toWorld: (r) => r,
  fromWorld: (w) => w,
};

/** A message that only `Recv`, `Irecv`, `recv` or `irecv` of this object receives, once. ERR_REQUEST after that. */
export class Message {
  readonly #scope: Scope;
  /** null once received, and for MESSAGE_NO_PROC. */
  #envelope: Envelope | null;
  readonly #noProcess: boolean;

  /** @internal */
  constructor(scope: Scope | null, envelope: Envelope | null) {
    this.#scope = scope ?? NOWHERE;
    this.#envelope = envelope;
    this.#noProcess = envelope === null;
  }

  /** Receives the message into `buf` (MPI-4.1 §3.8.3). Errors are those of `Comm.Recv`. */
  Recv(buf: BufferSpec, status?: Status | null, opts?: CallOptions): Status {
    const op = this.#start('Message.Recv', buf, opts);
    this.#wait(op, opts);
    const target = (status ?? new Status()).setReceived(op);
    giveScratch(op);
    return target;
  }

  /** Starts to receive the message into `buf` (MPI-4.1 §3.8.3). */
  Irecv(buf: BufferSpec, opts?: CallOptions): Request {
    return new Request(null, this.#start('Message.Irecv', buf, opts), opts);
  }

  /** Receives the message's object. */
  recv(status?: Status | null, opts?: CallOptions): unknown {
    const op = this.#start('Message.recv', null, opts);
    this.#wait(op, opts);
    status?.setReceived(op);
    return this.#noProcess ? null : decode(op.view as Uint8Array);
  }

  /** Starts to receive the message's object. */
  irecv(opts?: CallOptions): Request<unknown> {
    const recv = this.#start('Message.irecv', null, opts);
    const result = (op: RecvOp) => (this.#noProcess ? null : decode(op.view as Uint8Array));
    return new Request(null, recv, opts, result);
  }

  #start(call: string, buf: BufferSpec | null, opts: CallOptions | undefined): RecvOp {
    checkAlive(call);
    deadlineOf(call, opts);
    const op = new RecvOp();
    op.call = call;
    op.scope = this.#scope;
    op.allocate = buf === null;
    if (buf !== null) {
      resolve(part, buf, call, this.#scope, 'buf');
      loadRecv(op, part);
    }
    if (this.#noProcess) {
      op.fromWorld = PROC_NULL;
      op.complete();
      return op;
    }
    const envelope = this.#envelope;
    if (envelope === null) throw new Exception(ERR_REQUEST, `${call}: the message has been received already`);
    this.#envelope = null;
    engine.receiver.accept(op, envelope);
    return op;
  }

  #wait(op: RecvOp, opts: CallOptions | undefined): void {
    // Matched already: whatever the timeout, the message is on its way, and giving up would lose it.
    deadlineOf(op.call, opts);
    engine.wait(op);
    if (op.error !== null) throw op.error;
  }
}

/** The message of a matched probe for `MPI.PROC_NULL`: receiving it gives nothing, at once. */
export const MESSAGE_NO_PROC = new Message(null, null);
