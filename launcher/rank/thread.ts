/** The first module of a rank that is a thread. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { workerData } from 'node:worker_threads';
import { ThreadSharing } from '../../src/transport/ring/sharing.js';
import { betweenThreads } from '../output/words.js';
import type { ThreadOrders } from './orders.js';
import { runRank } from './run.js';

/** The orders are the launcher's affair: the program finds no `workerData`, as in a main thread. */
function hideOrders(): void {
  const threads = createRequire(import.meta.url)('node:worker_threads') as { workerData: unknown };
  threads.workerData = null;
  syncBuiltinESMExports();
}

const { orders, segment, words, port, stdin } = workerData as ThreadOrders;
hideOrders();
await runRank(orders, {
  segment,
  sharing: new ThreadSharing(segment),
  output: betweenThreads(words),
  tell: (message) => port.postMessage(message),
  ...(stdin && { input: port }),
});
