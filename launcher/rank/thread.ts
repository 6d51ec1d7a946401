/** The first module of a rank that is a thread. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { workerData } from 'node:worker_threads';
import { loadNative } from '../../src/native.js';
import { type Sharing, ThreadSharing } from '../../src/transport/ring/sharing.js';
import { SocketSharing } from '../../src/transport/wire/sharing.js';
import { betweenThreads } from '../output/words.js';
import type { ThreadOrders } from './orders.js';
import { runRank } from './run.js';

/** The orders are the launcher's affair: the program finds no `workerData`, as in a main thread. */
function hideOrders(): void {
  const threads = createRequire(import.meta.url)('node:worker_threads') as { workerData: unknown };
  threads.workerData = null;
  syncBuiltinESMExports();
}

/** Ranks with sockets wake each other by events. */
function sharingOf({ orders, segment, events }: ThreadOrders): Sharing {
  const threads = new ThreadSharing(segment);
  // The addon is loaded only where it is needed: a rank that never joins starts sooner without.
  const native = events === undefined ? null : loadNative().native;
  return events === undefined || native === null
    ? threads
    : new SocketSharing(native, segment, orders.rank, events, threads);
}

const given = workerData as ThreadOrders;
const { orders, segment, words, port, stdin } = given;
hideOrders();
await runRank(orders, {
  segment,
  sharing: sharingOf(given),
  output: betweenThreads(words),
  tell: (message) => port.postMessage(message),
  ...(stdin && { input: port }),
});
