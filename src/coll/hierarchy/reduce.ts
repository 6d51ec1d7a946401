/**
 * Reduce and Allreduce in two levels: all ranks of each host -> its head -> root, or all heads -> all ranks of each host.
 *
 *     T = T_network(H) + T_memory(P / H), twice T_memory for allreduce          (H hosts, P ranks)
 *
 * Operands change their order: only for operations that commute.
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Reducer } from '../reducer.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Hosts, levelsOf } from './hosts.js';

/** As `coll.reduce`. */
export function* reduceInLevels(
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

/** As `coll.allreduce`. */
export function* allreduceInLevels(
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
