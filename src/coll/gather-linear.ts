/**
 * Gather and Gatherv, linear: every rank sends straight to the root, which has all its receives open at once.
 *
 *     T = L + 2o + (P − 2) · max(o, g) + (P − 1) · m · G          (m bytes per rank)
 *
 * Each block is copied once, into place: for long blocks, and for blocks of different lengths, which no inner rank
 * of a tree would know. Source: the definition (MPI-4.1 §6.5).
 */
import { copyInto, equalViews } from './blocks.js';
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import type { Schedule } from './schedule.js';

/** `bytes` of one block; also of `scatterLinear`. */
export const linearCost: Cost = (model, ranks, bytes) =>
  message(model, bytes) + (ranks - 2) * (model.overhead + bytes * model.perByte);

/** `into`: the block of each rank, at the root; its own holds its bytes already where `send` is null. */
export function* gathervLinear(
  ch: Channel,
  send: Uint8Array | null,
  into: readonly Uint8Array[] | null,
  root: number,
): Schedule {
  const { rank, size } = ch;
  if (rank !== root) {
    // Also an empty block is sent: a root that expects more then gets an error instead of waiting for ever.
    ch.send(send!, root);
    return;
  }
  for (let source = 0; source < size; source++) {
    if (source !== root) ch.recv(into![source], source);
    else if (send !== null) copyInto(into![source], send);
  }
  yield;
}

/** The same for equal blocks. */
export function gatherLinear(
  ch: Channel,
  send: Uint8Array | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  return gathervLinear(ch, send, ch.rank === root ? equalViews(recv!, ch.size) : null, root);
}
