/** Reductions: blocking, nonblocking and persistent (MPI-4.1 §6.9 to §6.13). */
import type { CallOptions } from '../../arguments.js';
import type { BufferSpec } from '../../buffer.js';
import type { InPlace } from '../../constants.js';
import { type Op, SUM } from '../../op.js';
import type { Prequest } from '../../prequest.js';
import type { Request } from '../../request.js';
import { CommAll } from './all.js';

export class CommReductions extends CommAll {
  /**
   * Combines the members' `sendbuf` element by element into the root's `recvbuf` (MPI-4.1 §6.9.1). The root may pass
   * `MPI.IN_PLACE` as `sendbuf`.
   */
  Reduce(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    op: Op = SUM,
    root = 0,
    opts?: CallOptions,
  ): void {
    if (opts === undefined && this.short?.reduce(sendbuf, recvbuf, op, root)) return;
    this.runCollective('Reduce', opts, (ch) => this.plans.reduce(ch, sendbuf, recvbuf, op, root));
  }
  /** Starts a `Reduce`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Ireduce(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    op: Op = SUM,
    root = 0,
    opts?: CallOptions,
  ): Request {
    return this.startCollective('Ireduce', opts, (ch) => this.plans.reduce(ch, sendbuf, recvbuf, op, root));
  }
  /** A `Reduce` to be started again and again, by all members (MPI-4.1 §6.13). */
  Reduce_init(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec | null = null,
    op: Op = SUM,
    root = 0,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Reduce_init', (ch) => this.plans.reduce(ch, sendbuf, recvbuf, op, root));
  }

  /** Combines the members' `sendbuf` element by element into every `recvbuf`, the same bits everywhere (MPI-4.1 §6.9.6). */
  Allreduce(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, opts?: CallOptions): void {
    if (opts === undefined && this.short?.allreduce(sendbuf, recvbuf, op)) return;
    this.runCollective('Allreduce', opts, (ch) => this.plans.allreduce(ch, sendbuf, recvbuf, op));
  }
  /** Starts a `Allreduce`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Iallreduce(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, opts?: CallOptions): Request {
    return this.startCollective('Iallreduce', opts, (ch) => this.plans.allreduce(ch, sendbuf, recvbuf, op));
  }
  /** A `Allreduce` to be started again and again, by all members (MPI-4.1 §6.13). */
  Allreduce_init(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    op: Op = SUM,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Allreduce_init', (ch) => this.plans.allreduce(ch, sendbuf, recvbuf, op));
  }

  /**
   * Combines the members' `sendbuf`, of `size` equal blocks; member i receives the i-th of the result (MPI-4.1 §6.10.1). With
   * `MPI.IN_PLACE` as `sendbuf` the operand is all of `recvbuf`, and the result its beginning.
   */
  Reduce_scatter_block(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    op: Op = SUM,
    opts?: CallOptions,
  ): void {
    this.runCollective('Reduce_scatter_block', opts, (ch) =>
      this.plans.reduceScatterBlock(ch, sendbuf, recvbuf, op),
    );
  }
  /** Starts a `Reduce_scatter_block`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Ireduce_scatter_block(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    op: Op = SUM,
    opts?: CallOptions,
  ): Request {
    return this.startCollective('Ireduce_scatter_block', opts, (ch) =>
      this.plans.reduceScatterBlock(ch, sendbuf, recvbuf, op),
    );
  }
  /** A `Reduce_scatter_block` to be started again and again, by all members (MPI-4.1 §6.13). */
  Reduce_scatter_block_init(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    op: Op = SUM,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Reduce_scatter_block_init', (ch) =>
      this.plans.reduceScatterBlock(ch, sendbuf, recvbuf, op),
    );
  }

  /**
   * Like `Reduce_scatter_block` with `recvcounts[i]` elements for member i, by default as many as its `recvbuf` holds
   * (MPI-4.1 §6.10.2).
   */
  Reduce_scatter(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    recvcounts: ArrayLike<number> | null = null,
    op: Op = SUM,
    opts?: CallOptions,
  ): void {
    this.runCollective('Reduce_scatter', opts, (ch) =>
      this.plans.reduceScatter(ch, sendbuf, recvbuf, recvcounts, op),
    );
  }
  /** Starts a `Reduce_scatter`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Ireduce_scatter(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    recvcounts: ArrayLike<number> | null = null,
    op: Op = SUM,
    opts?: CallOptions,
  ): Request {
    return this.startCollective('Ireduce_scatter', opts, (ch) =>
      this.plans.reduceScatter(ch, sendbuf, recvbuf, recvcounts, op),
    );
  }
  /** A `Reduce_scatter` to be started again and again, by all members (MPI-4.1 §6.13). */
  Reduce_scatter_init(
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    recvcounts: ArrayLike<number> | null = null,
    op: Op = SUM,
    _info?: unknown,
  ): Prequest {
    return this.initCollective('Reduce_scatter_init', (ch) =>
      this.plans.reduceScatter(ch, sendbuf, recvbuf, recvcounts, op),
    );
  }

  /** Combines `sendbuf` of members 0 to i into `recvbuf` of member i (MPI-4.1 §6.11.1). */
  Scan(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, opts?: CallOptions): void {
    this.runCollective('Scan', opts, (ch) => this.plans.scan(ch, sendbuf, recvbuf, op));
  }
  /** Starts a `Scan`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Iscan(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, opts?: CallOptions): Request {
    return this.startCollective('Iscan', opts, (ch) => this.plans.scan(ch, sendbuf, recvbuf, op));
  }
  /** A `Scan` to be started again and again, by all members (MPI-4.1 §6.13). */
  Scan_init(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, _info?: unknown): Prequest {
    return this.initCollective('Scan_init', (ch) => this.plans.scan(ch, sendbuf, recvbuf, op));
  }

  /** Combines `sendbuf` of members 0 to i − 1 into `recvbuf` of member i; that of member 0 stays as it is (MPI-4.1 §6.11.2). */
  Exscan(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, opts?: CallOptions): void {
    this.runCollective('Exscan', opts, (ch) => this.plans.exscan(ch, sendbuf, recvbuf, op));
  }
  /** Starts a `Exscan`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Iexscan(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, opts?: CallOptions): Request {
    return this.startCollective('Iexscan', opts, (ch) => this.plans.exscan(ch, sendbuf, recvbuf, op));
  }
  /** A `Exscan` to be started again and again, by all members (MPI-4.1 §6.13). */
  Exscan_init(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, op: Op = SUM, _info?: unknown): Prequest {
    return this.initCollective('Exscan_init', (ch) => this.plans.exscan(ch, sendbuf, recvbuf, op));
  }
}
