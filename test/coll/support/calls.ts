/** The collectives of a case: by the algorithm that it names, or across its hosts. */
import * as hierarchy from '../../../src/coll/hierarchy/index.js';
import * as coll from '../../../src/coll/index.js';
import { memory, network } from '../../../src/coll/model.js';
import type { Case } from './cases.js';
import type { PipeChannel } from './channel.js';

type Bytes = Uint8Array | null;
type Reducer = coll.Reducer;
type Reduction = (send: Uint8Array, recv: Uint8Array, reducer: Reducer) => coll.Schedule;

export interface Calls {
  barrier(): coll.Schedule;
  bcast(bytes: Uint8Array, root: number): coll.Schedule;
  gather(send: Bytes, recv: Bytes, root: number): coll.Schedule;
  scatter(send: Bytes, recv: Bytes, root: number): coll.Schedule;
  allgather(send: Bytes, recv: Uint8Array): coll.Schedule;
  allgatherv(send: Bytes, into: readonly Uint8Array[]): coll.Schedule;
  alltoall(send: Bytes, recv: Uint8Array): coll.Schedule;
  reduce(send: Uint8Array, recv: Bytes, reducer: Reducer, root: number): coll.Schedule;
  reduceScatter(
    send: Uint8Array,
    recv: Uint8Array,
    lengths: readonly number[],
    reducer: Reducer,
  ): coll.Schedule;
  readonly allreduce: Reduction;
  readonly scan: Reduction;
  readonly exscan: Reduction;
}

/** Also tells the channel which of its messages go between hosts. */
export function callsOf(ch: PipeChannel, test: Case): Calls {
  ch.hosts = test.hosts ?? null;
  ch.model = test.hosts === undefined ? memory : network;
  return test.hosts === undefined ? byAlgorithm(ch, test.algorithm as never) : acrossHosts(ch, test.hosts);
}

function byAlgorithm(ch: PipeChannel, force: never): Calls {
  return {
    barrier: () => coll.barrier(ch),
    bcast: (bytes, root) => coll.bcast(ch, bytes, root, force),
    gather: (send, recv, root) => coll.gather(ch, send, recv, root, force),
    scatter: (send, recv, root) => coll.scatter(ch, send, recv, root, force),
    allgather: (send, recv) => coll.allgather(ch, send, recv, force),
    allgatherv: (send, into) => coll.allgatherv(ch, send, into, force),
    alltoall: (send, recv) => coll.alltoall(ch, send, recv, force),
    reduce: (send, recv, reducer, root) => coll.reduce(ch, send, recv, reducer, root, force),
    reduceScatter: (send, recv, lengths, reducer) =>
      coll.reduceScatter(ch, send, recv, lengths, reducer, force),
    allreduce: (send, recv, reducer) => coll.allreduce(ch, send, recv, reducer, force),
    scan: (send, recv, reducer) => coll.scan(ch, send, recv, reducer, force),
    exscan: (send, recv, reducer) => coll.exscan(ch, send, recv, reducer, force),
  };
}

function acrossHosts(ch: PipeChannel, of: readonly number[]): Calls {
  const hosts = hierarchy.hostsOf(of, ch.rank);
  return {
    barrier: () => hierarchy.barrier(ch, hosts),
    bcast: (bytes, root) => hierarchy.bcast(ch, hosts, bytes, root),
    gather: (send, recv, root) => hierarchy.gather(ch, hosts, send, recv, root),
    scatter: (send, recv, root) => hierarchy.scatter(ch, hosts, send, recv, root),
    allgather: (send, recv) => hierarchy.allgather(ch, hosts, send, recv),
    allgatherv: (send, into) => hierarchy.allgatherv(ch, hosts, send, into),
    alltoall: (send, recv) => hierarchy.alltoall(ch, hosts, send, recv),
    reduce: (send, recv, reducer, root) => hierarchy.reduce(ch, hosts, send, recv, reducer, root),
    reduceScatter: (send, recv, lengths, reducer) =>
      hierarchy.reduceScatter(ch, hosts, send, recv, lengths, reducer),
    allreduce: (send, recv, reducer) => hierarchy.allreduce(ch, hosts, send, recv, reducer),
    scan: (send, recv, reducer) => hierarchy.scan(ch, hosts, send, recv, reducer),
    exscan: (send, recv, reducer) => hierarchy.exscan(ch, hosts, send, recv, reducer),
  };
}
