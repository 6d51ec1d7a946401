/** Who can be compared, by the names that `--versus` takes. */
import { UsageError } from '../../launcher/usage.js';
import { type Contender, peerNames, type Work } from '../contract.js';
import type { Plan } from '../plan.js';
import { ours, type Variant } from './ours.js';

/** mpi4ts in the ways that can be compared with each other. */
const variants: Readonly<Record<string, Variant>> = {
  mpi4ts: { transport: 'threads', native: true, mixed: false },
  'no-native': { transport: 'threads', native: false, mixed: false },
  mixed: { transport: 'threads', native: true, mixed: true },
  processes: { transport: 'processes', native: true, mixed: false },
  tcp: { transport: 'tcp', native: true, mixed: false },
  unix: { transport: 'unix', native: true, mixed: false },
};

/** Every name that `--versus` takes. */
export const versusNames: readonly string[] = [...peerNames, ...Object.keys(variants)];

/** We can be compared with ourselves, which shows what the machine's noise does to a ratio. */
function apart(other: Contender, own: Contender): Contender {
  return other.name === own.name ? { ...other, name: `${other.name}, again` } : other;
}

/** Without those configurations of a peer that have no part in the work, where others of that peer have. */
function concerned(work: Work, contenders: readonly Contender[]): Contender[] {
  const able = new Set(contenders.filter(({ works }) => works.includes(work)).map(({ peer }) => peer));
  return contenders.filter(({ peer, works }) => works.includes(work) || !able.has(peer));
}

/**
 * Who takes part, ours first, then those of `--versus` in the order given. With others than ourselves, in shared memory,
 * comes the C floor, where there is one for the work: what the machine can do at best.
 * @throws UsageError for a name that does not exist.
 */
export async function contendersFor({ work, ranks, options }: Plan): Promise<Contender[]> {
  const { versus } = options;
  const unknown = versus.find((name) => !versusNames.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--versus ${unknown}: give some of ${versusNames.join(', ')}, with commas between`);
  const others: Contender[] = [];
  for (const name of versus) {
    const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
    if (variant !== undefined) others.push(ours(variant, name));
    else others.push(...(await (await import('../peers/index.js')).peers([name])));
  }
  const own = ours(options);
  const everybody = [own, ...concerned(work, others).map((other) => apart(other, own))];
  const inMemory = options.transport === 'threads' || options.transport === 'processes';
  if (!inMemory || ranks !== 2 || versus.every((name) => Object.hasOwn(variants, name))) return everybody;
  const floor = await (await import('../peers/index.js')).floor();
  return floor.works.includes(work) ? [...everybody, floor] : everybody;
}
