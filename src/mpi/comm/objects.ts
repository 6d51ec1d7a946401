/** Point-to-point communication of JavaScript objects: the lower-case calls, as mpi4py has them. */
import { Mode, RecvOp, SendOp } from '../../engine/ops.js';
import type { CallOptions } from '../arguments.js';
import { Resolved } from '../buffer.js';
import { ANY_SOURCE, ANY_TAG, PROC_NULL } from '../constants.js';
import type { Message } from '../message.js';
import { decode, encode } from '../objects.js';
import { Request } from '../request.js';
import { giveRecv, giveSend, takeRecv, takeSend } from '../spare-ops.js';
import type { Status } from '../status.js';
import { CommNonblocking } from './nonblocking.js';

const encoded = new Resolved();

/** The object of a completed receive; null from `MPI.PROC_NULL`. */
function objectOf(op: RecvOp): unknown {
  return op.fromWorld === PROC_NULL ? null : decode(op.view as Uint8Array);
}

export class CommObjects extends CommNonblocking {
  /** Sends an object: anything that `structuredClone` takes. Errors are those of `Send`, and `ERR_ARG`. */
  send(obj: unknown, dest: number, tag = 0, opts?: CallOptions): void {
    this.#blocking('send', Mode.STANDARD, obj, dest, tag, opts);
  }

  /** Sends an object; returns when the matching receive has started. */
  ssend(obj: unknown, dest: number, tag = 0, opts?: CallOptions): void {
    this.#blocking('ssend', Mode.SYNCHRONOUS, obj, dest, tag, opts);
  }

  /** Copies an object into the attached buffer and returns; see `Bsend`. */
  bsend(obj: unknown, dest: number, tag = 0, opts?: CallOptions): void {
    this.#buffered('bsend', obj, dest, tag, opts);
  }

  /** Starts to send an object. The object is read at once and may change afterwards. */
  isend(obj: unknown, dest: number, tag = 0, opts?: CallOptions): Request<undefined> {
    return this.#starting('isend', Mode.STANDARD, obj, dest, tag, opts);
  }

  /** Starts a synchronous send of an object. */
  issend(obj: unknown, dest: number, tag = 0, opts?: CallOptions): Request<undefined> {
    return this.#starting('issend', Mode.SYNCHRONOUS, obj, dest, tag, opts);
  }

  /** Starts a buffered send of an object; the request is complete at once. */
  ibsend(obj: unknown, dest: number, tag = 0, opts?: CallOptions): Request<undefined> {
    this.#buffered('ibsend', obj, dest, tag, opts);
    const send = new SendOp();
    send.complete();
    return new Request(send, null, opts, () => undefined);
  }

  /** Receives an object. Null from `MPI.PROC_NULL`. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  recv<T = any>(
    source: number = ANY_SOURCE,
    tag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): T {
    const deadline = this.enter('recv', opts);
    const op = this.aimRecv(takeRecv(), 'recv', null, source, tag);
    this.launchRecv(op);
    this.awaitRecv(op, deadline, opts);
    status?.setReceived(op);
    const object = objectOf(op);
    giveRecv(op);
    return object as T;
  }

  /** Starts to receive an object; `await` or `wait` gives it. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  irecv<T = any>(source: number = ANY_SOURCE, tag: number = ANY_TAG, opts?: CallOptions): Request<T> {
    this.enter('irecv', opts);
    const recv = this.aimRecv(new RecvOp(), 'irecv', null, source, tag);
    this.launchRecv(recv);
    return new Request(null, recv, opts, (op) => objectOf(op) as T);
  }

  /** Sends an object and receives another, without deadlock. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  sendrecv<T = any>(
    sendobj: unknown,
    dest: number,
    sendtag = 0,
    source: number = ANY_SOURCE,
    recvtag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): T {
    const deadline = this.enter('sendrecv', opts);
    const recv = this.aimRecv(new RecvOp(), 'sendrecv', null, source, recvtag);
    const send = this.#aim(new SendOp(), 'sendrecv', Mode.STANDARD, sendobj, dest, sendtag);
    this.exchange(send, recv, deadline, opts);
    this.awaitRecv(recv, deadline, opts);
    status?.setReceived(recv);
    return objectOf(recv) as T;
  }

  /** Waits for a message; see `Probe`. */
  probe(
    source: number = ANY_SOURCE,
    tag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): true {
    return this.Probe(source, tag, status, opts);
  }

  /** Whether a message is there; see `Iprobe`. */
  iprobe(source: number = ANY_SOURCE, tag: number = ANY_TAG, status?: Status | null): boolean {
    return this.Iprobe(source, tag, status);
  }

  /** Waits for a message and takes it out of matching; `Message.recv` gives its object. */
  mprobe(
    source: number = ANY_SOURCE,
    tag: number = ANY_TAG,
    status?: Status | null,
    opts?: CallOptions,
  ): Message {
    return this.Mprobe(source, tag, status, opts);
  }

  /** Like `mprobe`, but null if no message is there. */
  improbe(source: number = ANY_SOURCE, tag: number = ANY_TAG, status?: Status | null): Message | null {
    return this.Improbe(source, tag, status);
  }

  #aim(op: SendOp, call: string, mode: number, obj: unknown, dest: number, tag: number): SendOp {
    encoded.view = encode(obj, call, this);
    encoded.offset = 0;
    encoded.bytes = encoded.view.byteLength;
    return this.aimSend(op, call, mode, encoded, dest, tag);
  }

  #buffered(call: string, obj: unknown, dest: number, tag: number, opts: CallOptions | undefined): void {
    this.enter(call, opts);
    this.launchSend(this.#aim(new SendOp(), call, Mode.BUFFERED, obj, dest, tag));
  }

  #blocking(
    call: string,
    mode: number,
    obj: unknown,
    dest: number,
    tag: number,
    opts: CallOptions | undefined,
  ): void {
    const deadline = this.enter(call, opts);
    const op = this.#aim(takeSend(), call, mode, obj, dest, tag);
    op.blocking = true;
    this.launchSend(op);
    this.awaitSend(op, deadline, opts);
    giveSend(op);
  }

  #starting(
    call: string,
    mode: number,
    obj: unknown,
    dest: number,
    tag: number,
    opts: CallOptions | undefined,
  ): Request<undefined> {
    this.enter(call, opts);
    const send = this.#aim(new SendOp(), call, mode, obj, dest, tag);
    this.launchSend(send);
    return new Request(send, null, opts, () => undefined);
  }
}
