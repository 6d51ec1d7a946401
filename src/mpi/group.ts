/** Groups: ordered sets of ranks, without communication (MPI-4.1 §7.3). */
import { ERR_ARG, ERR_GROUP, ERR_RANK, Exception, show } from '../base/errors.js';
import { isRank } from './arguments.js';
import { IDENT, PROC_NULL, SIMILAR, UNDEFINED, UNEQUAL } from './constants.js';
import { everyone, Members } from './members.js';
import { checkAlive } from './runtime.js';

/** Ranks `first`, `first + stride`, … up to `last`. */
export type RankRange = readonly [first: number, last: number, stride: number];

/** An ordered set of ranks of the job (MPI-4.1 §7.2.1). Groups are made of others, and of communicators; all local. */
export class Group {
  /** null of `MPI.GROUP_NULL`, and once freed. */
  #members: Members | null;

  /** @internal Groups are made by the calls of communicators and of other groups. */
  constructor(members: Members | null) {
    this.#members = members;
  }

  /** Number of members (MPI-4.1 §7.3.1). */
  Get_size(): number {
    return this.members('Get_size').size;
  }

  /** Rank of this process, or `MPI.UNDEFINED` if it is no member (MPI-4.1 §7.3.1). */
  Get_rank(): number {
    const { rank } = this.members('Get_rank');
    return rank < 0 ? UNDEFINED : rank;
  }

  /** Number of members. */
  get size(): number {
    return this.members('size').size;
  }

  /** Rank of this process, or `MPI.UNDEFINED`. */
  get rank(): number {
    return this.Get_rank();
  }

  /**
   * The ranks that members have in another group (MPI-4.1 §7.3.1); by default of all members, and in the group of
   * `MPI.COMM_WORLD`. `MPI.UNDEFINED` for those who are not in it, `MPI.PROC_NULL` for itself. ERR_RANK, ERR_GROUP.
   */
  Translate_ranks(ranks?: readonly number[] | null, group?: Group | null): number[] {
    const members = this.members('Translate_ranks');
    const target = group === undefined || group === null ? everyone : membersOf(group, 'Translate_ranks');
    const list = listOf(ranks ?? members.world.keys(), 'Translate_ranks');
    return list.map((rank) => {
      if (rank === PROC_NULL) return PROC_NULL;
      checkRank(rank, members, 'Translate_ranks');
      const position = target.position(members.world[rank]);
      return position < 0 ? UNDEFINED : position;
    });
  }

  /** `MPI.IDENT`, `MPI.SIMILAR` (the same members in another order) or `MPI.UNEQUAL` (MPI-4.1 §7.3.1). */
  Compare(group: Group): number {
    const mine = this.members('Compare');
    const other = membersOf(group, 'Compare');
    return mine.equals(other) ? IDENT : mine.resembles(other) ? SIMILAR : UNEQUAL;
  }

  /** The same members in the same order. */
  Dup(): Group {
    return new Group(this.members('Dup'));
  }

  /** The members of the first, then those of the second that are not in the first (MPI-4.1 §7.3.2). */
  static Union(group1: Group, group2: Group): Group {
    const first = membersOf(group1, 'Union');
    const second = membersOf(group2, 'Union');
    return groupOf([...first.world, ...second.world.filter((world) => !first.has(world))]);
  }

  /** The members of the first that are also in the second, in the order of the first (MPI-4.1 §7.3.2). */
  static Intersection(group1: Group, group2: Group): Group {
    const first = membersOf(group1, 'Intersection');
    const second = membersOf(group2, 'Intersection');
    return groupOf(first.world.filter((world) => second.has(world)));
  }

  /** The same as `Intersection`. */
  static Intersect(group1: Group, group2: Group): Group {
    return Group.Intersection(group1, group2);
  }

  /** The members of the first that are not in the second, in the order of the first (MPI-4.1 §7.3.2). */
  static Difference(group1: Group, group2: Group): Group {
    const first = membersOf(group1, 'Difference');
    const second = membersOf(group2, 'Difference');
    return groupOf(first.world.filter((world) => !second.has(world)));
  }

  /** The members with the given ranks, in the given order (MPI-4.1 §7.3.2). ERR_RANK, also for a rank given twice. */
  Incl(ranks: readonly number[]): Group {
    const members = this.members('Incl');
    return groupOf(distinct(listOf(ranks, 'Incl'), members, 'Incl').map((rank) => members.world[rank]));
  }

  /** All members but those with the given ranks (MPI-4.1 §7.3.2). ERR_RANK, also for a rank given twice. */
  Excl(ranks: readonly number[]): Group {
    const members = this.members('Excl');
    const out = new Set(distinct(listOf(ranks, 'Excl'), members, 'Excl'));
    return groupOf(members.world.filter((_, rank) => !out.has(rank)));
  }

  /** Like `Incl`, of ranges `[first, last, stride]` (MPI-4.1 §7.3.2). ERR_ARG for a range that leads nowhere. */
  Range_incl(ranks: readonly RankRange[]): Group {
    const members = this.members('Range_incl');
    return groupOf(unfold(ranks, members, 'Range_incl').map((rank) => members.world[rank]));
  }

  /** Like `Excl`, of ranges `[first, last, stride]` (MPI-4.1 §7.3.2). */
  Range_excl(ranks: readonly RankRange[]): Group {
    const members = this.members('Range_excl');
    const out = new Set(unfold(ranks, members, 'Range_excl'));
    return groupOf(members.world.filter((_, rank) => !out.has(rank)));
  }

  /** Gives the group up; using it again is ERR_GROUP (MPI-4.1 §7.3.3). `MPI.GROUP_EMPTY` stays. */
  Free(): void {
    this.members('Free');
    if (this !== GROUP_EMPTY) this.#members = null;
  }

  /** @internal */
  members(call: string): Members {
    checkAlive(call);
    if (this.#members !== null) return this.#members;
    throw new Exception(ERR_GROUP, `Group.${call}: the group is null: it was freed, or is MPI.GROUP_NULL`);
  }
}

/** The group of nobody (MPI-4.1 §7.2.1). */
export const GROUP_EMPTY = new Group(new Members([]));
/** No group: every use of it is ERR_GROUP. */
export const GROUP_NULL = new Group(null);

/** @internal The members of what should be a group. */
export function membersOf(group: Group, call: string): Members {
  if (group instanceof Group) return group.members(call);
  throw new Exception(ERR_GROUP, `Group.${call}: ${show(group)} is no group`);
}

function groupOf(world: readonly number[]): Group {
  return world.length === 0 ? GROUP_EMPTY : new Group(new Members(world));
}

function listOf(ranks: Iterable<number>, call: string): number[] {
  if (typeof ranks === 'object' && ranks !== null && Symbol.iterator in ranks) return Array.from(ranks);
  throw new Exception(ERR_ARG, `Group.${call}: ranks is ${show(ranks)}; pass an array of ranks`);
}

function checkRank(rank: number, members: Members, call: string): void {
  if (isRank(rank, members.size)) return;
  const allowed = members.size === 0 ? 'the group is empty' : `it must be 0 to ${members.size - 1}`;
  throw new Exception(ERR_RANK, `Group.${call}: ${show(rank)} is no rank of the group: ${allowed}`);
}

function distinct(ranks: number[], members: Members, call: string): number[] {
  const seen = new Set<number>();
  for (const rank of ranks) {
    checkRank(rank, members, call);
    if (seen.has(rank)) throw new Exception(ERR_RANK, `Group.${call}: rank ${rank} is given twice`);
    seen.add(rank);
  }
  return ranks;
}

/** The ranks of the ranges, one by one: the first that is none ends it, however long the range is. */
function unfold(ranges: readonly RankRange[], members: Members, call: string): number[] {
  const ranks: number[] = [];
  for (const range of listOf(ranges as never, call) as unknown as RankRange[]) {
    const [first, last, stride, ...rest] = listOf(range, call);
    const whole = [first, last, stride].every(Number.isInteger);
    if (!whole || rest.length > 0 || stride === 0 || (last - first) * stride < 0) {
      const text = `[${[first, last, stride, ...rest].map(show).join(', ')}]`;
      throw new Exception(
        ERR_ARG,
        `Group.${call}: ${text} is no range; pass [first, last, stride], with a stride that leads from first to last`,
      );
    }
    for (let rank = first; stride > 0 ? rank <= last : rank >= last; rank += stride) {
      checkRank(rank, members, call);
      ranks.push(rank);
    }
  }
  return distinct(ranks, members, call);
}
