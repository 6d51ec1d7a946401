/** One round of each collective work of bench/contract.ts, and what its buffers hold. */
import type { MPI } from 'mpi4ts';
import type { CollectiveWork } from '../contract.js';
import type { Pool } from './pool.js';

/** All ranks, and all ranks the other way round. */
export interface Comms {
  readonly forward: MPI.Comm;
  readonly reversed: MPI.Comm;
}

/** Which blocks a buffer of a collective holds, and whose they are. */
export interface Shape {
  /** Whether the buffer of what a rank gives has a block for each rank, or one. */
  readonly sendsAll: boolean;
  readonly receivesAll: boolean;
  /**
   * Whose blocks a result is made of: the root's; each rank's, one after the other; the sum of all ranks'; the sum of those
   * of the ranks up to this one.
   */
  readonly source: 'root' | 'each' | 'all' | 'before';
  /** Only the root has a result. */
  readonly atRoot: boolean;
}

const shape = (source: Shape['source'], more: Partial<Shape> = {}): Shape => ({
  sendsAll: false,
  receivesAll: false,
  atRoot: false,
  source,
  ...more,
});

export const shapes: Readonly<Record<CollectiveWork, Shape>> = {
  bcast: shape('root'),
  reduce: shape('all', { atRoot: true }),
  allreduce: shape('all'),
  'reduce-scatter': shape('all', { sendsAll: true }),
  scan: shape('before'),
  gather: shape('each', { receivesAll: true, atRoot: true }),
  scatter: shape('root', { sendsAll: true }),
  allgather: shape('each', { receivesAll: true }),
  alltoall: shape('each', { sendsAll: true, receivesAll: true }),
};

/** A buffer: of floats for reductions, of bytes for the others. */
export type Bytes = Uint8Array | Float32Array;

/** Calls with the next root, from 0 on, in each round. */
function withRoots(size: number, call: (root: number) => void): () => void {
  let root = 0;
  return () => {
    call(root);
    root = root + 1 === size ? 0 : root + 1;
  };
}

function scan({ forward, reversed }: Comms, send: Pool<Bytes>, recv: Pool<Bytes>): () => void {
  let odd = false;
  return () => {
    (odd ? reversed : forward).Scan(send.next(), recv.next());
    odd = !odd;
  };
}

/** A function that does a rank's part in one round, beginning with round 0. A bcast uses `send` on all ranks. */
export function collectiveRoundOf(
  work: CollectiveWork,
  comms: Comms,
  send: Pool<Bytes>,
  recv: Pool<Bytes>,
): () => void {
  const comm = comms.forward;
  const rooted = (call: (root: number) => void) => withRoots(comm.size, call);
  switch (work) {
    case 'bcast':
      return rooted((root) => comm.Bcast(send.next(), root));
    case 'reduce':
      return rooted((root) => comm.Reduce(send.next(), recv.next(), undefined, root));
    case 'allreduce':
      return () => comm.Allreduce(send.next(), recv.next());
    case 'reduce-scatter':
      return () => comm.Reduce_scatter_block(send.next(), recv.next());
    case 'scan':
      return scan(comms, send, recv);
    case 'gather':
      return rooted((root) => comm.Gather(send.next(), recv.next(), root));
    case 'scatter':
      return rooted((root) => comm.Scatter(send.next(), recv.next(), root));
    case 'allgather':
      return () => comm.Allgather(send.next(), recv.next());
    case 'alltoall':
      return () => comm.Alltoall(send.next(), recv.next());
  }
}
