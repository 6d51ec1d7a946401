/** Rank 1 of a segment: joins, says so, sleeps on its doorbell until it is woken, and stays awake. */
import { parentPort, workerData } from 'node:worker_threads';
import { RingTransport } from '../../../src/transport/ring/transport.js';

const rank = new RingTransport(workerData as SharedArrayBuffer, 1);
parentPort?.postMessage('joined');
rank.sleep(rank.listen(), 20_000);
rank.ignore();
setTimeout(() => {}, 20_000);
