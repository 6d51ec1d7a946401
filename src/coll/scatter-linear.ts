/**
 * Scatter and Scatterv, linear: the root starts a send to every rank and waits for them together.
 *
 *     T = L + 2o + (P − 2) · max(o, g) + (P − 1) · m · G          (m bytes per rank)
 *
 * Each block is copied once: for long blocks, and for blocks of different lengths, which no inner rank of a tree
 * would know. Source: the definition (MPI-4.1 §6.6).
 */
import { copyInto, equalViews } from './blocks.js';
import type { Channel } from './channel.js';
import type { Schedule } from './schedule.js';

/** `out`: the block for each rank, at the root; `recv` is null where the root's own may stay there. */
export function* scattervLinear(
  ch: Channel,
  out: readonly Uint8Array[] | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  const { rank, size } = ch;
  if (rank !== root) {
    ch.recv(recv!, root);
    return;
  }
  for (let dest = 0; dest < size; dest++) {
    if (dest !== root) ch.send(out![dest], dest);
    else if (recv !== null) copyInto(recv, out![dest]);
  }
  yield;
}

/** The same for equal blocks. */
export function scatterLinear(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  return scattervLinear(ch, ch.rank === root ? equalViews(send!, ch.size) : null, recv, root);
}
