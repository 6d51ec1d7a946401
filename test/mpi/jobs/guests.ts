/** A rank's own Worker, child process and second copy of the package are worlds of one, and disturb nobody. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { MPI as Copy } from 'mpi4ts';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { assertFrom } from '../../support/job/tools.js';

const world = new URL('./world.js', import.meta.url);
const alone = { rank: 0, size: 1, echo: 42 };

/** The job itself goes on as before. */
function exchange(comm: MPI.Comm, next: number, prev: number): void {
  const got = new Int32Array(1);
  assertFrom(comm.Sendrecv(Int32Array.of(comm.rank), next, 1, got, prev, 1), prev, 1, 4);
  assert.equal(got[0], prev);
}

defineCases({
  "a user's own Worker": async (comm, t) => {
    const worker = new Worker(world);
    const [report] = await once(worker, 'message');
    assert.deepEqual(report, alone);
    await worker.terminate();
    exchange(comm, t.next, t.prev);
  },

  'several Workers at once': async (comm, t) => {
    const workers = [1, 2, 3].map(() => new Worker(world));
    const reports = await Promise.all(workers.map((worker) => once(worker, 'message')));
    for (const [report] of reports) assert.deepEqual(report, alone);
    await Promise.all(workers.map((worker) => worker.terminate()));
    exchange(comm, t.next, t.prev);
  },

  'a child process': (comm, t) => {
    const output = execFileSync(process.execPath, [fileURLToPath(world)], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(output), alone);
    exchange(comm, t.next, t.prev);
  },

  'a second copy of the package': async (comm, t) => {
    const file = process.env.MPI4TS_TEST_COPY;
    assert.ok(file !== undefined);
    const copy: { MPI: typeof Copy } = await import(pathToFileURL(file).href);
    assert.notEqual(copy.MPI, MPI);
    assert.equal(copy.MPI.COMM_WORLD.size, 1);
    assert.equal(copy.MPI.COMM_WORLD.rank, 0);
    const got = new Int32Array(1);
    copy.MPI.COMM_WORLD.Sendrecv(Int32Array.of(7), 0, 1, got, 0, 1);
    assert.equal(got[0], 7);
    exchange(comm, t.next, t.prev);
  },

  'the same copy imported again is the same world': async (comm) => {
    const again = await import('mpi4ts');
    assert.equal(again.MPI.COMM_WORLD, comm);
  },
});
