/**
 * Barrier in two levels: all ranks of each host -> its head -> all heads -> all ranks of each host.
 *
 *     T = T_network(H) + 2 T_memory(P / H)          (H hosts, P ranks)
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Schedule } from '../schedule.js';
import { type Hosts, levelsOf } from './hosts.js';

const NOTHING = new Uint8Array(0);

/** As `coll.barrier`. */
export function* barrierInLevels(ch: Channel, hosts: Hosts): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  yield* flat.gather(near, NOTHING, near.rank === head ? NOTHING : null, head);
  yield;
  if (far !== null) {
    yield* flat.barrier(far);
    yield;
  }
  yield* flat.bcast(near, NOTHING, head);
}
