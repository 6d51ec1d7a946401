/** Collectives among neighbours: blocking, nonblocking and persistent (MPI-4.1 §8.6 to §8.8). */
import type { CallOptions } from '../arguments.js';
import type { BufferSpec } from '../buffer.js';
import type { TypedVectorSpec } from '../comm/collectives/typed-blocks.js';
import { Intracomm } from '../comm/intracomm.js';
import type { Prequest } from '../prequest.js';
import type { Request } from '../request.js';
import type { VectorSpec } from '../vector-buffer.js';
import * as plan from './neighbour-plans.js';
import type { Neighbours } from './neighbours.js';

export abstract class NeighbourCollectives extends Intracomm {
  /** @internal This rank's neighbours, in the order of the neighbourhood collectives (MPI-4.1 §8.6). */
  abstract get neighbourhood(): Neighbours;

  /**
   * Sends `sendbuf` to every destination; `recvbuf` receives a block from each source, all of equal length (MPI-4.1
   * §8.6.1). Blocks of `MPI.PROC_NULL` stay as they are. ERR_COUNT, ERR_BUFFER.
   */
  Neighbor_allgather(sendbuf: BufferSpec, recvbuf: BufferSpec, opts?: CallOptions): void {
    const around = this.neighbourhood;
    this.runCollective('Neighbor_allgather', opts, (ch) => plan.allgather(ch, around, sendbuf, recvbuf));
  }
  /** Starts a `Neighbor_allgather`; its buffers must not be used until the request completes (MPI-4.1 §8.7). */
  Ineighbor_allgather(sendbuf: BufferSpec, recvbuf: BufferSpec, opts?: CallOptions): Request {
    const around = this.neighbourhood;
    return this.startCollective('Ineighbor_allgather', opts, (ch) =>
      plan.allgather(ch, around, sendbuf, recvbuf),
    );
  }
  /** A `Neighbor_allgather` to be started again and again, by all members (MPI-4.1 §8.8). */
  Neighbor_allgather_init(sendbuf: BufferSpec, recvbuf: BufferSpec, _info?: unknown): Prequest {
    const around = this.neighbourhood;
    return this.initCollective('Neighbor_allgather_init', (ch) =>
      plan.allgather(ch, around, sendbuf, recvbuf),
    );
  }

  /** Like `Neighbor_allgather` with blocks of any length: `recvbuf` is a vector spec of one a source (MPI-4.1 §8.6.1). */
  Neighbor_allgatherv(sendbuf: BufferSpec, recvbuf: VectorSpec, opts?: CallOptions): void {
    const around = this.neighbourhood;
    this.runCollective('Neighbor_allgatherv', opts, (ch) => plan.allgatherv(ch, around, sendbuf, recvbuf));
  }
  /** Starts a `Neighbor_allgatherv`; its buffers must not be used until the request completes (MPI-4.1 §8.7). */
  Ineighbor_allgatherv(sendbuf: BufferSpec, recvbuf: VectorSpec, opts?: CallOptions): Request {
    const around = this.neighbourhood;
    return this.startCollective('Ineighbor_allgatherv', opts, (ch) =>
      plan.allgatherv(ch, around, sendbuf, recvbuf),
    );
  }
  /** A `Neighbor_allgatherv` to be started again and again, by all members (MPI-4.1 §8.8). */
  Neighbor_allgatherv_init(sendbuf: BufferSpec, recvbuf: VectorSpec, _info?: unknown): Prequest {
    const around = this.neighbourhood;
    return this.initCollective('Neighbor_allgatherv_init', (ch) =>
      plan.allgatherv(ch, around, sendbuf, recvbuf),
    );
  }

  /** Sends a block of `sendbuf` to each destination, and receives one from each source, all of equal length (MPI-4.1 §8.6.2). */
  Neighbor_alltoall(sendbuf: BufferSpec, recvbuf: BufferSpec, opts?: CallOptions): void {
    const around = this.neighbourhood;
    this.runCollective('Neighbor_alltoall', opts, (ch) => plan.alltoall(ch, around, sendbuf, recvbuf));
  }
  /** Starts a `Neighbor_alltoall`; its buffers must not be used until the request completes (MPI-4.1 §8.7). */
  Ineighbor_alltoall(sendbuf: BufferSpec, recvbuf: BufferSpec, opts?: CallOptions): Request {
    const around = this.neighbourhood;
    return this.startCollective('Ineighbor_alltoall', opts, (ch) =>
      plan.alltoall(ch, around, sendbuf, recvbuf),
    );
  }
  /** A `Neighbor_alltoall` to be started again and again, by all members (MPI-4.1 §8.8). */
  Neighbor_alltoall_init(sendbuf: BufferSpec, recvbuf: BufferSpec, _info?: unknown): Prequest {
    const around = this.neighbourhood;
    return this.initCollective('Neighbor_alltoall_init', (ch) => plan.alltoall(ch, around, sendbuf, recvbuf));
  }

  /** Like `Neighbor_alltoall` with blocks of any length (MPI-4.1 §8.6.2). */
  Neighbor_alltoallv(sendbuf: VectorSpec, recvbuf: VectorSpec, opts?: CallOptions): void {
    const around = this.neighbourhood;
    this.runCollective('Neighbor_alltoallv', opts, (ch) => plan.alltoallv(ch, around, sendbuf, recvbuf));
  }
  /** Starts a `Neighbor_alltoallv`; its buffers must not be used until the request completes (MPI-4.1 §8.7). */
  Ineighbor_alltoallv(sendbuf: VectorSpec, recvbuf: VectorSpec, opts?: CallOptions): Request {
    const around = this.neighbourhood;
    return this.startCollective('Ineighbor_alltoallv', opts, (ch) =>
      plan.alltoallv(ch, around, sendbuf, recvbuf),
    );
  }
  /** A `Neighbor_alltoallv` to be started again and again, by all members (MPI-4.1 §8.8). */
  Neighbor_alltoallv_init(sendbuf: VectorSpec, recvbuf: VectorSpec, _info?: unknown): Prequest {
    const around = this.neighbourhood;
    return this.initCollective('Neighbor_alltoallv_init', (ch) =>
      plan.alltoallv(ch, around, sendbuf, recvbuf),
    );
  }

  /** Like `Neighbor_alltoallv` with a datatype for each block: `[buffer, counts, displs in bytes, datatypes]` (MPI-4.1 §8.6.2). */
  Neighbor_alltoallw(sendbuf: TypedVectorSpec, recvbuf: TypedVectorSpec, opts?: CallOptions): void {
    const around = this.neighbourhood;
    this.runCollective('Neighbor_alltoallw', opts, (ch) => plan.alltoallw(ch, around, sendbuf, recvbuf));
  }
  /** Starts a `Neighbor_alltoallw`; its buffers must not be used until the request completes (MPI-4.1 §8.7). */
  Ineighbor_alltoallw(sendbuf: TypedVectorSpec, recvbuf: TypedVectorSpec, opts?: CallOptions): Request {
    const around = this.neighbourhood;
    return this.startCollective('Ineighbor_alltoallw', opts, (ch) =>
      plan.alltoallw(ch, around, sendbuf, recvbuf),
    );
  }
  /** A `Neighbor_alltoallw` to be started again and again, by all members (MPI-4.1 §8.8). */
  Neighbor_alltoallw_init(sendbuf: TypedVectorSpec, recvbuf: TypedVectorSpec, _info?: unknown): Prequest {
    const around = this.neighbourhood;
    return this.initCollective('Neighbor_alltoallw_init', (ch) =>
      plan.alltoallw(ch, around, sendbuf, recvbuf),
    );
  }

  /** The sources' objects, in their order; null for `MPI.PROC_NULL`. `sendobj` goes to every destination. */
  neighbor_allgather<T>(sendobj: T, opts?: CallOptions): (T | null)[] {
    const { plan: run, result } = plan.objectAllgather(this.neighbourhood, sendobj);
    this.runCollective('neighbor_allgather', opts, run);
    return result();
  }
  /** Starts a `neighbor_allgather`; `await` or `wait` gives its result. */
  ineighbor_allgather<T>(sendobj: T, opts?: CallOptions): Request<(T | null)[]> {
    const { plan: run, result } = plan.objectAllgather(this.neighbourhood, sendobj);
    return this.startCollective('ineighbor_allgather', opts, run, result);
  }

  /** Like `neighbor_allgather` with an object for each destination; those for `MPI.PROC_NULL` go nowhere. */
  neighbor_alltoall<T>(sendobj: readonly T[], opts?: CallOptions): (T | null)[] {
    const { plan: run, result } = plan.objectAlltoall(this.neighbourhood, sendobj);
    this.runCollective('neighbor_alltoall', opts, run);
    return result();
  }
  /** Starts a `neighbor_alltoall`; `await` or `wait` gives its result. */
  ineighbor_alltoall<T>(sendobj: readonly T[], opts?: CallOptions): Request<(T | null)[]> {
    const { plan: run, result } = plan.objectAlltoall(this.neighbourhood, sendobj);
    return this.startCollective('ineighbor_alltoall', opts, run, result);
  }
}
