/** Collectives from all ranks to all: blocking, nonblocking and persistent (MPI-4.1 §6.7, §6.8, §6.12, §6.13). */
import type { CallOptions } from '../../arguments.js';
import type { BufferSpec } from '../../buffer.js';
import type { InPlace } from '../../constants.js';
import type { Prequest } from '../../prequest.js';
import type { Request } from '../../request.js';
import type { VectorSpec } from '../../vector-buffer.js';
import { CommRooted } from './rooted.js';
import type { TypedVectorSpec } from './typed-blocks.js';

export class CommAll extends CommRooted {
  /**
   * Every `recvbuf` receives the members' blocks, of equal length, in rank order (MPI-4.1 §6.7). With `MPI.IN_PLACE` as
   * `sendbuf` on all members each one's block is in `recvbuf` already.
   */
  Allgather(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, opts?: CallOptions): void {
    if (opts === undefined && this.short?.allgather(sendbuf, recvbuf)) return;
    this.runCollective('Allgather', opts, (ch) => this.plans.allgather(ch, sendbuf, recvbuf));
  }
  /** Starts a `Allgather`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Iallgather(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, opts?: CallOptions): Request {
    return this.startCollective('Iallgather', opts, (ch) => this.plans.allgather(ch, sendbuf, recvbuf));
  }
  /** A `Allgather` to be started again and again, by all members (MPI-4.1 §6.13). */
  Allgather_init(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, _info?: unknown): Prequest {
    return this.initCollective('Allgather_init', (ch) => this.plans.allgather(ch, sendbuf, recvbuf));
  }

  /** Like `Allgather` with blocks of any length: `recvbuf` is a vector spec, with the same counts everywhere (MPI-4.1 §6.7). */
  Allgatherv(sendbuf: BufferSpec | InPlace, recvbuf: VectorSpec, opts?: CallOptions): void {
    this.runCollective('Allgatherv', opts, (ch) => this.plans.allgatherv(ch, sendbuf, recvbuf));
  }
  /** Starts a `Allgatherv`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Iallgatherv(sendbuf: BufferSpec | InPlace, recvbuf: VectorSpec, opts?: CallOptions): Request {
    return this.startCollective('Iallgatherv', opts, (ch) => this.plans.allgatherv(ch, sendbuf, recvbuf));
  }
  /** A `Allgatherv` to be started again and again, by all members (MPI-4.1 §6.13). */
  Allgatherv_init(sendbuf: BufferSpec | InPlace, recvbuf: VectorSpec, _info?: unknown): Prequest {
    return this.initCollective('Allgatherv_init', (ch) => this.plans.allgatherv(ch, sendbuf, recvbuf));
  }

  /**
   * Member j receives as its i-th block the j-th of member i; all are of equal length (MPI-4.1 §6.8). With `MPI.IN_PLACE` as
   * `sendbuf` on all members the blocks of `recvbuf` change places.
   */
  Alltoall(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, opts?: CallOptions): void {
    if (opts === undefined && this.short?.alltoall(sendbuf, recvbuf)) return;
    this.runCollective('Alltoall', opts, (ch) => this.plans.alltoall(ch, sendbuf, recvbuf));
  }
  /** Starts a `Alltoall`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Ialltoall(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, opts?: CallOptions): Request {
    return this.startCollective('Ialltoall', opts, (ch) => this.plans.alltoall(ch, sendbuf, recvbuf));
  }
  /** A `Alltoall` to be started again and again, by all members (MPI-4.1 §6.13). */
  Alltoall_init(sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec, _info?: unknown): Prequest {
    return this.initCollective('Alltoall_init', (ch) => this.plans.alltoall(ch, sendbuf, recvbuf));
  }

  /** Like `Alltoall` with blocks of any length (MPI-4.1 §6.8). */
  Alltoallv(sendbuf: VectorSpec | InPlace, recvbuf: VectorSpec, opts?: CallOptions): void {
    this.runCollective('Alltoallv', opts, (ch) => this.plans.alltoallv(ch, sendbuf, recvbuf));
  }
  /** Starts a `Alltoallv`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Ialltoallv(sendbuf: VectorSpec | InPlace, recvbuf: VectorSpec, opts?: CallOptions): Request {
    return this.startCollective('Ialltoallv', opts, (ch) => this.plans.alltoallv(ch, sendbuf, recvbuf));
  }
  /** A `Alltoallv` to be started again and again, by all members (MPI-4.1 §6.13). */
  Alltoallv_init(sendbuf: VectorSpec | InPlace, recvbuf: VectorSpec, _info?: unknown): Prequest {
    return this.initCollective('Alltoallv_init', (ch) => this.plans.alltoallv(ch, sendbuf, recvbuf));
  }

  /** Like `Alltoallv` with a datatype for each block: `[buffer, counts, displs in bytes, datatypes]` (MPI-4.1 §6.8). */
  Alltoallw(sendbuf: TypedVectorSpec | InPlace, recvbuf: TypedVectorSpec, opts?: CallOptions): void {
    this.runCollective('Alltoallw', opts, (ch) => this.plans.alltoallw(ch, sendbuf, recvbuf));
  }
  /** Starts a `Alltoallw`; its buffers must not be used until the request completes (MPI-4.1 §6.12). */
  Ialltoallw(sendbuf: TypedVectorSpec | InPlace, recvbuf: TypedVectorSpec, opts?: CallOptions): Request {
    return this.startCollective('Ialltoallw', opts, (ch) => this.plans.alltoallw(ch, sendbuf, recvbuf));
  }
  /** A `Alltoallw` to be started again and again, by all members (MPI-4.1 §6.13). */
  Alltoallw_init(sendbuf: TypedVectorSpec | InPlace, recvbuf: TypedVectorSpec, _info?: unknown): Prequest {
    return this.initCollective('Alltoallw_init', (ch) => this.plans.alltoallw(ch, sendbuf, recvbuf));
  }
}
