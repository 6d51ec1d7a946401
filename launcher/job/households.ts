/** Which ranks share memory. */
import type { Household } from '../../src/bootstrap/segment.js';
import type { TransportName } from './wire-plan.js';

/** The households of one host's ranks: one for all, or one for each where nothing is shared. */
export function planHouseholds(
  ranks: readonly number[],
  size: number,
  cores: number,
  transport: TransportName,
  sockets: boolean,
): Household[] {
  const common = { size, residents: ranks.length, cores, sockets };
  if (transport === 'shared') return [{ ...common, members: ranks }];
  return ranks.map((rank) => ({ ...common, members: [rank] }));
}
