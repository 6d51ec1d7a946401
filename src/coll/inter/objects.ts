/** The same for messages whose length only their sender knows: encoded objects. */
import type { Channel, Taken } from '../channel.js';
import {
  type Box,
  bcastAny as bcastToOne,
  type ObjectReducer,
  type Parcel,
  reduceAny as reduceInOne,
} from '../objects.js';
import type { Schedule } from '../schedule.js';
import { type Groups, HERE } from './groups.js';

/** The root's message to all of the other group. */
export function* bcastAny({ local, between }: Groups, parcel: Parcel, root: number): Schedule {
  if (root === HERE) {
    between.send(parcel.view, 0);
    return;
  }
  if (local.rank === 0) {
    const taken = between.take(root);
    yield;
    parcel.view = taken.view;
  }
  yield* bcastToOne(local, parcel, 0);
}

/** The messages of the other group into `into` of the root. */
export function* gatherAny(
  between: Channel,
  send: Uint8Array | null,
  into: Uint8Array[],
  root: number,
): Schedule {
  if (root === HERE) yield* takeAll(between, into);
  else between.send(send!, root);
}

/** Message i of the root to rank i of the other group. */
export function* scatterAny(
  between: Channel,
  out: readonly Uint8Array[] | null,
  parcel: Parcel,
  root: number,
): Schedule {
  if (root === HERE) {
    for (let dest = 0; dest < between.size; dest++) between.send(out![dest], dest);
    return;
  }
  const taken = between.take(root);
  yield;
  parcel.view = taken.view;
}

/** Message i of each rank to rank i of the other group. */
export function* alltoallAny(between: Channel, out: readonly Uint8Array[], into: Uint8Array[]): Schedule {
  for (let step = 0; step < between.size; step++) {
    const dest = (between.rank + step) % between.size;
    between.send(out[dest], dest);
  }
  yield* takeAll(between, into);
}

/** The operands of the other group, combined in rank order, into the root's `box`. */
export function* reduceAny(
  { local, between }: Groups,
  box: Box,
  reducer: ObjectReducer,
  root: number,
): Schedule {
  if (root === HERE) {
    const taken = between.take(0);
    yield;
    box.value = reducer.decode(taken.view);
    return;
  }
  yield* reduceInOne(local, box, reducer, 0);
  if (local.rank === 0) between.send(reducer.encode(box.value), root);
}

/** The operands of the other group, combined in rank order, into every `box`. */
export function* allreduceAny({ local, between }: Groups, box: Box, reducer: ObjectReducer): Schedule {
  yield* reduceInOne(local, box, reducer, 0);
  const parcel: Parcel = { view: new Uint8Array(0) };
  if (local.rank === 0) {
    const taken = between.take(0);
    between.send(reducer.encode(box.value), 0);
    yield;
    parcel.view = taken.view;
  }
  yield* bcastToOne(local, parcel, 0);
  box.value = reducer.decode(parcel.view);
}

function* takeAll(between: Channel, into: Uint8Array[]): Schedule {
  const taken: Taken[] = [];
  for (let source = 0; source < between.size; source++) taken.push(between.take(source));
  yield;
  for (const { view } of taken) into.push(view);
}
