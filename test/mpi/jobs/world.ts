/** Reports the world that `mpi4ts` sees here, after a message to itself. Run as a worker, a child, or alone. */
import { isMainThread, parentPort } from 'node:worker_threads';
import { MPI } from 'mpi4ts';

const { rank, size } = MPI.COMM_WORLD;
const got = new Int32Array(1);
MPI.COMM_WORLD.Sendrecv(Int32Array.of(42), 0, 1, got, 0, 1);
const report = { rank, size, echo: got[0] };
if (isMainThread) console.log(JSON.stringify(report));
else parentPort?.postMessage(report);
