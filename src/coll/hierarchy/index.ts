/**
 * Collectives across hosts in two levels: among the ranks of each host, and among one of each, its head. What one host has
 * for another goes over the wire once, the rest is in shared memory. Which algorithm serves a level is chosen as for any call.
 *
 * `hosts` is null where there is one level only. Then, and where the environment names an algorithm, a call goes as in
 * `coll/index.ts`, whose buffers these take, and so does what would not gain or must not be reordered: the functions say when.
 * Gatherv, scatterv and alltoallv stay there: no rank but the root, or none at all, knows the lengths of the others' blocks.
 *
 * Source: Kielmann et al., "MagPIe: MPI's collective communication operations for clustered wide area systems", 1999.
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Reducer } from '../reducer.js';
import type { Schedule } from '../schedule.js';
import { allgatherInLevels, allgathervInLevels } from './allgather.js';
import { alltoallInLevels, alltoallPays } from './alltoall.js';
import { barrierInLevels } from './barrier.js';
import { bcastInLevels } from './bcast.js';
import { gatherInLevels } from './gather.js';
import { goesInLevels, type Hosts } from './hosts.js';
import { allreduceInLevels, reduceInLevels } from './reduce.js';
import { reduceScatterInLevels } from './reduce-scatter.js';
import { exscanInLevels, scanInLevels } from './scan.js';
import { scatterInLevels } from './scatter.js';

export { type Hosts, hostsOf } from './hosts.js';
export { allgatherAny, allreduceAny, bcastAny, gatherAny, reduceAny, scatterAny } from './objects.js';

/** As `coll.barrier`. */
export function barrier(ch: Channel, hosts: Hosts | null): Schedule {
  return goesInLevels('barrier', hosts) ? barrierInLevels(ch, hosts) : flat.barrier(ch);
}

/** As `coll.bcast`. */
export function bcast(ch: Channel, hosts: Hosts | null, bytes: Uint8Array, root: number): Schedule {
  return goesInLevels('bcast', hosts) ? bcastInLevels(ch, hosts, bytes, root) : flat.bcast(ch, bytes, root);
}

/** As `coll.gather`. */
export function gather(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  return goesInLevels('gather', hosts)
    ? gatherInLevels(ch, hosts, send, recv, root)
    : flat.gather(ch, send, recv, root);
}

/** As `coll.scatter`. */
export function scatter(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  return goesInLevels('scatter', hosts)
    ? scatterInLevels(ch, hosts, send, recv, root)
    : flat.scatter(ch, send, recv, root);
}

/** As `coll.allgather`. */
export function allgather(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array | null,
  recv: Uint8Array,
): Schedule {
  return goesInLevels('allgather', hosts)
    ? allgatherInLevels(ch, hosts, send, recv)
    : flat.allgather(ch, send, recv);
}

/** As `coll.allgatherv`. */
export function allgatherv(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array | null,
  into: readonly Uint8Array[],
): Schedule {
  return goesInLevels('allgatherv', hosts)
    ? allgathervInLevels(ch, hosts, send, into)
    : flat.allgatherv(ch, send, into);
}

/** As `coll.alltoall`. In levels while blocks are short. */
export function alltoall(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array | null,
  recv: Uint8Array,
): Schedule {
  return goesInLevels('alltoall', hosts) && alltoallPays(hosts, ch.model, recv.length / ch.size)
    ? alltoallInLevels(ch, hosts, send, recv)
    : flat.alltoall(ch, send, recv);
}

/** As `coll.reduce`. In levels operands change their order: if the operation commutes. */
export function reduce(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): Schedule {
  return goesInLevels('reduce', hosts) && reducer.commute
    ? reduceInLevels(ch, hosts, send, recv, reducer, root)
    : flat.reduce(ch, send, recv, reducer, root);
}

/** As `coll.allreduce`. In levels if the operation commutes. */
export function allreduce(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  return goesInLevels('allreduce', hosts) && reducer.commute
    ? allreduceInLevels(ch, hosts, send, recv, reducer)
    : flat.allreduce(ch, send, recv, reducer);
}

/** As `coll.reduceScatter`. In levels if the operation commutes, and may see blocks in another place where they have to move. */
export function reduceScatter(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  recv: Uint8Array,
  lengths: readonly number[],
  reducer: Reducer,
): Schedule {
  return goesInLevels('reduce_scatter', hosts) && reducer.commute && (hosts.inOrder || reducer.grain > 0)
    ? reduceScatterInLevels(ch, hosts, send, recv, lengths, reducer)
    : flat.reduceScatter(ch, send, recv, lengths, reducer);
}

/** As `coll.scan`. In levels, with any operation, if each host's ranks follow each other. */
export function scan(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  return goesInLevels('scan', hosts) && hosts.inOrder
    ? scanInLevels(ch, hosts, send, recv, reducer)
    : flat.scan(ch, send, recv, reducer);
}

/** As `coll.exscan`. In levels as `scan`. */
export function exscan(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  return goesInLevels('exscan', hosts) && hosts.inOrder
    ? exscanInLevels(ch, hosts, send, recv, reducer)
    : flat.exscan(ch, send, recv, reducer);
}
