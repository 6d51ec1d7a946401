/** Why ranks wait for each other: cycles, partners who are gone, collectives that some are not in, and near misses. */
import type { Want } from '../../src/bootstrap/stall.js';
import { listRanks, nameRanks } from './ranks.js';
import type { BlockedRank, Deadlock } from './watch.js';

const ANY = -1;

/** Ranks of a cycle, or of a chain, that are named. */
const namedMax = 12;

/** Causes of one kind that are told. */
const causesMax = 4;

/** A rank that must act before this one can go on; undefined where several could. */
function partnerOf({ wants, any }: BlockedRank): number | undefined {
  const peers = new Set(wants.map(({ peer }) => peer));
  if (any && peers.size > 1) return undefined;
  return [...peers].find((peer) => peer !== ANY);
}

class Causes {
  readonly #blocked: ReadonlyMap<number, BlockedRank>;
  readonly #finalized: ReadonlySet<number>;

  constructor({ blocked, finalized }: Deadlock) {
    this.#blocked = new Map(blocked.map((rank) => [rank.rank, rank]));
    this.#finalized = new Set(finalized);
  }

  /** Each cycle once, from its lowest rank on. */
  cycles(): string[] {
    const found = new Map<number, string>();
    for (const start of this.#blocked.keys()) {
      const path: number[] = [];
      let at: number | undefined = start;
      while (at !== undefined && !path.includes(at)) {
        path.push(at);
        const rank = this.#blocked.get(at);
        at = rank && partnerOf(rank);
      }
      if (at === undefined) continue;
      const cycle = path.slice(path.indexOf(at));
      const least = Math.min(...cycle);
      const turn = cycle.indexOf(least);
      if (!found.has(least)) found.set(least, tellCycle([...cycle.slice(turn), ...cycle.slice(0, turn)]));
    }
    return [...found.values()];
  }

  /** Partners who have ended. */
  missing(): string[] {
    const waiting = new Map<number, number[]>();
    for (const rank of this.#blocked.values()) {
      const partner = partnerOf(rank);
      if (partner === undefined || this.#blocked.has(partner)) continue;
      waiting.set(partner, [...(waiting.get(partner) ?? []), rank.rank]);
    }
    return [...waiting].map(([partner, ranks]) => {
      const end = this.#finalized.has(partner) ? 'has finalized' : 'has ended';
      return `${nameRanks(ranks)} ${ranks.length === 1 ? 'waits' : 'wait'} for ${partner}, which ${end}`;
    });
  }

  /** Those who wait for anybody. */
  nobody(): string[] {
    const ranks = [...this.#blocked.values()].filter(
      (rank) => rank.wants.length > 0 && partnerOf(rank) === undefined,
    );
    if (ranks.length === 0) return [];
    const who = nameRanks(ranks.map(({ rank }) => rank));
    return [
      `${who} ${ranks.length === 1 ? 'waits' : 'wait'} for any of several messages, and nobody is left who could help`,
    ];
  }

  /** Collectives that not all members are in. */
  collectives(): string[] {
    const groups = new Map<string, BlockedRank[]>();
    for (const rank of this.#blocked.values()) {
      const { collective, comm, wants } = rank;
      if (collective === undefined) continue;
      const key = `${collective.name} ${comm} ${wants[0]?.context}`;
      groups.set(key, [...(groups.get(key) ?? []), rank]);
    }
    return [...groups.values()].flatMap((group) => {
      const { collective, comm } = group[0];
      const inside = group.map(({ rank }) => rank);
      const outside = collective!.members.filter((member) => !inside.includes(member));
      if (outside.length === 0) return [];
      const verb = (ranks: readonly number[]) => (ranks.length === 1 ? 'is' : 'are');
      const where = outside.length === 1 ? this.#whereIs(outside[0]) : '';
      return [
        `${collective!.name} on ${comm}: ${nameRanks(inside)} ${verb(inside)} in it, ${nameRanks(outside)} ${verb(outside)} not${where}`,
      ];
    });
  }

  /** A message that comes, or has come, to a rank that waits for another one of the same sender. */
  nearMisses(): string[] {
    return [...this.#blocked.values()].flatMap((receiver) => {
      if (receiver.collective !== undefined) return [];
      const wants = receiver.wants.filter(({ kind }) => kind === 'recv');
      return wants.flatMap((want) => [...this.#senders(receiver, want), ...left(receiver, want)]);
    });
  }

  #senders(receiver: BlockedRank, want: Want): string[] {
    const { rank } = receiver;
    const senders = [...this.#blocked.values()].filter(
      (other) => other.collective === undefined && (want.peer === ANY || want.peer === other.rank),
    );
    return senders.flatMap((sender) =>
      sender.wants
        .filter(({ kind, peer }) => kind === 'send' && peer === rank)
        .map((sent) =>
          sent.context === want.context
            ? `rank ${sender.rank} sends to ${rank} with tag ${sent.tag}, where ${rank} receives ${tagOf(want)}`
            : `rank ${sender.rank} sends to ${rank} on ${sender.comm}, where ${rank} receives on ${receiver.comm}`,
        ),
    );
  }

  #whereIs(rank: number): string {
    const blocked = this.#blocked.get(rank);
    if (blocked !== undefined) return ` (it is in ${blocked.call.split(' ')[0].replace(/:$/, '')})`;
    return this.#finalized.has(rank) ? ' (it has finalized)' : ' (it has ended)';
  }
}

function tagOf({ tag }: Want): string {
  return tag === ANY ? 'any tag' : `tag ${tag}`;
}

/** Messages that have come, and are not what is waited for. */
function left({ rank, unreceived = [] }: BlockedRank, want: Want): string[] {
  return unreceived
    .filter(({ source, context }) => context === want.context && (want.peer === ANY || want.peer === source))
    .map(
      ({ source, tag }) =>
        `a message from ${source} with tag ${tag} has come to ${rank}, which receives ${tagOf(want)}`,
    );
}

function tellCycle(cycle: readonly number[]): string {
  if (cycle.length === 1) return `rank ${cycle[0]} waits for itself`;
  const [first, second, ...others] = cycle;
  const told = others.slice(0, namedMax);
  const cut =
    others.length > told.length ? `, and so on through ${listRanks([...cycle].sort(ascending))}` : '';
  return `rank ${first} waits for ${[second, ...told].join(', which waits for ')}${cut}, which waits for ${first}`;
}

function ascending(one: number, other: number): number {
  return one - other;
}

/** What explains a deadlock, a line each. */
export function causesOf(deadlock: Deadlock): string[] {
  const causes = new Causes(deadlock);
  return [
    causes.collectives(),
    causes.cycles(),
    causes.missing(),
    causes.nobody(),
    [...new Set(causes.nearMisses())],
  ].flatMap((lines) => lines.slice(0, causesMax));
}
