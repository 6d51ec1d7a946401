/** Whether the calls of all members of a group are one collective (MPI-4.1 §6.2). */
import { ERR_OTHER, ERR_ROOT } from '../../../base/errors.js';
import {
  type Naming,
  ofCalls,
  type Problem,
  problem,
  unequalPair,
  unlikeData,
  unlikeRecvcounts,
} from './differences.js';
import type { Stated } from './signature.js';

/** What is wrong with the call of a member, known by its place among all. */
export type Judgement = (place: number, name: Naming) => Problem;

/** Null if all calls fit together. */
export function judge(all: readonly Stated[]): Judgement | null {
  const classes = all.map((stated) => difference(stated, all[0]));
  const other = classes.findIndex((errorClass) => errorClass !== null);
  if (other >= 0) {
    return (place, name) => {
      // Who agrees with rank 0 is told of the first that does not.
      const second = classes[place] === null ? other : place;
      return problem(all, place, ofCalls(all, 0, second, classes[second] as number), name);
    };
  }
  const pair = unequalPair(all);
  return pair === null ? null : (place, name) => problem(all, place, pair, name);
}

/** The class of what differs from another call; null if nothing does. */
function difference(one: Stated, other: Stated): number | null {
  if (one.call !== other.call) return ERR_OTHER;
  if (one.root !== other.root) return ERR_ROOT;
  return unlikeData(one, other) ?? unlikeRecvcounts(one, other);
}
