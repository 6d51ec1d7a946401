/** Rank 1 of a segment: joins, says so, sleeps on its doorbell until it is woken, and stays awake. */
import { parentPort, workerData } from 'node:worker_threads';
import { Parked } from '../../../src/transport/ring/layout.js';
import { ThreadSharing } from '../../../src/transport/ring/sharing.js';
import { RingTransport } from '../../../src/transport/ring/transport.js';

const segment = workerData as SharedArrayBuffer;
const rank = new RingTransport(segment, 1, new ThreadSharing(segment));
parentPort?.postMessage('joined');
rank.sleep(rank.listen(Parked.ASLEEP), 20_000);
rank.ignore();
setTimeout(() => {}, 20_000);
