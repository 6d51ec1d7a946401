/**
 * Alltoall of equal blocks in two levels: all ranks of each host -> its head -> all heads -> all ranks of each host. Blocks
 * between two hosts are one message each way.
 *
 *     T = T_memory,gather(n) + T_network,alltoall(H) + T_memory,scatter(n) + 2nP · (b + m · G_memory)
 *
 *         (n = P / H ranks a host; n · P · m bytes on each head, n² · m for each other; b to move a block)
 *
 * Few messages, but a head moves all blocks of its host: for short ones, where it is predicted to take less time. Source: Träff,
 * Rougier, "MPI collectives and datatypes for hierarchical all-to-all communication", 2014.
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import { type Model, memory } from '../model.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { predict } from '../select.js';
import { type Hosts, levelsOf } from './hosts.js';
import { cut } from './order.js';

/** Nanoseconds to move a short block: 40 to 70 measured. */
const BLOCK_NS = 50;

/** Whether it takes less time than blocks of `bytes` bytes that each travel by themselves. The same on all ranks. */
export function alltoallPays({ groups, even }: Hosts, model: Model, bytes: number): boolean {
  const most = Math.max(...groups.map(({ length }) => length));
  const ranks = groups.reduce((sum, { length }) => sum + length, 0);
  const near =
    predict('gather', memory, ranks * bytes, most) + predict('scatter', memory, ranks * bytes, most);
  const far = predict(even ? 'alltoall' : 'alltoallv', model, most * most * bytes, groups.length);
  const moving = 2 * most * ranks * (BLOCK_NS + bytes * memory.perByte);
  return near + far + moving < predict('alltoall', model, bytes, ranks);
}

/** As `coll.alltoall`. */
export function* alltoallInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array | null,
  recv: Uint8Array,
): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  const out = send ?? recv;
  if (far === null) {
    yield* flat.gather(near, out, null, head);
    yield;
    yield* flat.scatter(near, null, recv, head);
    return;
  }
  const m = recv.length / ch.size;
  const byRank = takeScratch(near.size * recv.length);
  const leaving = takeScratch(byRank.length);
  const coming = takeScratch(byRank.length);
  yield* flat.gather(near, out, byRank, head);
  yield;
  const block = (bytes: Uint8Array, index: number): Uint8Array => bytes.subarray(index * m, (index + 1) * m);
  let moved = 0;
  for (const group of hosts.groups)
    for (let member = 0; member < near.size; member++)
      for (const dest of group) leaving.set(block(byRank, member * ch.size + dest), moved++ * m);
  yield* betweenHeads(far, hosts, leaving, coming);
  yield;
  moved = 0;
  for (const group of hosts.groups)
    for (const source of group)
      for (let member = 0; member < near.size; member++)
        byRank.set(block(coming, moved++), (member * ch.size + source) * m);
  yield* flat.scatter(near, byRank, recv, head);
  yield;
  for (const buffer of [byRank, leaving, coming]) giveScratch(buffer);
}

/** Each host's part of `leaving`, all blocks from this host to that one, for its part of `coming`, which is as long. */
function betweenHeads(far: Channel, hosts: Hosts, leaving: Uint8Array, coming: Uint8Array): Schedule {
  if (hosts.even) return flat.alltoall(far, leaving, coming);
  const ranks = hosts.groups.reduce((sum, { length }) => sum + length, 0);
  const lengths = hosts.groups.map(({ length }) => (leaving.length / ranks) * length);
  return flat.alltoallv(far, cut(leaving, lengths), cut(coming, lengths));
}
