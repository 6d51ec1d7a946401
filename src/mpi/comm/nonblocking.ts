/** Nonblocking and persistent communication of buffers, and probes (MPI-4.1 §3.7 to §3.9). */
import { ERR_TIMEOUT, Exception } from '../../base/errors.js';
import type { Envelope } from '../../engine/matching.js';
import { aimAt, Mode, Patience, place, RecvOp, SendOp } from '../../engine/ops.js';
import { type CallOptions, checkRecvTag, isRank, isTag, origin } from '../arguments.js';
import { type BufferSpec, Resolved, resolve } from '../buffer.js';
import { ANY_SOURCE, ANY_TAG, PROC_NULL } from '../constants.js';
import { gather } from '../gaps.js';
import { MESSAGE_NO_PROC, Message } from '../message.js';
import { Prequest } from '../prequest.js';
import { Request, SENT } from '../request.js';
import { engine } from '../runtime.js';
import { takeRecv, takeSend } from '../spare-ops.js';
import type { Status } from '../status.js';
import { recvPart, sendPart } from './base.js';
import { CommPointToPoint, sendCopy } from './point-to-point.js';

export class CommNonblocking extends CommPointToPoint {
  /** Starts a standard-mode send (MPI-4.1 §3.7.2); `buf` must not change until the request completes. */
  Isend(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): Request {
    if (
      opts === undefined &&
      isRank(dest, this.peers) &&
      isTag(tag) &&
      engine.shortPath.sendNow(this.toWorld(dest), this.context, tag, buf)
    )
      return new Request(SENT);
    return this.#startSend('Isend', Mode.STANDARD, buf, dest, tag, opts);
  }

  /** Starts a synchronous send: complete once the matching receive has started (MPI-4.1 §3.7.2). */
  Issend(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): Request {
    return this.#startSend('Issend', Mode.SYNCHRONOUS, buf, dest, tag, opts);
  }

  /** Starts a buffered send; the request is complete at once (MPI-4.1 §3.7.2). Errors are those of `Bsend`. */
  Ibsend(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): Request {
    this.enter('Ibsend', opts);
    const part = resolve(sendPart, buf, 'Ibsend', this, 'buf');
    this.launchSend(this.aimSend(new SendOp(), 'Ibsend', Mode.BUFFERED, part, dest, tag));
    return new Request(SENT, null, opts);
  }

  /** Starts a ready send (MPI-4.1 §3.7.2); see `Rsend`. */
  Irsend(buf: BufferSpec, dest: number, tag = 0, opts?: CallOptions): Request {
    return this.#startSend('Irsend', Mode.READY, buf, dest, tag, opts);
  }

  /** Starts a receive (MPI-4.1 §3.7.2); `buf` must not be used until the request completes. */
  Irecv(buf: BufferSpec, source: number = ANY_SOURCE, tag: number = ANY_TAG, opts?: CallOptions): Request {
    if (
      opts === undefined &&
      isRank(source, this.peers) &&
      (isTag(tag) || tag === ANY_TAG) &&
      engine.shortPath.receiveNow(this.toWorld(source), this.context, tag, buf)
    )
      return new Request(null, this.#received(source));
    return this.#startRecv(buf, source, tag, opts);
  }

  #startRecv(buf: BufferSpec, source: number, tag: number, opts: CallOptions | undefined): Request {
    this.enter('Irecv', opts);
    const part = resolve(recvPart, buf, 'Irecv', this, 'buf');
    engine.shortPath.note(part.view, part.bytes);
    const op = this.aimRecv(takeRecv(), 'Irecv', part, source, tag);
    this.launchRecv(op);
    return new Request(null, op, opts);
  }

  /** The operation of a receive that found its message there. */
  #received(source: number): RecvOp {
    const op = takeRecv();
    op.reset();
    op.call = 'Irecv';
    op.scope = this;
    op.fromWorld = this.toWorld(source);
    op.fromTag = engine.shortPath.tag;
    op.bytes = engine.shortPath.bytes;
    op.capacity = op.bytes;
    op.complete();
    return op;
  }

  /** Starts a combined send and receive (MPI-4.1 §3.7.2); the status is that of the receive. */
  Isendrecv(
    sendbuf: BufferSpec,
    dest: number,
    sendtag = 0,
    recvbuf: BufferSpec,
    source: number = ANY_SOURCE,
    recvtag: number = ANY_TAG,
    opts?: CallOptions,
  ): Request {
    this.enter('Isendrecv', opts);
    const outgoing = resolve(sendPart, sendbuf, 'Isendrecv', this, 'sendbuf');
    const incoming = resolve(recvPart, recvbuf, 'Isendrecv', this, 'recvbuf');
    const send = this.aimSend(new SendOp(), 'Isendrecv', Mode.STANDARD, outgoing, dest, sendtag);
    const recv = this.aimRecv(new RecvOp(), 'Isendrecv', incoming, source, recvtag);
    return this.#exchange(send, recv, opts);
  }

  /** Starts a combined send and receive in one memory (MPI-4.1 §3.7.2). */
  Isendrecv_replace(
    buf: BufferSpec,
    dest: number,
    sendtag = 0,
    source: number = ANY_SOURCE,
    recvtag: number = ANY_TAG,
    opts?: CallOptions,
  ): Request {
    this.enter('Isendrecv_replace', opts);
    const part = resolve(recvPart, buf, 'Isendrecv_replace', this, 'buf');
    const send = this.aimSend(new SendOp(), 'Isendrecv_replace', Mode.STANDARD, part, dest, sendtag);
    const recv = this.aimRecv(new RecvOp(), 'Isendrecv_replace', part, source, recvtag);
    sendCopy(send);
    return this.#exchange(send, recv, opts);
  }

  /** A persistent standard-mode send, inactive until `Start` (MPI-4.1 §3.9). */
  Send_init(buf: BufferSpec, dest: number, tag = 0): Prequest {
    return this.#persistentSend('Send_init', Mode.STANDARD, buf, dest, tag);
  }

  /** A persistent synchronous send (MPI-4.1 §3.9). */
  Ssend_init(buf: BufferSpec, dest: number, tag = 0): Prequest {
    return this.#persistentSend('Ssend_init', Mode.SYNCHRONOUS, buf, dest, tag);
  }

  /** A persistent buffered send (MPI-4.1 §3.9). */
  Bsend_init(buf: BufferSpec, dest: number, tag = 0): Prequest {
    return this.#persistentSend('Bsend_init', Mode.BUFFERED, buf, dest, tag);
  }

  /** A persistent ready send (MPI-4.1 §3.9). */
  Rsend_init(buf: BufferSpec, dest: number, tag = 0): Prequest {
    return this.#persistentSend('Rsend_init', Mode.READY, buf, dest, tag);
  }

  /** A persistent receive (MPI-4.1 §3.9). */
  Recv_init(buf: BufferSpec, source: number = ANY_SOURCE, tag: number = ANY_TAG): Prequest {
    this.enter('Recv_init', undefined);
    const part = resolve(recvPart, buf, 'Recv_init', this, 'buf');
    const op = this.aimRecv(new RecvOp(), 'Recv_init', part, source, tag);
    return new Prequest(op, () => {
      this.enter('Start', undefined);
      this.launchRecv(op);
    });
  }

  /** Waits for a message without receiving it (MPI-4.1 §3.8.1). Returns true; `status` describes the message. */
  Probe(
    source: number = ANY_SOURCE,
    tag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): true {
    const find = () => this.look('Probe', source, tag, false);
    const found = this.awaitMessage('Probe', source, tag, find, opts);
    this.describe(found, status);
    return true;
  }

  /** Whether a message is there, without receiving it (MPI-4.1 §3.8.1). */
  Iprobe(source: number = ANY_SOURCE, tag: number = ANY_TAG, status?: Status | null): boolean {
    this.enter('Iprobe', undefined);
    const found = this.glance('Iprobe', source, tag, false);
    if (found !== null) this.describe(found, status);
    return found !== null;
  }

  /** Waits for a message and takes it out of matching; only the returned `Message` receives it (MPI-4.1 §3.8.2). */
  Mprobe(
    source: number = ANY_SOURCE,
    tag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): Message {
    const take = () => this.look('Mprobe', source, tag, true);
    const found = this.awaitMessage('Mprobe', source, tag, take, opts);
    this.describe(found, status);
    return found === PROC_NULL ? MESSAGE_NO_PROC : new Message(this, found);
  }

  /** Like `Mprobe`, but null if no message is there (MPI-4.1 §3.8.2). */
  Improbe(source: number = ANY_SOURCE, tag: number = ANY_TAG, status?: Status | null): Message | null {
    this.enter('Improbe', undefined);
    const found = this.glance('Improbe', source, tag, true);
    if (found === null) return null;
    this.describe(found, status);
    return found === PROC_NULL ? MESSAGE_NO_PROC : new Message(this, found);
  }

  /** @internal A message that fits, PROC_NULL, or null. */
  protected look(
    call: string,
    source: number,
    tag: number,
    take: boolean,
  ): Envelope | typeof PROC_NULL | null {
    const world = origin(this, call, source);
    checkRecvTag(this, call, tag);
    if (world === PROC_NULL) return PROC_NULL;
    const { receiver } = engine;
    return take ? receiver.take(this.context, world, tag) : receiver.find(this.context, world, tag);
  }

  /** @internal One look that also advances all traffic. */
  protected glance(
    call: string,
    source: number,
    tag: number,
    take: boolean,
  ): Envelope | typeof PROC_NULL | null {
    engine.progress();
    const found = this.look(call, source, tag, take);
    if (found === null) {
      engine.checkAborted();
      engine.breathe();
    }
    return found;
  }

  /** @internal */
  protected awaitMessage(
    call: string,
    source: number,
    tag: number,
    look: () => Envelope | typeof PROC_NULL | null,
    opts: CallOptions | undefined,
  ): Envelope | typeof PROC_NULL {
    const deadline = this.enter(call, opts);
    let found = look();
    const ready = () => {
      found ??= look();
      return found !== null;
    };
    const giveUp = () => {
      const from = origin(this, call, source);
      const reason = engine.noSource(from, this, Patience.BLOCKED);
      if (reason === null) return;
      engine.catchUp(from);
      if (ready()) return;
      throw new Exception(
        reason.Get_error_class(),
        `${place(call, this)} can never complete: ${reason.message}`,
      );
    };
    const doing = `${call} on ${this.label} (${aimAt(source, tag)})`;
    const needs = () => {
      // As if it were received.
      const op = this.aimRecv(new RecvOp(), call, null, source, tag);
      return { ops: [op], any: false };
    };
    if (!engine.waitUntil(doing, ready, deadline, giveUp, needs)) {
      throw new Exception(
        ERR_TIMEOUT,
        `${place(call, this)}: no message within ${opts?.timeout} ms (source ${source}, tag ${tag})`,
      );
    }
    return found as unknown as Envelope | typeof PROC_NULL;
  }

  /** @internal */
  protected describe(found: Envelope | typeof PROC_NULL, status: Status | null | undefined): void {
    if (status === null || status === undefined) return;
    if (found === PROC_NULL) status.setNoProcess();
    else status.setMessage(this.fromWorld(found.source), found.tag, found.bytes);
  }

  #startSend(
    call: string,
    mode: number,
    buf: BufferSpec,
    dest: number,
    tag: number,
    opts: CallOptions | undefined,
  ): Request {
    this.enter(call, opts);
    const part = resolve(sendPart, buf, call, this, 'buf');
    if (part.bytes <= engine.sender.eagerBytesMax) engine.shortPath.note(part.view, part.bytes);
    const op = this.aimSend(takeSend(), call, mode, part, dest, tag);
    this.launchSend(op);
    return new Request(op, null, opts);
  }

  #persistentSend(call: string, mode: number, buf: BufferSpec, dest: number, tag: number): Prequest {
    this.enter(call, undefined);
    const part = resolve(sendPart, buf, call, this, 'buf');
    if (mode !== Mode.BUFFERED) {
      const op = this.aimSend(new SendOp(), call, mode, part, dest, tag);
      const kept = part.packing === null ? null : Object.assign(new Resolved(), part);
      return new Prequest(op, () => {
        this.enter('Start', undefined);
        if (kept !== null) gather(op, kept);
        this.launchSend(op);
      });
    }
    // Each start stages a copy of its own; the request itself is complete at once.
    const kept = Object.assign(new Resolved(), part);
    const local = this.aimSend(new SendOp(), call, mode, part, dest, tag);
    return new Prequest(local, () => {
      this.enter('Start', undefined);
      this.launchSend(this.aimSend(new SendOp(), call, mode, kept, dest, tag));
      local.reset();
      local.complete();
    });
  }

  #exchange(send: SendOp, recv: RecvOp, opts: CallOptions | undefined): Request {
    this.launchRecv(recv);
    this.launchSend(send);
    return new Request(send, recv, opts);
  }
}
