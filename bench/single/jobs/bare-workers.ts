/** Starts as many idle workers as its argument says, and prints what the process then holds, in bytes. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const count = Number(process.argv[2]);
const workers = Array.from(
  { length: count },
  () => new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true }),
);
await Promise.all(workers.map((worker) => once(worker, 'online')));
// Online means started: one round trip more, and each has run its script to the end.
await new Promise((resolve) => setTimeout(resolve, 200));
console.log(process.memoryUsage.rss());
process.exit(0);
