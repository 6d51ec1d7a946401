/** Collectives that end half-way, each in a job of its own: the case is the first argument. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { raises, rejects } from '../../support/job/tools.js';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const last = size - 1;

/** The communicator takes no further collective on this rank. */
function assertBroken(): void {
  for (const call of [
    () => comm.Barrier(),
    () => comm.Ibarrier(),
    () => comm.Barrier_init(),
    () => comm.ibcast(1),
  ])
    raises(MPI.ERR_COMM, call, 'half-way');
}

const cases: Record<string, () => void | Promise<void>> = {
  lengths: async () => {
    // The last rank expects less than the root sends.
    const request = comm.Ibcast(new Int8Array(rank === last ? 5 : 6), 0);
    if (rank !== last) await request;
    else {
      await rejects(MPI.ERR_TRUNCATE, request, 'Ibcast', `rank ${last}`);
      assertBroken();
    }
    // Messages still pass.
    assert.equal(comm.sendrecv(rank, (rank + 1) % size, 0, (rank + last) % size), (rank + last) % size);
  },
  shorter: () => {
    const request = comm.Ibcast(new Int8Array(rank === last ? 7 : 6), 0);
    if (rank !== last) request.Wait();
    else raises(MPI.ERR_COUNT, () => request.Wait(), 'matching counts');
  },
  throwing: () => {
    const failing = MPI.Op.Create(() => {
      throw new TypeError('no such luck');
    });
    const persistent = comm.Barrier_init();
    const request = comm.Ireduce(new Float64Array(1), rank === 0 ? new Float64Array(1) : null, failing);
    if (rank !== 0) return;
    const error = raises(MPI.ERR_OTHER, () => request.Wait(), 'Ireduce', 'no such luck');
    assert.ok(error.cause instanceof TypeError);
    raises(MPI.ERR_COMM, () => persistent.Start(), 'half-way');
    assertBroken();
  },
  timeout: async () => {
    // The others stay until this rank is through.
    if (rank !== 0) {
      comm.recv(0);
      return;
    }
    raises(MPI.ERR_TIMEOUT, () => comm.Ibarrier().Wait(null, { timeout: 30 }), 'stays active');
    await rejects(MPI.ERR_TIMEOUT, comm.Ibarrier({ timeout: 30 }), 'Ibarrier');
    assertBroken();
    for (let other = 1; other < size; other++) comm.send('done', other);
  },
  signal: async () => {
    // The others stay until this rank is through.
    if (rank !== 0) {
      comm.recv(0);
      return;
    }
    const controller = new AbortController();
    const request = comm.iallgather(1, { signal: controller.signal });
    setTimeout(() => controller.abort(new RangeError('enough')), 20);
    await assert.rejects(Promise.resolve(request), RangeError);
    assertBroken();
    for (let other = 1; other < size; other++) comm.send('done', other);
  },
  gone: async () => {
    // Only this rank waits, for ranks that have ended.
    if (rank !== 0) return;
    raises(MPI.ERR_PROC_FAILED, () => comm.Ibarrier().Wait(), 'Ibarrier');
  },
  'gone, awaited': async () => {
    if (rank === 0) await rejects(MPI.ERR_PROC_FAILED, comm.Ibarrier(), 'Ibarrier');
  },
};

const name = process.argv[2];
await cases[name]();
console.log(`${rank}: ${name} as it should be`);
