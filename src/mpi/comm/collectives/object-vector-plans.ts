/** Lower-case collectives of lists of any lengths, which mpi4py lacks: each list travels as one message. */
import { ERR_ARG, ERR_COUNT, Exception, show } from '../../../base/errors.js';
import { place } from '../../../engine/ops.js';
import type { ObjectOp } from '../../combine.js';
import { combineOf } from '../../combine.js';
import type { CollectiveChannel } from '../channel.js';
import type { ObjectPlan } from './object-plans.js';
import * as plan from './object-plans.js';

function checkList(ch: CollectiveChannel, list: unknown): void {
  if (Array.isArray(list)) return;
  throw new Exception(ERR_ARG, `${place(ch.call, ch.scope)}: sendobjs is ${show(list)}, not a list`);
}

/** A list cut into `counts[i]` items for rank i. */
function cut<T>(ch: CollectiveChannel, list: readonly T[] | null, counts: ArrayLike<number> | null): T[][] {
  checkList(ch, list);
  const items = list as readonly T[];
  const isList = typeof counts === 'object' && counts !== null && 'length' in counts;
  const lengths = isList ? Array.from(counts) : [];
  const fits = lengths.length === ch.size && lengths.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!fits || lengths.reduce((sum, n) => sum + n, 0) !== items.length) {
    throw new Exception(
      ERR_COUNT,
      `${place(ch.call, ch.scope)}: counts are ${show(counts)}; ${ch.size} integers ≥ 0 with the sum ${items.length} are needed`,
    );
  }
  let start = 0;
  return lengths.map((n) => {
    start += n;
    return items.slice(start - n, start);
  });
}

export function gatherv<T>(sendobjs: readonly T[], root: number): ObjectPlan<T[] | null> {
  const inner = plan.gather(sendobjs, root);
  return checking(sendobjs, { plan: inner.plan, result: () => joinedOrNull(inner.result()) });
}

export function allgatherv<T>(sendobjs: readonly T[]): ObjectPlan<T[]> {
  const inner = plan.allgather(sendobjs);
  return checking(sendobjs, { plan: inner.plan, result: () => joined(inner.result()) });
}

export function scatterv<T>(
  sendobjs: readonly T[] | null,
  counts: ArrayLike<number> | null,
  root: number,
): ObjectPlan<T[]> {
  return late((ch) => plan.scatter<T[]>(ch.rank === root ? cut(ch, sendobjs, counts) : null, root));
}

export function alltoallv<T>(sendobjs: readonly T[], counts: ArrayLike<number>): ObjectPlan<T[]> {
  return late((ch) => {
    const inner = plan.alltoall(cut(ch, sendobjs, counts));
    return { plan: inner.plan, result: () => joined(inner.result()) };
  });
}

export function reduceScatter<T>(sendobjs: readonly T[], op: ObjectOp): ObjectPlan<T> {
  return late((ch) => {
    const combine = combineOf(op, place(ch.call, ch.scope));
    ch.signature?.op(op);
    const inner = plan.alltoall(sendobjs);
    return {
      plan: inner.plan,
      result: () => inner.result().reduce((left, right) => combine(left, right) as T),
    };
  });
}

function joined<T>(lists: readonly (readonly T[])[]): T[] {
  return lists.flatMap((list) => [...list]);
}

function checking<T>(sendobjs: unknown, inner: ObjectPlan<T>): ObjectPlan<T> {
  return {
    plan: (ch) => {
      checkList(ch, sendobjs);
      return inner.plan(ch);
    },
    result: inner.result,
  };
}

/** A plan that is made once its communicator is known. */
function late<T>(make: (ch: CollectiveChannel) => ObjectPlan<T>): ObjectPlan<T> {
  let inner: ObjectPlan<T> | undefined;
  return {
    plan: (ch) => {
      inner = make(ch);
      return inner.plan(ch);
    },
    result: () => inner!.result(),
  };
}

function joinedOrNull<T>(lists: readonly (readonly T[])[] | null): T[] | null {
  return lists === null ? null : joined(lists);
}
