/** MPI-4.1 chapters 9 and 11: environmental inquiry, and the start and end of MPI. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { until } from '../../support/job/tools.js';

defineCases({
  'importing has initialized MPI': () => {
    assert.equal(MPI.Is_initialized(), true);
    assert.equal(MPI.Is_finalized(), false);
  },

  'Init and Init_thread may be called again': () => {
    MPI.Init();
    const provided = MPI.Init_thread();
    assert.equal(MPI.Query_thread(), provided);
    const levels = [MPI.THREAD_SINGLE, MPI.THREAD_FUNNELED, MPI.THREAD_SERIALIZED, MPI.THREAD_MULTIPLE];
    assert.ok(levels.includes(provided));
    assert.deepEqual(
      levels,
      [...levels].sort((a, b) => a - b),
    );
    assert.equal(MPI.Is_initialized(), true);
  },

  'ranks and sizes of the predefined communicators': (comm, t) => {
    assert.equal(comm.Get_rank(), t.rank);
    assert.equal(comm.Get_size(), t.size);
    assert.ok(t.rank >= 0 && t.rank < t.size);
    assert.equal(MPI.COMM_SELF.rank, 0);
    assert.equal(MPI.COMM_SELF.size, 1);
    assert.equal(comm.Get_name(), 'MPI_COMM_WORLD');
    assert.equal(MPI.COMM_SELF.Get_name(), 'MPI_COMM_SELF');
  },

  'COMM_SELF does not match COMM_WORLD': (comm, t) => {
    const self = MPI.COMM_SELF;
    const request = self.Isend(Int32Array.of(5), 0, 1);
    assert.equal(comm.Iprobe(t.rank, 1), false);
    assert.equal(self.Iprobe(), true);
    const got = new Int32Array(1);
    assert.equal(self.Recv(got).source, 0);
    assert.equal(got[0], 5);
    request.Wait();
  },

  'Wtime advances in seconds, in steps of Wtick': () => {
    const start = MPI.Wtime();
    const clock = performance.now();
    until(() => performance.now() - clock > 20, 'twenty milliseconds');
    const seconds = MPI.Wtime() - start;
    assert.ok(seconds >= 0.019 && seconds < 10, `${seconds} s`);
    assert.ok(MPI.Wtick() > 0 && MPI.Wtick() <= 0.001, `${MPI.Wtick()}`);
    let last = MPI.Wtime();
    for (let i = 0; i < 1000; i++) {
      const now = MPI.Wtime();
      assert.ok(now >= last);
      last = now;
    }
  },

  'the version is that of the standard, the processor has a name': () => {
    assert.deepEqual([...MPI.Get_version()], [4, 1]);
    assert.ok(MPI.Get_processor_name().length > 0);
  },

  'constants are distinct where the standard wants it': () => {
    assert.notEqual(MPI.PROC_NULL, MPI.ANY_SOURCE);
    assert.ok(MPI.PROC_NULL < 0 && MPI.ANY_SOURCE < 0 && MPI.ANY_TAG < 0);
    assert.equal(MPI.SUCCESS, 0);
    const classes = [
      MPI.ERR_ARG,
      MPI.ERR_BUFFER,
      MPI.ERR_COMM,
      MPI.ERR_COUNT,
      MPI.ERR_IN_STATUS,
      MPI.ERR_PENDING,
      MPI.ERR_RANK,
      MPI.ERR_REQUEST,
      MPI.ERR_TAG,
      MPI.ERR_TIMEOUT,
      MPI.ERR_TRUNCATE,
      MPI.ERR_TYPE,
    ];
    assert.equal(new Set(classes).size, classes.length);
    assert.ok(classes.every((value) => Number.isInteger(value) && value > 0));
  },

  'sizes of the predefined datatypes': () => {
    const sizes: [MPI.Datatype, number][] = [
      [MPI.BYTE, 1],
      [MPI.INT8_T, 1],
      [MPI.UINT8_T, 1],
      [MPI.INT16_T, 2],
      [MPI.UINT16_T, 2],
      [MPI.INT32_T, 4],
      [MPI.UINT32_T, 4],
      [MPI.FLOAT, 4],
      [MPI.INT64_T, 8],
      [MPI.UINT64_T, 8],
      [MPI.DOUBLE, 8],
    ];
    for (const [type, size] of sizes) assert.equal(type.Get_size(), size);
  },

  'TAG_UB is the same on every rank': (comm, t) => {
    const upper = comm.Get_attr(MPI.TAG_UB) as number;
    assert.equal(comm.sendrecv(upper, t.next, 1, t.prev, 1), upper);
  },
});
