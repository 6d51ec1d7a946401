/** MPI-4.1 section 3.11: send-receive. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { assertFrom, assertPattern, pattern, REGIMES, SIZES } from '../../support/job/tools.js';

defineCases({
  'shift around the ring, every size': (comm, t) => {
    for (const [i, bytes] of SIZES.entries()) {
      const got = new Uint8Array(bytes);
      const status = comm.Sendrecv(pattern(bytes, t.rank + i), t.next, i, got, t.prev, i);
      assertFrom(status, t.prev, i, bytes);
      assertPattern(got, t.prev + i);
    }
  },

  'different sizes in the two directions': (comm, t) => {
    for (const bytes of REGIMES) {
      const mine = t.rank % 2 ? bytes : 16;
      const theirs = t.prev % 2 ? bytes : 16;
      const got = new Uint8Array(Math.max(theirs, 1));
      assertFrom(comm.Sendrecv(pattern(mine, 1), t.next, 1, got, t.prev, 1), t.prev, 1, theirs);
      assertPattern(got.subarray(0, theirs), 1);
    }
  },

  'with oneself': (comm, t) => {
    for (const bytes of REGIMES) {
      const got = new Uint8Array(bytes);
      assertFrom(comm.Sendrecv(pattern(bytes, 2), t.rank, 1, got, t.rank, 1), t.rank, 1, bytes);
      assertPattern(got, 2);
    }
  },

  'different tags in the two directions, and the wildcards by default': (comm, t) => {
    const got = new Int32Array(1);
    assertFrom(comm.Sendrecv(Int32Array.of(t.rank), t.next, 5, got, t.prev, 5), t.prev, 5, 4);
    assert.equal(got[0], t.prev);
    comm.Barrier();
    assertFrom(comm.Sendrecv(Int32Array.of(t.rank), t.next, undefined, got), t.prev, 0, 4);
  },

  'matches Send and Recv on the other side': (comm, t) => {
    const out = pattern(70_000, t.rank);
    const into = new Uint8Array(70_000);
    if (t.rank === 0) {
      comm.Sendrecv(out, t.next, 1, into, t.prev, 1);
    } else {
      const receive = comm.Irecv(into, t.prev, 1);
      comm.Send(out, t.next, 1);
      receive.Wait();
    }
    assertPattern(into, t.prev);
  },

  'Sendrecv_replace sends the old contents and leaves the new ones': (comm, t) => {
    for (const [i, bytes] of SIZES.entries()) {
      const buffer = pattern(bytes, t.rank + i);
      assertFrom(comm.Sendrecv_replace(buffer, t.next, i, t.prev, i), t.prev, i, bytes);
      assertPattern(buffer, t.prev + i);
    }
  },

  'Sendrecv_replace passes a value all the way around': (comm, t) => {
    const value = Int32Array.of(t.rank);
    for (let step = 0; step < t.size; step++) comm.Sendrecv_replace(value, t.next, 1, t.prev, 1);
    assert.equal(value[0], t.rank);
  },

  'Isendrecv: several at once': async (comm, t) => {
    const into = REGIMES.map((bytes) => new Uint8Array(bytes));
    const requests = REGIMES.map((bytes, i) =>
      comm.Isendrecv(pattern(bytes, t.rank + i), t.next, i, into[i], t.prev, i),
    );
    const statuses = requests.map(() => new MPI.Status());
    MPI.Request.Waitall(requests, statuses);
    for (const [i, bytes] of REGIMES.entries()) {
      assertFrom(statuses[i], t.prev, i, bytes);
      assertPattern(into[i], t.prev + i);
    }
    const again = new Int32Array(1);
    assertFrom(await comm.Isendrecv(Int32Array.of(t.rank), t.next, 1, again, t.prev, 1), t.prev, 1, 4);
    assert.equal(again[0], t.prev);
  },

  'Isendrecv_replace: several at once': (comm, t) => {
    const buffers = REGIMES.map((bytes, i) => pattern(bytes, t.rank + i));
    const requests = buffers.map((buffer, i) => comm.Isendrecv_replace(buffer, t.next, i, t.prev, i));
    MPI.Request.Waitall(requests);
    for (const [i, buffer] of buffers.entries()) assertPattern(buffer, t.prev + i);
  },

  'exchange with every other rank in turn': (comm, t) => {
    for (let step = 0; step < t.size; step++) {
      const dest = (t.rank + step) % t.size;
      const source = (t.rank - step + t.size) % t.size;
      const got = new Int32Array(5000);
      comm.Sendrecv(new Int32Array(5000).fill(t.rank), dest, step, got, source, step);
      assert.ok(got.every((value) => value === source));
    }
  },
});
