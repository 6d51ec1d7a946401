/**
 * Whether the calls of two groups are one collective (MPI-4.1 §6.2.3). Members are known by their places among all, those
 * of the one group first. All are told of the same two calls.
 */
import { ERR_OTHER, ERR_ROOT } from '../../../base/errors.js';
import { PROC_NULL, ROOT } from '../../constants.js';
import {
  type Difference,
  ofCalls,
  problem,
  unequalPair,
  unlikeData,
  unlikeRecvcounts,
} from './differences.js';
import type { Judgement } from './judgement.js';
import type { Edge, Stated } from './signature.js';

const ROLES =
  'the root passes MPI.ROOT, the others of its group MPI.PROC_NULL, the other group the rank of the root';

/** `first`: how many of all are the one group. Null if all calls fit together. */
export function judgeBetween(all: readonly Stated[], first: number): Judgement | null {
  const found =
    unlikeCalls(all) ??
    unlikeRoots(all, first) ??
    unlikeParts(all) ??
    unlikeLists(all, first) ??
    unequalPair(all.map((stated, place) => placed(stated, place, first)));
  return found === null ? null : (place, name) => problem(all, place, found, name);
}

function unlikeCalls(all: readonly Stated[]): Difference | null {
  const other = all.findIndex(({ call }) => call !== all[0].call);
  return other < 0 ? null : ofCalls(all, 0, other, ERR_OTHER);
}

function unlikeRoots(all: readonly Stated[], first: number): Difference | null {
  if (all[0].root === undefined) return null;
  const roots = all.map(({ root }, place) => rootOf(root as number, place, first));
  const certain = roots.findIndex((root) => root !== null);
  // Both groups stand by.
  if (certain < 0) return ofCalls(all, 0, first, ERR_ROOT, ROLES);
  const root = roots[certain] as number;
  const isBeside = (place: number): boolean => place !== root && place < first === root < first;
  const other = roots.findIndex((one, place) => (one === null ? !isBeside(place) : one !== root));
  return other < 0 ? null : ofCalls(all, certain, other, ERR_ROOT, ROLES);
}

/** The place of whom a member takes for the root; null: another one of its own group. */
function rootOf(root: number, place: number, first: number): number | null {
  if (root === PROC_NULL) return null;
  return root === ROOT ? place : atPlace(root, place, first);
}

/** The place of a rank of the other group than that of the member at `place`. */
function atPlace(rank: number, place: number, first: number): number {
  return place < first ? first + rank : rank;
}

/** Operations and data of all who take part: nobody looks at those of bystanders. */
function unlikeParts(all: readonly Stated[]): Difference | null {
  const one = all.findIndex(({ root }) => root !== PROC_NULL);
  for (const [other, stated] of all.entries()) {
    if (stated.root === PROC_NULL) continue;
    const errorClass = unlikeData(stated, all[one]);
    if (errorClass !== null) return ofCalls(all, one, other, errorClass);
  }
  return null;
}

/** Each group has its own list of recvcounts. */
function unlikeLists(all: readonly Stated[], first: number): Difference | null {
  for (const [other, stated] of all.entries()) {
    const one = other < first ? 0 : first;
    const errorClass = unlikeRecvcounts(stated, all[one]);
    if (errorClass !== null) return ofCalls(all, one, other, errorClass);
  }
  return null;
}

function placed(stated: Stated, place: number, first: number): Stated {
  const { sends, takes } = stated;
  const toPlaces = (edges: readonly Edge[]): Edge[] =>
    edges.map(([peer, amount]) => [atPlace(peer, place, first), amount]);
  return {
    ...stated,
    ...(sends && { sends: toPlaces(sends) }),
    ...(takes && { takes: toPlaces(takes) }),
  };
}
