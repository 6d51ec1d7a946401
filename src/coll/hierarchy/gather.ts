/**
 * Gather of equal blocks in two levels: all ranks of each host -> its head -> root. A host's blocks are one message.
 *
 *     T = T_memory(P / H) + L + 2o + (H − 2) · max(o, g) + (P − P / H) · m · G          (m bytes per rank, H hosts)
 *
 * Where hosts have different numbers of ranks; otherwise the level of the heads is chosen as any gather. Blocks of hosts whose
 * ranks do not follow each other are put in order by one copy at the root.
 */
import { equalViews } from '../blocks.js';
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Hosts, levelsOf } from './hosts.js';
import { partsOf, unpack } from './order.js';

/** As `coll.gather`. */
export function gatherInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  return ch.rank === root ? collect(ch, hosts, send, recv!) : passOn(ch, hosts, send!, root);
}

function* passOn(ch: Channel, hosts: Hosts, send: Uint8Array, root: number): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  if (far === null) {
    yield* flat.gather(near, send, null, head);
    return;
  }
  const part = takeScratch(near.size * send.length);
  yield* flat.gather(near, send, part, head);
  yield;
  yield* hosts.even ? flat.gather(far, part, null, top) : flat.gatherv(far, part, null, top);
  yield;
  giveScratch(part);
}

/** At the root. */
function* collect(ch: Channel, hosts: Hosts, send: Uint8Array | null, recv: Uint8Array): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, ch.rank);
  const blocks = equalViews(recv, ch.size);
  const packed = hosts.inOrder ? recv : takeScratch(recv.length);
  const parts = partsOf(hosts, packed, blocks);
  yield* flat.gather(near, send ?? blocks[ch.rank], parts[hosts.own], head);
  yield;
  yield* hosts.even ? flat.gather(far!, null, packed, top) : flat.gatherv(far!, null, parts, top);
  if (packed === recv) return;
  yield;
  unpack(hosts, packed, blocks);
  giveScratch(packed);
}
