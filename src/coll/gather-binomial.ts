/**
 * Gather of equal blocks up a binomial tree: every rank collects the blocks of its subtree and sends them on as
 * one message.
 *
 *     T = ⌈log2 P⌉ · (L + 2o) + (P − 1) · m · G          (m bytes per rank)
 *
 * Few messages for the root, but a block is copied at every level: for short blocks. Source: Chan et al., 2007
 * (minimum spanning tree gather).
 */
import { copyInto } from './blocks.js';
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

/** `bytes` of one block; also of `scatterBinomial`. */
export const treeCost: Cost = (model, ranks, bytes) =>
  rounds(ranks) * message(model, bytes) + (ranks - 1) * bytes * model.perByte;

/** `send` is null where the root's own block is in `recv` already; `recv` matters at the root only. */
export function gatherBinomial(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  const { rank, size } = ch;
  if (rank === root) return collectAtRoot(ch, send, recv!, root);
  return collectAndPassOn(ch, send!, (rank - root + size) % size, root);
}

/** Receives the subtree headed by each child; only a subtree that wraps past the last rank needs rearranging. */
function* collectAtRoot(ch: Channel, send: Uint8Array | null, recv: Uint8Array, root: number): Schedule {
  const { size } = ch;
  const m = recv.length / size;
  let rotated: Uint8Array | null = null;
  let rotatedFirst = 0;
  for (let child = 1; child < size; child *= 2) {
    const blocks = Math.min(child, size - child);
    const first = (child + root) % size;
    if (first + blocks <= size) {
      ch.recv(recv.subarray(first * m, (first + blocks) * m), first);
      continue;
    }
    rotatedFirst = first;
    rotated = takeScratch(blocks * m);
    ch.recv(rotated, first);
  }
  if (send !== null) copyInto(recv.subarray(root * m, (root + 1) * m), send);
  if (rotated === null) return;
  yield;
  const unwrapped = (size - rotatedFirst) * m;
  recv.set(rotated.subarray(0, unwrapped), rotatedFirst * m);
  recv.set(rotated.subarray(unwrapped), 0);
  giveScratch(rotated);
}

function* collectAndPassOn(ch: Channel, send: Uint8Array, relative: number, root: number): Schedule {
  const { size } = ch;
  const m = send.length;
  const subtree = relative & -relative;
  const parent = (relative - subtree + root) % size;
  const blocks = Math.min(subtree, size - relative);
  if (blocks === 1) {
    ch.send(send, parent);
    return;
  }
  const collected = takeScratch(blocks * m);
  for (let mask = 1; mask < blocks; mask *= 2) {
    const end = Math.min(2 * mask, blocks);
    ch.recv(collected.subarray(mask * m, end * m), (relative + mask + root) % size);
  }
  collected.set(send);
  yield;
  ch.send(collected, parent);
  yield;
  giveScratch(collected);
}
