/** The first module of every rank's thread: takes its orders, leaves the seat for the runtime, runs the program. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { workerData } from 'node:worker_threads';
import { SEAT_KEY, type Seat } from '../../src/bootstrap/seat.js';
import { loadProgram, silenceOwnWarnings } from './load.js';
import type { RankOrders } from './orders.js';
import { installStdio } from './stdio.js';

/** The orders are the launcher's affair: the program finds no `workerData`, as in a main thread. */
function hideOrders(): void {
  const threads = createRequire(import.meta.url)('node:worker_threads') as { workerData: unknown };
  threads.workerData = null;
  syncBuiltinESMExports();
}

function leaveSeat(orders: RankOrders, beforePark: () => void): void {
  const { rank, size, segment, check, appnum } = orders;
  const seat: Seat = { rank, size, segment, check, appnum, beforePark };
  // Not enumerable, so that nobody finds it by chance; configurable, so that the runtime can take it away.
  Object.defineProperty(globalThis, SEAT_KEY, { value: seat, configurable: true });
}

async function bind(cpus: readonly number[]): Promise<void> {
  const { loadNative } = await import('../../src/native.js');
  loadNative().native?.bind([...cpus]);
}

async function start(orders: RankOrders): Promise<void> {
  hideOrders();
  process.argv[1] = orders.program;
  leaveSeat(orders, installStdio(orders));
  silenceOwnWarnings(orders.rank);
  process.setSourceMapsEnabled(true);
  if (orders.cpus !== undefined) await bind(orders.cpus);
  await loadProgram(orders);
}

await start(workerData as RankOrders);
