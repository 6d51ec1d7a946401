/**
 * Scatter and Scatterv, linear: the root starts a send to every rank and waits for them together.
 *
 *     T = L + 2o + (P − 2) · max(o, g) + (P − 1) · m · G          (m bytes per rank)
 *
 * Each block is copied once: for long blocks, and for blocks of different lengths, which no inner rank of a tree
 * would know. Source: the definition (MPI-4.1 §6.6).
 */
import { copyInto, equalBlocks } from './blocks.js';
import type { Channel } from './channel.js';
import { Tag } from './tags.js';

/** `counts` and `displs` are bytes in `send`, by rank; they and `send` matter at the root only. */
export function scattervLinear(
  ch: Channel,
  send: Uint8Array | null,
  counts: ArrayLike<number> | null,
  displs: ArrayLike<number> | null,
  recv: Uint8Array | null,
  root: number,
): void {
  const { rank, size } = ch;
  if (rank !== root) {
    ch.recv(recv!, root, Tag.SCATTER);
    return;
  }
  for (let dest = 0; dest < size; dest++) {
    const out = send!.subarray(displs![dest], displs![dest] + counts![dest]);
    if (dest !== root) ch.isend(out, dest, Tag.SCATTER);
    else if (recv !== null) copyInto(recv, out);
  }
  ch.waitall();
}

/** The same for equal blocks. */
export function scatterLinear(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): void {
  if (ch.rank !== root) scattervLinear(ch, null, null, null, recv, root);
  else scattervLinear(ch, send, ...equalBlocks(send!.length, ch.size), recv, root);
}
