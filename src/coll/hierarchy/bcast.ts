/**
 * Bcast in two levels: root -> a head of each host -> all ranks of each host.
 *
 *     T = T_network(H) + T_memory(P / H)          (H hosts, P ranks)
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Schedule } from '../schedule.js';
import { type Hosts, levelsOf } from './hosts.js';

/** As `coll.bcast`. */
export function* bcastInLevels(ch: Channel, hosts: Hosts, bytes: Uint8Array, root: number): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  if (far !== null) {
    yield* flat.bcast(far, bytes, top);
    yield;
  }
  yield* flat.bcast(near, bytes, head);
}
