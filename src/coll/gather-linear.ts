/**
 * Gather and Gatherv, linear: every rank sends straight to the root, which has all its receives open at once.
 *
 *     T = L + 2o + (P − 2) · max(o, g) + (P − 1) · m · G          (m bytes per rank)
 *
 * Each block is copied once, into place: for long blocks, and for blocks of different lengths, which no inner rank
 * of a tree would know. Source: the definition (MPI-4.1 §6.5).
 */
import { copyInto, equalBlocks } from './blocks.js';
import type { Channel } from './channel.js';
import { Tag } from './tags.js';

/** `counts` and `displs` are bytes in `recv`, by rank; the last three arguments but `root` matter at the root only. */
export function gathervLinear(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  counts: ArrayLike<number> | null,
  displs: ArrayLike<number> | null,
  root: number,
): void {
  const { rank, size } = ch;
  if (rank !== root) {
    // Also an empty block is sent: a root that expects more then gets an error instead of waiting for ever.
    ch.send(send!, root, Tag.GATHER);
    return;
  }
  for (let source = 0; source < size; source++) {
    const into = recv!.subarray(displs![source], displs![source] + counts![source]);
    if (source !== root) ch.irecv(into, source, Tag.GATHER);
    else if (send !== null) copyInto(into, send);
  }
  ch.waitall();
}

/** The same for equal blocks. */
export function gatherLinear(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): void {
  if (ch.rank !== root) gathervLinear(ch, send, null, null, null, root);
  else gathervLinear(ch, send, recv, ...equalBlocks(recv!.length, ch.size), root);
}
