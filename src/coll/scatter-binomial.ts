/**
 * Scatter of equal blocks down a binomial tree: every rank receives the blocks of its subtree as one message and
 * sends each child its part, the largest first.
 *
 *     T = ⌈log2 P⌉ · (L + 2o) + (P − 1) · m · G          (m bytes per rank)
 *
 * Few messages for the root, but a block is copied at every level: for short blocks. Source: Chan et al., 2007
 * (minimum spanning tree scatter).
 */
import { copyInto, powerBelow } from './blocks.js';
import type { Channel } from './channel.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

/** `send` matters at the root only; `recv` is null where the root's own block may stay in `send`. */
export function scatterBinomial(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  const { rank, size } = ch;
  if (rank === root) return distributeFromRoot(ch, send!, recv, root);
  return receiveAndPassOn(ch, recv!, (rank - root + size) % size, root);
}

/** Sends each child its subtree; only a subtree that wraps past the last rank is put together first. */
function* distributeFromRoot(ch: Channel, send: Uint8Array, recv: Uint8Array | null, root: number): Schedule {
  const { size } = ch;
  const m = send.length / size;
  let rotated: Uint8Array | null = null;
  for (let child = size > 1 ? powerBelow(size - 1) : 0; child >= 1; child = child >> 1) {
    const blocks = Math.min(child, size - child);
    const first = (child + root) % size;
    const unwrapped = Math.min(blocks, size - first);
    if (unwrapped === blocks) {
      ch.send(send.subarray(first * m, (first + blocks) * m), first);
      continue;
    }
    rotated = takeScratch(blocks * m);
    rotated.set(send.subarray(first * m), 0);
    rotated.set(send.subarray(0, (blocks - unwrapped) * m), unwrapped * m);
    ch.send(rotated, first);
  }
  if (recv !== null) copyInto(recv, send.subarray(root * m, (root + 1) * m));
  if (rotated === null) return;
  yield;
  giveScratch(rotated);
}

function* receiveAndPassOn(ch: Channel, recv: Uint8Array, relative: number, root: number): Schedule {
  const { size } = ch;
  const m = recv.length;
  const subtree = relative & -relative;
  const parent = (relative - subtree + root) % size;
  const blocks = Math.min(subtree, size - relative);
  if (blocks === 1) {
    ch.recv(recv, parent);
    return;
  }
  const received = takeScratch(blocks * m);
  ch.recv(received, parent);
  yield;
  for (let mask = powerBelow(blocks - 1); mask >= 1; mask = mask >> 1) {
    const end = Math.min(2 * mask, blocks);
    ch.send(received.subarray(mask * m, end * m), (relative + mask + root) % size);
  }
  recv.set(received.subarray(0, m));
  yield;
  giveScratch(received);
}
