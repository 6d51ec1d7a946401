/** Blocking point-to-point communication of buffers (MPI-4.1 §3.2 and §3.4). */
import { ERR_BUFFER, Exception } from '../../base/errors.js';
import { Mode, place, type RecvOp, type SendOp } from '../../engine/ops.js';
import { type CallOptions, checkSendTag, destination, isRank, isTag } from '../arguments.js';
import { type BufferSpec, resolve } from '../buffer.js';
import { ANY_SOURCE, ANY_TAG, PROC_NULL } from '../constants.js';
import { engine } from '../runtime.js';
import { giveRecv, giveSend, takeRecv, takeSend } from '../spare-ops.js';
import { Status } from '../status.js';
import { recvPart, sendPart } from './base.js';
import { CommStart } from './start.js';

export class CommPointToPoint extends CommStart {
  /**
   * Standard-mode send (MPI-4.1 §3.2.1): returns when `buf` may be reused.
   * Throws `ERR_RANK`, `ERR_TAG`, `ERR_BUFFER`, `ERR_COUNT`, `ERR_TYPE`; `ERR_TIMEOUT` once `opts.timeout` ms have
   * passed, the message then being taken back.
   */
  Send(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): void {
    if (
      opts === undefined &&
      isRank(dest, this.peers) &&
      isTag(tag) &&
      engine.shortPath.send(this.toWorld(dest), this, this.context, tag, buf)
    )
      return;
    this.#send(buf, dest, tag, opts);
  }

  /** The general path, a function of its own so that the short one stays small enough to be inlined. */
  #send(buf: BufferSpec, dest: number, tag: number, opts: CallOptions | undefined): void {
    const deadline = this.enter('Send', opts);
    const part = resolve(sendPart, buf, 'Send', this, 'buf');
    const world = destination(this, 'Send', dest);
    checkSendTag(this, 'Send', tag);
    if (world === PROC_NULL) return;
    const { sender, shortPath } = engine;
    if (part.bytes <= sender.eagerBytesMax) shortPath.note(part.view, part.bytes);
    if (part.packing === null && sender.eager(world, this.context, tag, part.view, part.offset, part.bytes)) {
      if (!sender.idle) engine.progress();
      return;
    }
    this.#blockingSend('Send', Mode.STANDARD, dest, tag, deadline, opts);
  }

  /** Synchronous send (MPI-4.1 §3.4): returns when the matching receive has started. */
  Ssend(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): void {
    const deadline = this.enter('Ssend', opts);
    resolve(sendPart, buf, 'Ssend', this, 'buf');
    this.#blockingSend('Ssend', Mode.SYNCHRONOUS, dest, tag, deadline, opts);
  }

  /** Ready send (MPI-4.1 §3.4): a `Send`, except under `mpirun --check`, where no posted receive is an error. */
  Rsend(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): void {
    const deadline = this.enter('Rsend', opts);
    resolve(sendPart, buf, 'Rsend', this, 'buf');
    this.#blockingSend('Rsend', Mode.READY, dest, tag, deadline, opts);
  }

  /**
   * Buffered send (MPI-4.1 §3.4): copies the message into the attached buffer and returns. Throws `ERR_BUFFER`, with
   * nothing sent, if no buffer is attached or the message does not fit.
   */
  Bsend(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): void {
    this.enter('Bsend', opts);
    const part = resolve(sendPart, buf, 'Bsend', this, 'buf');
    this.launchSend(this.aimSend(takeSend(), 'Bsend', Mode.BUFFERED, part, dest, tag));
    if (!engine.sender.idle) engine.progress();
  }

  /**
   * Receives a message (MPI-4.1 §3.2.4) into `buf`, which may be longer. Returns `status`, or a new one. Throws
   * `ERR_TRUNCATE` if the message is longer than `buf` (nothing is written past its end), `ERR_TIMEOUT` once
   * `opts.timeout` ms have passed (no message is lost), `ERR_PROC_FAILED` if the source has ended.
   */
  Recv(
    buf: BufferSpec,
    source: number = ANY_SOURCE,
    tag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): Status {
    if (
      opts === undefined &&
      isRank(source, this.peers) &&
      (isTag(tag) || tag === ANY_TAG) &&
      engine.shortPath.receive(this.toWorld(source), this.context, tag, buf)
    ) {
      const { shortPath } = engine;
      return (status ?? new Status()).setMessage(source, shortPath.tag, shortPath.bytes);
    }
    return this.#recv(buf, source, tag, status, opts);
  }

  #recv(
    buf: BufferSpec,
    source: number,
    tag: number,
    status: Status | null | undefined,
    opts: CallOptions | undefined,
  ): Status {
    const deadline = this.enter('Recv', opts);
    const part = resolve(recvPart, buf, 'Recv', this, 'buf');
    engine.shortPath.note(part.view, part.bytes);
    const op = this.aimRecv(takeRecv(), 'Recv', part, source, tag);
    this.launchRecv(op);
    return this.#completeRecv(op, deadline, status, opts);
  }

  /** Sends and receives at once, without deadlock (MPI-4.1 §3.2.7). The buffers must not overlap. */
  Sendrecv(
    sendbuf: BufferSpec,
    dest: number,
    sendtag = 0,
    recvbuf: BufferSpec,
    source: number = ANY_SOURCE,
    recvtag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): Status {
    const deadline = this.enter('Sendrecv', opts);
    const outgoing = resolve(sendPart, sendbuf, 'Sendrecv', this, 'sendbuf');
    const incoming = resolve(recvPart, recvbuf, 'Sendrecv', this, 'recvbuf');
    const send = this.aimSend(takeSend(), 'Sendrecv', Mode.STANDARD, outgoing, dest, sendtag);
    const recv = this.aimRecv(takeRecv(), 'Sendrecv', incoming, source, recvtag);
    return this.#exchangeBuffers(send, recv, deadline, status, opts);
  }

  /** Sends `buf` and receives into the same memory (MPI-4.1 §3.2.7). */
  Sendrecv_replace(
    buf: BufferSpec,
    dest: number,
    sendtag = 0,
    source: number = ANY_SOURCE,
    recvtag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): Status {
    const deadline = this.enter('Sendrecv_replace', opts);
    const part = resolve(recvPart, buf, 'Sendrecv_replace', this, 'buf');
    const send = this.aimSend(takeSend(), 'Sendrecv_replace', Mode.STANDARD, part, dest, sendtag);
    const recv = this.aimRecv(takeRecv(), 'Sendrecv_replace', part, source, recvtag);
    sendCopy(send);
    return this.#exchangeBuffers(send, recv, deadline, status, opts);
  }

  #exchangeBuffers(
    send: SendOp,
    recv: RecvOp,
    deadline: number,
    status: Status | null | undefined,
    opts: CallOptions | undefined,
  ): Status {
    this.exchange(send, recv, deadline, opts);
    giveSend(send);
    return this.#completeRecv(recv, deadline, status, opts);
  }

  #blockingSend(
    call: string,
    mode: number,
    dest: number,
    tag: number,
    deadline: number,
    opts: CallOptions | undefined,
  ): void {
    const op = this.aimSend(takeSend(), call, mode, sendPart, dest, tag);
    op.blocking = true;
    this.launchSend(op);
    this.awaitSend(op, deadline, opts);
    giveSend(op);
  }

  #completeRecv(
    op: RecvOp,
    deadline: number,
    status: Status | null | undefined,
    opts: CallOptions | undefined,
  ): Status {
    const target = status ?? new Status();
    this.awaitRecv(op, deadline, opts);
    target.setReceived(op);
    giveRecv(op);
    return target;
  }
}

/** Has a send send its bytes as they are now, whatever becomes of its buffer. */
export function sendCopy(send: SendOp): void {
  // Packed bytes are a copy.
  if (send.scratch !== null) return;
  const copy = new Uint8Array(send.bytes);
  if (send.bytes > 0 && send.view.byteLength < send.offset + send.bytes) {
    throw new Exception(ERR_BUFFER, `${place(send.call, send.scope as CommStart)}: the buffer is detached`);
  }
  if (send.bytes > 0) engine.transport.copier.local(copy, 0, send.view, send.offset, send.bytes);
  send.view = copy;
  send.offset = 0;
}
