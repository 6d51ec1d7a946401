/** Who shares memory with whom among the ranks of a channel, and channels of some of them. */
import type { Collective } from '../algorithms.js';
import type { Channel, Taken } from '../channel.js';
import { type Model, memory } from '../model.js';
import { isOpen } from '../select.js';

/** The ranks of each host in ascending order, the hosts by their lowest; `own` is this rank's. */
export interface Hosts {
  readonly groups: readonly (readonly number[])[];
  readonly own: number;
  /** Each host's ranks follow each other: the order of the hosts is that of the ranks. */
  readonly inOrder: boolean;
  /** All have the same number of ranks. */
  readonly even: boolean;
}

/** Groups the ranks by the lowest that each shares memory with; null if nobody shares, or all do. */
export function hostsOf(lowest: ArrayLike<number>, rank: number): Hosts | null {
  const byLowest = new Map<number, number[]>();
  for (let member = 0; member < lowest.length; member++) {
    const group = byLowest.get(lowest[member]);
    if (group === undefined) byLowest.set(lowest[member], [member]);
    else group.push(member);
  }
  const groups = [...byLowest.values()];
  if (groups.length === 1 || groups.length === lowest.length) return null;
  return {
    groups,
    own: groups.findIndex((group) => group.includes(rank)),
    inOrder: groups.flat().every((member, position) => member === position),
    even: groups.every(({ length }) => length === groups[0].length),
  };
}

/** There is more than one level, and the environment names no algorithm. */
export function goesInLevels(collective: Collective, hosts: Hosts | null): hosts is Hosts {
  return hosts !== null && isOpen(collective);
}

/** The channel of some ranks of another one, of which this rank is one. */
export class PartChannel implements Channel {
  readonly rank: number;
  readonly size: number;
  readonly model: Model;
  readonly #ch: Channel;
  readonly #members: readonly number[];

  constructor(ch: Channel, members: readonly number[], model: Model) {
    this.rank = members.indexOf(ch.rank);
    this.size = members.length;
    this.model = model;
    this.#ch = ch;
    this.#members = members;
  }

  send(bytes: Uint8Array, dest: number): void {
    this.#ch.send(bytes, this.#members[dest]);
  }

  recv(bytes: Uint8Array, source: number): void {
    this.#ch.recv(bytes, this.#members[source]);
  }

  take(source: number): Taken {
    return this.#ch.take(this.#members[source]);
  }
}

/** This rank's place in the two levels. */
export interface Levels {
  /** This rank's host; its head is rank `head` there. */
  readonly near: PartChannel;
  readonly head: number;
  /** The heads, in the order of the hosts; null for who is none. */
  readonly far: PartChannel | null;
}

/** The levels of which `heads` are one rank of each host. */
export function levelsUnder(ch: Channel, { groups, own }: Hosts, heads: readonly number[]): Levels {
  const group = groups[own];
  return {
    near: new PartChannel(ch, group, memory),
    head: group.indexOf(heads[own]),
    far: heads.includes(ch.rank) ? new PartChannel(ch, heads, ch.model) : null,
  };
}

/** Each host's first rank is its head, but `root` that of its own, and rank `top` of the heads. */
export function levelsOf(ch: Channel, hosts: Hosts, root: number): Levels & { readonly top: number } {
  const heads = hosts.groups.map((group) => (group.includes(root) ? root : group[0]));
  return { ...levelsUnder(ch, hosts, heads), top: heads.indexOf(root) };
}
