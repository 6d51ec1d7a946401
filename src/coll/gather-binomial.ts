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
import { giveScratch, takeScratch } from './scratch.js';
import { Tag } from './tags.js';

/** `send` is null where the root's own block is in `recv` already; `recv` matters at the root only. */
export function gatherBinomial(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): void {
  const { rank, size } = ch;
  if (rank === root) collectAtRoot(ch, send, recv!, root);
  else collectAndPassOn(ch, send!, (rank - root + size) % size, root);
}

/** Receives the subtree headed by each child; only a subtree that wraps past the last rank needs rearranging. */
function collectAtRoot(ch: Channel, send: Uint8Array | null, recv: Uint8Array, root: number): void {
  const { size } = ch;
  const m = recv.length / size;
  if (send !== null) copyInto(recv.subarray(root * m, (root + 1) * m), send);
  for (let child = 1; child < size; child *= 2) {
    const blocks = Math.min(child, size - child);
    const first = (child + root) % size;
    const unwrapped = Math.min(blocks, size - first);
    if (unwrapped === blocks) {
      ch.recv(recv.subarray(first * m, (first + blocks) * m), first, Tag.GATHER);
      continue;
    }
    const rotated = takeScratch(blocks * m);
    ch.recv(rotated, first, Tag.GATHER);
    recv.set(rotated.subarray(0, unwrapped * m), first * m);
    recv.set(rotated.subarray(unwrapped * m), 0);
    giveScratch(rotated);
  }
}

function collectAndPassOn(ch: Channel, send: Uint8Array, relative: number, root: number): void {
  const { size } = ch;
  const m = send.length;
  const subtree = relative & -relative;
  const parent = (relative - subtree + root) % size;
  const blocks = Math.min(subtree, size - relative);
  if (blocks === 1) {
    ch.send(send, parent, Tag.GATHER);
    return;
  }
  const collected = takeScratch(blocks * m);
  collected.set(send);
  for (let mask = 1; mask < blocks; mask *= 2) {
    const end = Math.min(2 * mask, blocks);
    ch.recv(collected.subarray(mask * m, end * m), (relative + mask + root) % size, Tag.GATHER);
  }
  ch.send(collected, parent, Tag.GATHER);
  giveScratch(collected);
}
