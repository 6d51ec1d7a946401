/**
 * Collectives of messages whose length only their sender knows: encoded objects. Trees and exchanges as for buffers, one
 * message each:
 *
 *     bcast, reduce, allreduce, scan: ⌈log2 P⌉ · (L + 2o + mG); the others: L + 2o + (P − 2) · max(o, g) + (P − 1) · mG
 */
import type { Channel, Taken } from './channel.js';
import { PowerGroup } from './power-group.js';
import type { Schedule } from './schedule.js';

/** Where a schedule leaves its message. */
export interface Parcel {
  view: Uint8Array;
}

/** Where a reduction takes its operand from and leaves its result. */
export interface Box {
  value: unknown;
}

/** How objects become messages, and two of them one. */
export interface ObjectReducer {
  encode(value: unknown): Uint8Array;
  decode(message: Uint8Array): unknown;
  /** The operand of the lower ranks is the left one. */
  combine(left: unknown, right: unknown): unknown;
}

/** The root's message to all ranks. */
export function* bcastAny(ch: Channel, parcel: Parcel, root: number): Schedule {
  const { rank, size } = ch;
  const relative = (rank - root + size) % size;
  let mask = 1;
  while (mask < size && (relative & mask) === 0) mask *= 2;
  if (relative !== 0) {
    const taken = ch.take((relative - mask + root) % size);
    yield;
    parcel.view = taken.view;
  }
  for (mask /= 2; mask >= 1; mask /= 2) {
    if (relative + mask < size) ch.send(parcel.view, (relative + mask + root) % size);
  }
}

/** The messages of all ranks into `into` of the root. */
export function* gatherAny(ch: Channel, send: Uint8Array, into: Uint8Array[], root: number): Schedule {
  if (ch.rank !== root) {
    ch.send(send, root);
    return;
  }
  yield* takeAll(ch, send, into);
}

/** Message i of the root to rank i. */
export function* scatterAny(
  ch: Channel,
  out: readonly Uint8Array[] | null,
  parcel: Parcel,
  root: number,
): Schedule {
  if (ch.rank !== root) {
    const taken = ch.take(root);
    yield;
    parcel.view = taken.view;
    return;
  }
  for (let dest = 0; dest < ch.size; dest++) if (dest !== root) ch.send(out![dest], dest);
  parcel.view = out![root];
}

/** The messages of all ranks to all ranks. */
export function* allgatherAny(ch: Channel, send: Uint8Array, into: Uint8Array[]): Schedule {
  for (let step = 1; step < ch.size; step++) ch.send(send, (ch.rank + step) % ch.size);
  yield* takeAll(ch, send, into);
}

/** Message i of each rank to rank i. */
export function* alltoallAny(ch: Channel, out: readonly Uint8Array[], into: Uint8Array[]): Schedule {
  for (let step = 1; step < ch.size; step++) {
    const dest = (ch.rank + step) % ch.size;
    ch.send(out[dest], dest);
  }
  yield* takeAll(ch, out[ch.rank], into);
}

/** One message from each other rank; `own` is this rank's. */
function* takeAll(ch: Channel, own: Uint8Array, into: Uint8Array[]): Schedule {
  const taken: (Taken | null)[] = [];
  for (let source = 0; source < ch.size; source++)
    taken[source] = source === ch.rank ? null : ch.take(source);
  yield;
  for (let source = 0; source < ch.size; source++) into[source] = taken[source]?.view ?? own;
}

/** The operands of all ranks, combined in rank order, into the root's `box`. */
export function* reduceAny(ch: Channel, box: Box, reducer: ObjectReducer, root: number): Schedule {
  const { rank, size } = ch;
  const parentMask = rank === 0 ? size : rank & -rank;
  for (let mask = 1; mask < parentMask && rank + mask < size; mask *= 2) {
    const taken = ch.take(rank + mask);
    yield;
    box.value = reducer.combine(box.value, reducer.decode(taken.view));
  }
  if (rank !== 0) ch.send(reducer.encode(box.value), rank - parentMask);
  else if (root !== 0) ch.send(reducer.encode(box.value), root);
  if (rank !== root || root === 0) return;
  const result = ch.take(0);
  yield;
  box.value = reducer.decode(result.view);
}

/** The operands of all ranks, combined in rank order, into every `box`. */
export function* allreduceAny(ch: Channel, box: Box, reducer: ObjectReducer): Schedule {
  const group = new PowerGroup(ch.rank, ch.size);
  const { twin } = group;
  if (!group.active) {
    ch.send(reducer.encode(box.value), twin);
    const result = ch.take(twin);
    yield;
    box.value = reducer.decode(result.view);
    return;
  }
  if (twin >= 0) {
    const taken = ch.take(twin);
    yield;
    box.value = reducer.combine(reducer.decode(taken.view), box.value);
  }
  for (let mask = 1; mask < group.power; mask *= 2) {
    const partner = group.rankAt(group.position ^ mask);
    const taken = ch.take(partner);
    ch.send(reducer.encode(box.value), partner);
    yield;
    const theirs = reducer.decode(taken.view);
    box.value = partner < ch.rank ? reducer.combine(theirs, box.value) : reducer.combine(box.value, theirs);
  }
  if (twin >= 0) ch.send(reducer.encode(box.value), twin);
}

/** The operands of the ranks up to this one, or (not `inclusive`) before it; undefined on rank 0 then. */
export function* scanAny(ch: Channel, box: Box, reducer: ObjectReducer, inclusive: boolean): Schedule {
  const { rank, size } = ch;
  let operand = box.value;
  let begun = inclusive;
  if (!inclusive) box.value = undefined;
  for (let mask = 1; mask < size; mask *= 2) {
    const partner = rank ^ mask;
    if (partner >= size) continue;
    const taken = ch.take(partner);
    ch.send(reducer.encode(operand), partner);
    yield;
    const theirs = reducer.decode(taken.view);
    if (partner > rank) {
      operand = reducer.combine(operand, theirs);
      continue;
    }
    box.value = begun ? reducer.combine(theirs, box.value) : theirs;
    begun = true;
    operand = reducer.combine(reducer.decode(taken.view), operand);
  }
}
