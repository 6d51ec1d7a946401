/** Collectives with a root, and Barrier: blocking, nonblocking and persistent (MPI-4.1 §6.3 to §6.6, §6.12, §6.13). */
import type { CallOptions } from '../../arguments.js';
import type { BufferSpec } from '../../buffer.js';
import type { InPlace } from '../../constants.js';
import type { Prequest } from '../../prequest.js';
import type { Request } from '../../request.js';
import type { VectorSpec } from '../../vector-buffer.js';
import { type Plans, plansOfOne } from './plans.js';
import { CommSchedules } from './schedules.js';

export class CommRooted extends CommSchedules {
  /** @internal How its collectives run: of one group. */
  protected get plans(): Plans {
    return plansOfOne;
  }

  /** Returns when every member has called it (MPI-4.1 §6.3). */
  Barrier(opts?: CallOptions): void {
    if (opts === undefined && this.short?.barrier()) return;
    this.runCollective('Barrier', opts, this.plans.barrier);
  }
  /** Starts a `Barrier`: complete once every member has called it (MPI-4.1 §6.12). */
  Ibarrier(opts?: CallOptions): Request {
    return this.startCollective('Ibarrier', opts, this.plans.barrier);
  }
  /** A `Barrier` to be started again and again, by all members (MPI-4.1 §6.13). */
  Barrier_init(_info?: unknown): Prequest {
    return this.initCollective('Barrier_init', this.plans.barrier);
  }

  /** Copies `buf` of the root into `buf` of every member (MPI-4.1 §6.4). */
  Bcast(buf: BufferSpec, root = 0, opts?: CallOptions): void {
    if (opts === undefined && this.short?.bcast(buf, root)) return;
    this.runCollective('Bcast', opts, (ch) => this.plans.bcast(ch, buf, root));
  }
  /** Starts a `Bcast`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Ibcast(buf: BufferSpec, root = 0, opts?: CallOptions): Request {
    return this.startCollective('Ibcast', opts, (ch) => this.plans.bcast(ch, buf, root));
  }
  /** A `Bcast` to be started again and again, by all members (MPI-4.1 §6.13). */
  Bcast_init(buf: BufferSpec, root = 0, _info?: unknown): Prequest {
    return this.initCollective('Bcast_init', (ch) => this.plans.bcast(ch, buf, root));
  }

  /**
   * The root's `recvbuf` receives the members' blocks, of equal length, in rank order (MPI-4.1 §6.5). `recvbuf` is looked at
   * on the root only; the root may pass `MPI.IN_PLACE` as `sendbuf`.
   */
  Gather(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    root = 0,
    opts?: CallOptions,
  ): void {
    this.runCollective('Gather', opts, (ch) => this.plans.gather(ch, sendbuf, recvbuf, root));
  }
  /** Starts a `Gather`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Igather(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    root = 0,
    opts?: CallOptions,
  ): Request {
    return this.startCollective('Igather', opts, (ch) => this.plans.gather(ch, sendbuf, recvbuf, root));
  }
  /** A `Gather` to be started again and again, by all members (MPI-4.1 §6.13). */
  Gather_init(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    root = 0,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Gather_init', (ch) => this.plans.gather(ch, sendbuf, recvbuf, root));
  }

  /** Like `Gather` with blocks of any length: the root's `recvbuf` is a vector spec (MPI-4.1 §6.5). */
  Gatherv(
    sendbuf: BufferSpec | InPlace,
    recvbuf: VectorSpec | null = null,
    root = 0,
    opts?: CallOptions,
  ): void {
    this.runCollective('Gatherv', opts, (ch) => this.plans.gatherv(ch, sendbuf, recvbuf, root));
  }
  /** Starts a `Gatherv`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Igatherv(
    sendbuf: BufferSpec | InPlace,
    recvbuf: VectorSpec | null = null,
    root = 0,
    opts?: CallOptions,
  ): Request {
    return this.startCollective('Igatherv', opts, (ch) => this.plans.gatherv(ch, sendbuf, recvbuf, root));
  }
  /** A `Gatherv` to be started again and again, by all members (MPI-4.1 §6.13). */
  Gatherv_init(
    sendbuf: BufferSpec | InPlace,
    recvbuf: VectorSpec | null = null,
    root = 0,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Gatherv_init', (ch) => this.plans.gatherv(ch, sendbuf, recvbuf, root));
  }

  /**
   * Member i receives the i-th of `size` equal blocks of the root's `sendbuf` (MPI-4.1 §6.6). `sendbuf` is looked at on the
   * root only; the root may pass `MPI.IN_PLACE` as `recvbuf`.
   */
  Scatter(sendbuf: BufferSpec | null, recvbuf: BufferSpec | InPlace, root = 0, opts?: CallOptions): void {
    this.runCollective('Scatter', opts, (ch) => this.plans.scatter(ch, sendbuf, recvbuf, root));
  }
  /** Starts a `Scatter`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Iscatter(sendbuf: BufferSpec | null, recvbuf: BufferSpec | InPlace, root = 0, opts?: CallOptions): Request {
    return this.startCollective('Iscatter', opts, (ch) => this.plans.scatter(ch, sendbuf, recvbuf, root));
  }
  /** A `Scatter` to be started again and again, by all members (MPI-4.1 §6.13). */
  Scatter_init(
    sendbuf: BufferSpec | null,
    recvbuf: BufferSpec | InPlace,
    root = 0,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Scatter_init', (ch) => this.plans.scatter(ch, sendbuf, recvbuf, root));
  }

  /** Like `Scatter` with blocks of any length: the root's `sendbuf` is a vector spec (MPI-4.1 §6.6). */
  Scatterv(sendbuf: VectorSpec | null, recvbuf: BufferSpec | InPlace, root = 0, opts?: CallOptions): void {
    this.runCollective('Scatterv', opts, (ch) => this.plans.scatterv(ch, sendbuf, recvbuf, root));
  }
  /** Starts a `Scatterv`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Iscatterv(
    sendbuf: VectorSpec | null,
    recvbuf: BufferSpec | InPlace,
    root = 0,
    opts?: CallOptions,
  ): Request {
    return this.startCollective('Iscatterv', opts, (ch) => this.plans.scatterv(ch, sendbuf, recvbuf, root));
  }
  /** A `Scatterv` to be started again and again, by all members (MPI-4.1 §6.13). */
  Scatterv_init(
    sendbuf: VectorSpec | null,
    recvbuf: BufferSpec | InPlace,
    root = 0,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Scatterv_init', (ch) => this.plans.scatterv(ch, sendbuf, recvbuf, root));
  }
}
