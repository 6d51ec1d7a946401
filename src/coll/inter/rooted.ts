/** From a root to the other group and back, and Barrier (MPI-4.1 §6.3 to §6.6). */
import type { Channel } from '../channel.js';
import { barrier as barrierOfOne, bcast as bcastToOne } from '../index.js';
import type { Schedule } from '../schedule.js';
import { type Groups, HERE, swap } from './groups.js';

const NOTHING = new Uint8Array(0);

/** Each group meets, then the leaders, then they tell their groups: nobody leaves before the others have come. */
export function* barrier(groups: Groups): Schedule {
  yield* barrierOfOne(groups.local);
  yield;
  yield* swap(groups, groups.local.rank === 0 ? NOTHING : null, NOTHING);
}

/** The root tells the other group's leader, who tells the group: one message crosses, and a broadcast. */
export function* bcast({ local, between }: Groups, bytes: Uint8Array, root: number): Schedule {
  if (root === HERE) {
    between.send(bytes, 0);
    return;
  }
  if (local.rank === 0) {
    between.recv(bytes, root);
    yield;
  }
  yield* bcastToOne(local, bytes, 0);
}

/** All of the other group send straight to the root; `into`, where each block is to go, is the root's. */
export function* gatherv(
  between: Channel,
  send: Uint8Array | null,
  into: readonly Uint8Array[] | null,
  root: number,
): Schedule {
  if (root !== HERE) between.send(send!, root);
  else for (let source = 0; source < between.size; source++) between.recv(into![source], source);
  yield;
}

/** The root sends straight to all of the other group; `out` is the root's. */
export function* scatterv(
  between: Channel,
  out: readonly Uint8Array[] | null,
  recv: Uint8Array | null,
  root: number,
): Schedule {
  if (root !== HERE) between.recv(recv!, root);
  else for (let dest = 0; dest < between.size; dest++) between.send(out![dest], dest);
  yield;
}
