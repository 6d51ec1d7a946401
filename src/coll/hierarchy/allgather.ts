/**
 * Allgather and Allgatherv in two levels: all ranks of each host -> its head -> all heads -> all ranks of each host. A byte
 * reaches each host once instead of once a rank.
 *
 *     T = T_memory,gather(P / H) + T_network,allgather(H) + T_memory,bcast(P / H)          (P / H · m bytes of each head)
 *
 * and a copy of all blocks where they do not lie side by side by host. Source: Träff, "Efficient allgather for regular
 * SMP-clusters", 2006.
 */
import { equalViews } from '../blocks.js';
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Hosts, levelsOf } from './hosts.js';
import { cut, partsOf, unpack } from './order.js';

/** As `coll.allgather`. */
export function* allgatherInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array | null,
  recv: Uint8Array,
): Schedule {
  const blocks = equalViews(recv, ch.size);
  const own = send ?? blocks[ch.rank];
  if (hosts.inOrder) yield* exchange(ch, hosts, own, blocks, recv, true);
  else yield* exchangeAside(ch, hosts, own, blocks, true);
}

/** As `coll.allgatherv`. */
export function allgathervInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array | null,
  into: readonly Uint8Array[],
): Schedule {
  return exchangeAside(ch, hosts, send ?? into[ch.rank], into, false);
}

/** By way of a buffer that has the blocks in the order of the hosts. */
function* exchangeAside(
  ch: Channel,
  hosts: Hosts,
  own: Uint8Array,
  blocks: readonly Uint8Array[],
  equal: boolean,
): Schedule {
  const packed = takeScratch(blocks.reduce((sum, { length }) => sum + length, 0));
  yield* exchange(ch, hosts, own, blocks, packed, equal);
  yield;
  unpack(hosts, packed, blocks);
  giveScratch(packed);
}

/** Fills `packed` on all ranks; `blocks` tells how long they are, `equal` whether all are as long. */
function* exchange(
  ch: Channel,
  hosts: Hosts,
  own: Uint8Array,
  blocks: readonly Uint8Array[],
  packed: Uint8Array,
  equal: boolean,
): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  const parts = far === null ? null : partsOf(hosts, packed, blocks);
  const part = parts === null ? null : parts[hosts.own];
  if (equal) yield* flat.gather(near, own, part, head);
  else {
    const lengths = hosts.groups[hosts.own].map((member) => blocks[member].length);
    yield* flat.gatherv(near, own, part === null ? null : cut(part, lengths), head);
  }
  yield;
  if (far !== null) {
    yield* equal && hosts.even ? flat.allgather(far, null, packed) : flat.allgatherv(far, null, parts!);
    yield;
  }
  yield* flat.bcast(near, packed, head);
}
