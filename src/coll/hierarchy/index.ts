/**
 * Collectives across hosts in two levels: once over the wire for each host, the rest in shared memory.
 *
 *     bcast       root -> a head of each host            -> all ranks of each host
 *     reduce      all ranks of each host -> its head     -> root
 *     allreduce   all ranks of each host -> its head     -> all heads -> all ranks of each host
 *     barrier     the same without bytes
 *
 *     T = T_network(H) + T_memory(P / H), twice T_memory for allreduce and barrier      (H hosts, P ranks)
 *
 * Which algorithm serves a level is chosen as for any call. Source: Kielmann et al., "MagPIe: MPI's collective
 * communication operations for clustered wide area systems", 1999.
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Reducer } from '../reducer.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { isOpen } from '../select.js';
import { type Hosts, levelsOf } from './hosts.js';

export { type Hosts, hostsOf } from './hosts.js';

const NOTHING = new Uint8Array(0);

/** As `coll.bcast`; `hosts` null where there is one level only. */
export function bcast(ch: Channel, hosts: Hosts | null, bytes: Uint8Array, root: number): Schedule {
  return hosts === null || !isOpen('bcast')
    ? flat.bcast(ch, bytes, root)
    : bcastInLevels(ch, hosts, bytes, root);
}

/** As `coll.reduce`. Operands change their order. */
export function reduce(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): Schedule {
  return hosts === null || !reducer.commute || !isOpen('reduce')
    ? flat.reduce(ch, send, recv, reducer, root)
    : reduceInLevels(ch, hosts, send, recv, reducer, root);
}

/** As `coll.allreduce`. Operands change their order. */
export function allreduce(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  return hosts === null || !reducer.commute || !isOpen('allreduce')
    ? flat.allreduce(ch, send, recv, reducer)
    : allreduceInLevels(ch, hosts, send, recv, reducer);
}

/** As `coll.barrier`. */
export function barrier(ch: Channel, hosts: Hosts | null): Schedule {
  return hosts === null || !isOpen('barrier') ? flat.barrier(ch) : barrierInLevels(ch, hosts);
}

function* bcastInLevels(ch: Channel, hosts: Hosts, bytes: Uint8Array, root: number): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  if (far !== null) {
    yield* flat.bcast(far, bytes, top);
    yield;
  }
  yield* flat.bcast(near, bytes, head);
}

function* reduceInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  if (far === null) {
    yield* flat.reduce(near, send, null, reducer, head);
    return;
  }
  const part = takeScratch(send.length);
  yield* flat.reduce(near, send, part, reducer, head);
  yield;
  yield* flat.reduce(far, part, recv, reducer, top);
  yield;
  giveScratch(part);
}

function* allreduceInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  yield* flat.reduce(near, send, far === null ? null : recv, reducer, head);
  yield;
  if (far !== null) {
    yield* flat.allreduce(far, recv, recv, reducer);
    yield;
  }
  yield* flat.bcast(near, recv, head);
}

function* barrierInLevels(ch: Channel, hosts: Hosts): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  yield* flat.gather(near, NOTHING, near.rank === head ? NOTHING : null, head);
  yield;
  if (far !== null) {
    yield* flat.barrier(far);
    yield;
  }
  yield* flat.bcast(near, NOTHING, head);
}
