/** The plans of the lower-case collectives between two groups, as mpi4py has them: the root's side of a rooted one gets null. */
import type * as coll from '../../../coll/index.js';
import * as inter from '../../../coll/inter/index.js';
import { nothing } from '../../../coll/schedule.js';
import type { ObjectOp } from '../../combine.js';
import { PROC_NULL, ROOT } from '../../constants.js';
import { decode } from '../../objects.js';
import { encoded, encodedList, reducerOf } from './encoding.js';
import { checkInterRoot, groupsOf, refuse } from './inter-roles.js';
import type { ObjectPlan } from './object-plans.js';
import type { ObjectPlans } from './objects.js';
import type { Plan } from './schedules.js';

const NONE = new Uint8Array(0);

/** A plan with a root: nobody else of the root's group has anything to do. */
const rooted =
  (root: number, plan: Plan): Plan =>
  (ch) => {
    checkInterRoot(ch, root);
    return root === PROC_NULL ? nothing() : plan(ch);
  };

const isReceiver = (root: number) => root !== ROOT && root !== PROC_NULL;

function bcast<T>(obj: T, root: number): ObjectPlan<T> {
  const parcel: coll.Parcel = { view: NONE };
  return {
    plan: rooted(root, (ch) => {
      if (root === ROOT) parcel.view = encoded(ch, obj);
      return inter.bcastAny(groupsOf(ch), parcel, root);
    }),
    result: () => (isReceiver(root) ? decode(parcel.view) : null) as T,
  };
}

function gather<T>(sendobj: T, root: number): ObjectPlan<T[] | null> {
  const into: Uint8Array[] = [];
  return {
    plan: rooted(root, (ch) => inter.gatherAny(ch, root === ROOT ? null : encoded(ch, sendobj), into, root)),
    result: () => (root === ROOT ? into.map((message) => decode(message) as T) : null),
  };
}

function scatter<T>(sendobj: readonly T[] | null, root: number): ObjectPlan<T> {
  const parcel: coll.Parcel = { view: NONE };
  return {
    plan: rooted(root, (ch) =>
      inter.scatterAny(ch, root === ROOT ? encodedList(ch, sendobj) : null, parcel, root),
    ),
    result: () => (isReceiver(root) ? decode(parcel.view) : null) as T,
  };
}

function allgather<T>(sendobj: T): ObjectPlan<T[]> {
  const into: Uint8Array[] = [];
  return {
    plan: (ch) => {
      const message = encoded(ch, sendobj);
      return inter.alltoallAny(ch, new Array<Uint8Array>(ch.size).fill(message), into);
    },
    result: () => into.map((message) => decode(message) as T),
  };
}

function alltoall<T>(sendobj: readonly T[]): ObjectPlan<T[]> {
  const into: Uint8Array[] = [];
  return {
    plan: (ch) => inter.alltoallAny(ch, encodedList(ch, sendobj), into),
    result: () => into.map((message) => decode(message) as T),
  };
}

function reduce<T>(sendobj: T, op: ObjectOp, root: number): ObjectPlan<T | null> {
  const box: coll.Box = { value: sendobj };
  return {
    plan: rooted(root, (ch) => {
      if (root !== ROOT) encoded(ch, sendobj);
      return inter.reduceAny(groupsOf(ch), box, reducerOf(ch, op), root);
    }),
    result: () => (root === ROOT ? (box.value as T) : null),
  };
}

function allreduce<T>(sendobj: T, op: ObjectOp): ObjectPlan<T> {
  const box: coll.Box = { value: sendobj };
  return {
    plan: (ch) => inter.allreduceAny(groupsOf(ch), box, reducerOf(ch, op)),
    result: () => box.value as T,
  };
}

/** Those that mpi4py does not have there. */
const refused = (): ObjectPlan<never> => ({ plan: refuse, result: () => undefined as never });

/** What takes the place of the plans of one group. */
export const objectPlansOfTwo: ObjectPlans = {
  bcast,
  gather,
  scatter,
  allgather,
  alltoall,
  reduce,
  allreduce,
  scan: refused,
  exscan: refused,
  gatherv: refused,
  scatterv: refused,
  allgatherv: refused,
  alltoallv: refused,
  reduceScatter: refused,
};
