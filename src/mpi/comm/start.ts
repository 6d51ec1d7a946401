/** Starts operations on a communicator: the one place where the calls meet the engine. */
import { ERR_TIMEOUT, Exception } from '../../base/errors.js';
import { Mode, type RecvOp, type SendOp } from '../../engine/ops.js';
import { type CallOptions, checkRecvTag, checkSendTag, destination, origin } from '../arguments.js';
import type { Resolved } from '../buffer.js';
import { PROC_NULL } from '../constants.js';
import { giveScratch, loadRecv, loadSend } from '../gaps.js';
import { engine } from '../runtime.js';
import { CommBase } from './base.js';

export class CommStart extends CommBase {
  /** @internal Fills a send operation. */
  protected aimSend(
    op: SendOp,
    call: string,
    mode: number,
    part: Resolved,
    dest: number,
    tag: number,
  ): SendOp {
    op.dest = destination(this, call, dest);
    checkSendTag(this, call, tag);
    op.call = call;
    op.scope = this;
    op.context = this.context;
    op.mode = mode;
    op.blocking = false;
    op.tag = tag;
    loadSend(op, part);
    return op;
  }

  /** @internal Fills a receive operation; `part` null receives a message of any length into fresh memory. */
  protected aimRecv(op: RecvOp, call: string, part: Resolved | null, source: number, tag: number): RecvOp {
    op.source = origin(this, call, source);
    checkRecvTag(this, call, tag);
    op.call = call;
    op.scope = this;
    op.context = this.context;
    op.tag = tag;
    op.allocate = part === null;
    if (part !== null) loadRecv(op, part);
    return op;
  }

  /** @internal Starts a filled send. */
  protected launchSend(op: SendOp): void {
    op.reset();
    if (op.dest === PROC_NULL) op.complete();
    else if (op.mode === Mode.BUFFERED) {
      this.stagingPlace.stage(op, this);
      giveScratch(op);
      engine.sender.start(op);
    } else engine.sender.start(op);
  }

  /** @internal Starts a filled receive. */
  protected launchRecv(op: RecvOp): void {
    op.reset();
    if (op.source === PROC_NULL) {
      op.fromWorld = PROC_NULL;
      if (op.allocate) op.capacity = 0;
      op.complete();
    } else engine.receiver.post(op);
  }

  /** @internal Waits for a blocking call's send; takes it back when the time is up. */
  protected awaitSend(op: SendOp, deadline: number, opts: CallOptions | undefined): void {
    this.#await(op, deadline, opts);
    if (op.error !== null) throw op.error;
  }

  /** @internal Waits for a blocking call's receive; withdraws it when the time is up. */
  protected awaitRecv(op: RecvOp, deadline: number, opts: CallOptions | undefined): void {
    this.#await(op, deadline, opts);
    if (op.error !== null) throw op.error;
  }

  /** @internal Starts both halves of an exchange and waits for the send; the receive is then to be waited for. */
  protected exchange(send: SendOp, recv: RecvOp, deadline: number, opts: CallOptions | undefined): void {
    send.blocking = true;
    this.launchRecv(recv);
    this.launchSend(send);
    try {
      this.awaitSend(send, deadline, opts);
    } catch (error) {
      // An exchange happens whole or not at all: its receive is withdrawn, or its message put back.
      if (!engine.receiver.cancel(recv)) {
        engine.wait(recv);
        if (recv.error === null && recv.source !== PROC_NULL) engine.receiver.putBack(recv);
      }
      throw error;
    }
  }

  #await(op: SendOp | RecvOp, deadline: number, opts: CallOptions | undefined): void {
    try {
      if (engine.wait(op, deadline)) return;
      engine.cancel(op);
      // What can no longer be taken back is being received: it completes.
      if (!op.done) engine.wait(op);
    } catch (error) {
      // The call is over, however it failed: its buffer is the caller's again.
      engine.withdraw(op);
      throw error;
    }
    if (op.cancelled) throw this.#expired(op, opts);
  }

  #expired(op: SendOp | RecvOp, opts: CallOptions | undefined): Exception {
    return new Exception(
      ERR_TIMEOUT,
      `${op.where}: not complete within ${opts?.timeout} ms (${op.aim}); nothing was lost`,
    );
  }
}
