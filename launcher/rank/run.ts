/** What every rank does first, be it a thread or a process: leaves the seat for the runtime and runs the program. */
import { SEAT_KEY, type Seat } from '../../src/bootstrap/seat.js';
import { loadProgram, silenceOwnWarnings } from './load.js';
import type { RankMeans, RankOrders } from './orders.js';
import { installStdio } from './stdio.js';

function leaveSeat(orders: RankOrders, means: RankMeans, beforePark: () => void): void {
  const { rank, size, check, appnum, wire } = orders;
  const { segment, sharing, event } = means;
  const seat: Seat = {
    rank,
    size,
    segment,
    sharing,
    check,
    appnum,
    beforePark,
    tellPort: (port) => means.tell({ port }),
    tellUnreachable: (peer, why) => means.tell({ unreachable: peer, why }),
    tellFinalized: () => means.tell('finalized'),
    ...(wire && { wire }),
    ...(event !== undefined && { event }),
  };
  // Not enumerable, so that nobody finds it by chance; configurable, so that the runtime can take it away.
  Object.defineProperty(globalThis, SEAT_KEY, { value: seat, configurable: true });
}

async function bind(cpus: readonly number[]): Promise<void> {
  const { loadNative } = await import('../../src/native.js');
  loadNative().native?.bind([...cpus]);
}

export async function runRank(orders: RankOrders, means: RankMeans): Promise<void> {
  process.argv[1] = orders.program;
  leaveSeat(orders, means, installStdio(orders, means));
  silenceOwnWarnings(orders.rank);
  process.setSourceMapsEnabled(true);
  if (orders.cpus !== undefined) await bind(orders.cpus);
  await loadProgram(orders);
}
