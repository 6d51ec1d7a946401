/** Collective communication of buffers (MPI-4.1 §6). Every member calls it, with matching arguments. */
import { ERR_COMM, ERR_COUNT, ERR_TYPE, Exception } from '../../base/errors.js';
import * as coll from '../../coll/index.js';
import { place } from '../../engine/ops.js';
import { type CallOptions, checkRoot } from '../arguments.js';
import { type BufferSpec, Resolved, resolve } from '../buffer.js';
import { IN_PLACE, type InPlace } from '../constants.js';
import { type Op, SUM } from '../op.js';
import { resolveVector, type VectorSpec } from '../vector-buffer.js';
import { CollectiveChannel } from './channel.js';
import { CommObjects } from './objects.js';

const first = new Resolved();
const second = new Resolved();

export class CommCollectives extends CommObjects {
  #channel: CollectiveChannel | undefined;
  /** Set once a collective ended half-way: its messages may still be about. */
  #broken = false;

  /** Returns when every member has called it (MPI-4.1 §6.3). */
  Barrier(opts?: CallOptions): void {
    const channel = this.#begin('Barrier', opts);
    this.#run(channel, () => coll.barrier(channel));
  }

  /** Copies `buf` of the root into `buf` of every member (MPI-4.1 §6.4). */
  Bcast(buf: BufferSpec, root = 0, opts?: CallOptions): void {
    const channel = this.#begin('Bcast', opts);
    checkRoot(this, 'Bcast', root);
    const bytes = this.#bytes(first, buf, 'Bcast', 'buf');
    this.#run(channel, () => coll.bcast(channel, bytes, root));
  }

  /**
   * Member i receives the i-th of `size` equal blocks of the root's `sendbuf` (MPI-4.1 §6.6). `sendbuf` is looked at
   * on the root only; the root may pass `MPI.IN_PLACE` as `recvbuf`.
   */
  Scatter(sendbuf: BufferSpec | null, recvbuf: BufferSpec | InPlace, root = 0, opts?: CallOptions): void {
    const channel = this.#begin('Scatter', opts);
    checkRoot(this, 'Scatter', root);
    const isRoot = this.rank === root;
    const send = isRoot ? this.#bytes(first, sendbuf as BufferSpec, 'Scatter', 'sendbuf') : null;
    const recv = this.#orInPlace(second, recvbuf, isRoot, 'Scatter', 'recvbuf');
    if (send !== null) this.#checkBlocks('Scatter', 'sendbuf', send, recv);
    this.#run(channel, () => coll.scatter(channel, send, recv, root));
  }

  /** Like `Scatter` with blocks of any length: the root's `sendbuf` is a vector spec (MPI-4.1 §6.6). */
  Scatterv(sendbuf: VectorSpec | null, recvbuf: BufferSpec | InPlace, root = 0, opts?: CallOptions): void {
    const channel = this.#begin('Scatterv', opts);
    checkRoot(this, 'Scatterv', root);
    const isRoot = this.rank === root;
    const send = isRoot ? resolveVector(sendbuf as VectorSpec, 'Scatterv', this, 'sendbuf') : null;
    const recv = this.#orInPlace(second, recvbuf, isRoot, 'Scatterv', 'recvbuf');
    if (send !== null) this.#checkOwn('Scatterv', 'sendbuf', send.counts[root], recv, 'recvbuf');
    this.#run(channel, () =>
      coll.scatterv(channel, send?.bytes ?? null, send?.counts ?? null, send?.displs ?? null, recv, root),
    );
  }

  /**
   * The root's `recvbuf` receives the members' blocks in rank order (MPI-4.1 §6.5). `recvbuf` is looked at on the
   * root only; the root may pass `MPI.IN_PLACE` as `sendbuf`.
   */
  Gather(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    root = 0,
    opts?: CallOptions,
  ): void {
    const channel = this.#begin('Gather', opts);
    checkRoot(this, 'Gather', root);
    const isRoot = this.rank === root;
    const send = this.#orInPlace(first, sendbuf, isRoot, 'Gather', 'sendbuf');
    const recv = isRoot ? this.#bytes(second, recvbuf as BufferSpec, 'Gather', 'recvbuf') : null;
    if (recv !== null) this.#checkBlocks('Gather', 'recvbuf', recv, send);
    this.#run(channel, () => coll.gather(channel, send, recv, root));
  }

  /** Like `Gather` with blocks of any length: the root's `recvbuf` is a vector spec (MPI-4.1 §6.5). */
  Gatherv(
    sendbuf: BufferSpec | InPlace,
    recvbuf: VectorSpec | null = null,
    root = 0,
    opts?: CallOptions,
  ): void {
    const channel = this.#begin('Gatherv', opts);
    checkRoot(this, 'Gatherv', root);
    const isRoot = this.rank === root;
    const send = this.#orInPlace(first, sendbuf, isRoot, 'Gatherv', 'sendbuf');
    const recv = isRoot ? resolveVector(recvbuf as VectorSpec, 'Gatherv', this, 'recvbuf') : null;
    if (recv !== null) this.#checkOwn('Gatherv', 'recvbuf', recv.counts[root], send, 'sendbuf');
    this.#run(channel, () =>
      coll.gatherv(channel, send, recv?.bytes ?? null, recv?.counts ?? null, recv?.displs ?? null, root),
    );
    recv?.land();
  }

  /** Combines the members' `sendbuf` element by element into the root's `recvbuf` (MPI-4.1 §6.9.1). */
  Reduce(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    op: Op = SUM,
    root = 0,
    opts?: CallOptions,
  ): void {
    const channel = this.#begin('Reduce', opts);
    checkRoot(this, 'Reduce', root);
    const isRoot = this.rank === root;
    const recv = isRoot ? this.#bytes(second, recvbuf as BufferSpec, 'Reduce', 'recvbuf') : null;
    const send = this.#orInPlace(first, sendbuf, isRoot, 'Reduce', 'sendbuf');
    if (recv !== null && send !== null) this.#checkOwn('Reduce', 'recvbuf', recv.length, send, 'sendbuf');
    const { datatype } = send === null ? second : first;
    const reducer = op.reducer(datatype, place('Reduce', this));
    this.#run(channel, () => coll.reduce(channel, send ?? (recv as Uint8Array), recv, reducer, root));
  }

  /** Combines the members' `sendbuf` element by element into every `recvbuf`, the same bits everywhere (§6.9.6). */
  Allreduce(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, opts?: CallOptions): void {
    const channel = this.#begin('Allreduce', opts);
    const recv = this.#bytes(second, recvbuf, 'Allreduce', 'recvbuf');
    const send = this.#orInPlace(first, sendbuf, true, 'Allreduce', 'sendbuf');
    if (send !== null) this.#checkOwn('Allreduce', 'recvbuf', recv.length, send, 'sendbuf');
    const reducer = op.reducer(second.datatype, place('Allreduce', this));
    this.#run(channel, () => coll.allreduce(channel, send ?? recv, recv, reducer));
  }

  #begin(call: string, opts: CallOptions | undefined): CollectiveChannel {
    const deadline = this.enter(call, opts);
    if (this.#broken) {
      throw new Exception(
        ERR_COMM,
        `${place(call, this)}: an earlier collective on this communicator ended half-way; no further one can be used`,
      );
    }
    this.#channel ??= new CollectiveChannel(this, this.context + 1);
    this.#channel.call = call;
    this.#channel.deadline = deadline;
    return this.#channel;
  }

  #run(channel: CollectiveChannel, body: () => void): void {
    let whole = false;
    try {
      body();
      whole = true;
    } finally {
      if (!whole) {
        this.#broken = true;
        channel.abandon();
      }
    }
  }

  #bytes(into: Resolved, spec: BufferSpec, call: string, role: string): Uint8Array {
    const { view, offset, bytes, packing } = resolve(into, spec, call, this, role);
    if (packing !== null)
      throw new Exception(ERR_TYPE, `${place(call, this)}: ${role} has a datatype with gaps`);
    return new Uint8Array(view.buffer, view.byteOffset + offset, bytes);
  }

  /** The bytes of a buffer, or null for IN_PLACE where that is allowed. */
  #orInPlace(
    into: Resolved,
    spec: BufferSpec | InPlace,
    allowed: boolean,
    call: string,
    role: string,
  ): Uint8Array | null {
    if (spec === IN_PLACE && allowed) return null;
    return this.#bytes(into, spec as BufferSpec, call, role);
  }

  #checkBlocks(call: string, role: string, all: Uint8Array, own: Uint8Array | null): void {
    const block = all.length / this.size;
    if (Number.isInteger(block) && (own === null || own.length === block)) return;
    const blocks = own === null ? `${this.size} equal blocks` : `${this.size} blocks of ${own.length} bytes`;
    throw new Exception(
      ERR_COUNT,
      `${place(call, this)}: ${role} has ${all.length} bytes, which is not ${blocks}`,
    );
  }

  #checkOwn(call: string, role: string, needed: number, own: Uint8Array | null, ownRole: string): void {
    if (own === null || own.length === needed) return;
    throw new Exception(
      ERR_COUNT,
      `${place(call, this)}: ${role} has ${needed} bytes for this rank, but ${ownRole} has ${own.length}`,
    );
  }
}
