/**
 * Scan and Exscan in two levels: within each host, of the hosts' results among their last ranks, and what the hosts before have
 * come to from there to all ranks of each host.
 *
 *     T = T_memory,scan(P / H) + T_network,exscan(H) + T_memory,bcast(P / H) + m · γ
 *
 * Rank order is kept, also for operations that do not commute, but only where each host's ranks follow each other.
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Reducer } from '../reducer.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Hosts, type Levels, levelsUnder } from './hosts.js';

/** As `coll.scan`, of hosts in order. */
export function* scanInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  const levels = levelsToLast(ch, hosts);
  yield* flat.scan(levels.near, send, recv, reducer);
  yield;
  yield* addHostsBefore(levels, hosts, recv, recv, reducer, true);
}

/** As `coll.exscan`, of hosts in order. */
export function* exscanInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  const levels = levelsToLast(ch, hosts);
  const { near, far } = levels;
  // In place the result is written over the operand.
  const total = takeScratch(far === null ? 0 : send.length);
  if (far !== null) total.set(send);
  yield* flat.exscan(near, send, recv, reducer);
  yield;
  if (far !== null && near.rank > 0) reducer.apply(recv, total);
  yield* addHostsBefore(levels, hosts, total, recv, reducer, near.rank > 0);
  yield;
  giveScratch(total);
}

/** A host's last rank is the one that knows what the host has come to. */
function levelsToLast(ch: Channel, hosts: Hosts): Levels {
  return levelsUnder(
    ch,
    hosts,
    hosts.groups.map((group) => group[group.length - 1]),
  );
}

/** `total` of the last rank: of its host; `begun`: `recv` has a result of this host already. */
function* addHostsBefore(
  { near, head, far }: Levels,
  { own }: Hosts,
  total: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
  begun: boolean,
): Schedule {
  const before = takeScratch(recv.length);
  if (far !== null) {
    yield* flat.exscan(far, total, before, reducer);
    yield;
  }
  if (own > 0) {
    yield* flat.bcast(near, before, head);
    yield;
    if (begun) reducer.apply(before, recv);
    else recv.set(before);
  }
  giveScratch(before);
}
