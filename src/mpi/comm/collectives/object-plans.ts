/** The plans of the lower-case collectives, and where each leaves its result. */
import * as hierarchy from '../../../coll/hierarchy/index.js';
import * as coll from '../../../coll/index.js';
import * as shared from '../../../coll/shared/index.js';
import { checkRoot } from '../../arguments.js';
import type { ObjectOp } from '../../combine.js';
import { decode } from '../../objects.js';
import { encoded, encodedList, reducerOf } from './encoding.js';
import type { Plan } from './schedules.js';

/** A lower-case collective: `result` once its schedule has ended. */
export interface ObjectPlan<T> {
  readonly plan: Plan;
  readonly result: () => T;
}

const NONE = new Uint8Array(0);

/** The root's object; the root's own result is the object that it passed. */
export function bcast<T>(obj: T, root: number): ObjectPlan<T> {
  const parcel: coll.Parcel = { view: NONE };
  let own = false;
  return {
    plan: (ch) => {
      checkRoot(ch.scope, ch.call, root);
      ch.signature?.root(root);
      own = ch.rank === root;
      if (own) parcel.view = encoded(ch, obj);
      const meeting = ch.meet('bcast', 0);
      if (meeting !== null && shared.bcastAny(meeting, parcel, root)) return null;
      return hierarchy.bcastAny(ch, ch.hosts, parcel, root);
    },
    result: () => (own ? obj : (decode(parcel.view) as T)),
  };
}

export function gather<T>(sendobj: T, root: number): ObjectPlan<T[] | null> {
  const into: Uint8Array[] = [];
  let isRoot = false;
  return {
    plan: (ch) => {
      checkRoot(ch.scope, ch.call, root);
      ch.signature?.root(root);
      isRoot = ch.rank === root;
      return hierarchy.gatherAny(ch, ch.hosts, encoded(ch, sendobj), into, root);
    },
    result: () => (isRoot ? into.map((message) => decode(message) as T) : null),
  };
}

export function scatter<T>(sendobj: readonly T[] | null, root: number): ObjectPlan<T> {
  const parcel: coll.Parcel = { view: NONE };
  return {
    plan: (ch) => {
      checkRoot(ch.scope, ch.call, root);
      ch.signature?.root(root);
      return hierarchy.scatterAny(
        ch,
        ch.hosts,
        ch.rank === root ? encodedList(ch, sendobj) : null,
        parcel,
        root,
      );
    },
    result: () => decode(parcel.view) as T,
  };
}

export function allgather<T>(sendobj: T): ObjectPlan<T[]> {
  const into: Uint8Array[] = [];
  return {
    plan: (ch) => hierarchy.allgatherAny(ch, ch.hosts, encoded(ch, sendobj), into),
    result: () => into.map((message) => decode(message) as T),
  };
}

export function alltoall<T>(sendobj: readonly T[]): ObjectPlan<T[]> {
  const into: Uint8Array[] = [];
  return {
    plan: (ch) => coll.alltoallAny(ch, encodedList(ch, sendobj), into),
    result: () => into.map((message) => decode(message) as T),
  };
}

export function reduce<T>(sendobj: T, op: ObjectOp, root: number): ObjectPlan<T | null> {
  const box: coll.Box = { value: sendobj };
  let isRoot = false;
  return {
    plan: (ch) => {
      checkRoot(ch.scope, ch.call, root);
      ch.signature?.root(root);
      isRoot = ch.rank === root;
      encoded(ch, sendobj);
      return hierarchy.reduceAny(ch, ch.hosts, box, reducerOf(ch, op), root);
    },
    result: () => (isRoot ? (box.value as T) : null),
  };
}

export function allreduce<T>(sendobj: T, op: ObjectOp): ObjectPlan<T> {
  const box: coll.Box = { value: sendobj };
  return {
    plan: (ch) => hierarchy.allreduceAny(ch, ch.hosts, box, reducerOf(ch, op)),
    result: () => box.value as T,
  };
}

export function scan<T>(sendobj: T, op: ObjectOp): ObjectPlan<T> {
  const box: coll.Box = { value: sendobj };
  return {
    plan: (ch) => coll.scanAny(ch, box, reducerOf(ch, op), true),
    result: () => box.value as T,
  };
}

/** Null on rank 0, before which there is nobody. */
export function exscan<T>(sendobj: T, op: ObjectOp): ObjectPlan<T | null> {
  const box: coll.Box = { value: sendobj };
  let first = false;
  return {
    plan: (ch) => {
      first = ch.rank === 0;
      return coll.scanAny(ch, box, reducerOf(ch, op), false);
    },
    result: () => (first ? null : (box.value as T)),
  };
}
