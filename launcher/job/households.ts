/** Which ranks share memory. */
import type { Household } from '../../src/bootstrap/segment.js';
import { socketsOf, type TransportName } from './wire-plan.js';

/** The households of one host's ranks: one for all, or one for each where nothing is shared. `wired`: ranks have sockets. */
export function planHouseholds(
  ranks: readonly number[],
  size: number,
  cores: number,
  transport: TransportName,
  wired: boolean,
): Household[] {
  const sockets = wired ? socketsOf(transport) : undefined;
  const common = {
    size,
    residents: ranks.length,
    // Each rank has an I/O worker beside it: one that spins keeps it from a core (8 B took twice as long on two).
    cores: sockets === 'ws' ? Math.max(1, cores >> 1) : cores,
    ...(sockets && { sockets }),
  };
  if (transport === 'shared') return [{ ...common, members: ranks }];
  return ranks.map((rank) => ({ ...common, members: [rank] }));
}

/** What `make` makes of each household, by rank; nothing for ranks of other machines. */
export function byRank<T>(
  households: readonly Household[],
  make: (household: Household) => T,
): (T | undefined)[] {
  const found = Array<T | undefined>(households[0].size).fill(undefined);
  for (const household of households) {
    const made = make(household);
    for (const rank of household.members) found[rank] = made;
  }
  return found;
}
