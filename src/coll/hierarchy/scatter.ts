/**
 * Scatter of equal blocks in two levels: root -> a head of each host -> all ranks of each host. A host's blocks are one
 * message.
 *
 *     T = L + 2o + (H − 2) · max(o, g) + (P − P / H) · m · G + T_memory(P / H)          (m bytes per rank, H hosts)
 *
 * Where hosts have different numbers of ranks; otherwise the level of the heads is chosen as any scatter. Blocks for hosts whose
 * ranks do not follow each other are put side by side by one copy at the root.
 */
import { equalViews } from '../blocks.js';
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Hosts, levelsOf } from './hosts.js';
import { pack, partsOf } from './order.js';

/** As `coll.scatter`. */
export function scatterInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  return ch.rank === root ? distribute(ch, hosts, send!, recv) : passOn(ch, hosts, recv!, root);
}

function* passOn(ch: Channel, hosts: Hosts, recv: Uint8Array, root: number): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  if (far === null) {
    yield* flat.scatter(near, null, recv, head);
    return;
  }
  const part = takeScratch(near.size * recv.length);
  yield* hosts.even ? flat.scatter(far, null, part, top) : flat.scatterv(far, null, part, top);
  yield;
  yield* flat.scatter(near, part, recv, head);
  yield;
  giveScratch(part);
}

/** At the root. */
function* distribute(ch: Channel, hosts: Hosts, send: Uint8Array, recv: Uint8Array | null): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, ch.rank);
  const blocks = equalViews(send, ch.size);
  const packed = hosts.inOrder ? send : takeScratch(send.length);
  if (packed !== send) pack(hosts, blocks, packed);
  const parts = partsOf(hosts, packed, blocks);
  yield* hosts.even ? flat.scatter(far!, packed, null, top) : flat.scatterv(far!, parts, null, top);
  yield* flat.scatter(near, parts[hosts.own], recv, head);
  if (packed === send) return;
  yield;
  giveScratch(packed);
}
