/** MPI-4.1 section 3.11: send-receive. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import {
  assertFrom,
  assertPattern,
  patienceMs,
  pattern,
  progressFor,
  REGIMES,
  raises,
  rejects,
  SIZES,
} from '../../support/job/tools.js';

/** Too long to leave the sender before somebody receives it. */
const unwanted = pattern(100_000, 1);

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

  'an exchange that expires gives back the message it had received': needs(2, async (comm, t) => {
    if (t.rank === 0) {
      for (const bytes of REGIMES) {
        const into = new Uint8Array(bytes);
        comm.Barrier();
        const expired = () => comm.Sendrecv(unwanted, 1, 0, into, 1, 1, undefined, { timeout: 100 });
        raises(MPI.ERR_TIMEOUT, expired, 'Sendrecv');
        into.fill(77);
        const got = new Uint8Array(bytes);
        assertFrom(comm.Recv(got, 1, 1, undefined, { timeout: patienceMs }), 1, 1, bytes);
        assertPattern(got, bytes);
        comm.Barrier();
        assert.ok(
          into.every((value) => value === 77),
          'the buffer was written after the call had failed',
        );
      }
    } else {
      for (const bytes of REGIMES) {
        const send = t.rank === 1 ? comm.Isend(pattern(bytes, bytes), 0, 1) : MPI.REQUEST_NULL;
        comm.Barrier();
        // Barrier, not Wait: rank 0 has taken its own half back before this rank looks.
        comm.Barrier();
        send.Wait();
      }
      assert.equal(comm.Iprobe(0, 0), false);
    }
  }),

  'an exchange of objects that expires loses none': needs(2, (comm, t) => {
    if (t.rank === 0) {
      comm.Barrier();
      const expired = () => comm.sendrecv(unwanted, 1, 0, 1, 1, undefined, { timeout: 100 });
      raises(MPI.ERR_TIMEOUT, expired, 'sendrecv');
      assert.equal(comm.recv(1, 1, undefined, { timeout: patienceMs }), 'hello');
    } else {
      if (t.rank === 1) comm.send('hello', 0, 1);
      comm.Barrier();
    }
  }),

  'an awaited exchange that expires loses nothing': needs(2, async (comm, t) => {
    if (t.rank === 0) {
      comm.Barrier();
      const got = new Uint8Array(4);
      await rejects(MPI.ERR_TIMEOUT, comm.Isendrecv(unwanted, 1, 0, got, 1, 1, { timeout: 100 }));
      got.fill(0);
      assertFrom(comm.Recv(got, 1, 1, undefined, { timeout: patienceMs }), 1, 1, 4);
      assertPattern(got, 9);
    } else {
      if (t.rank === 1) comm.Send(pattern(4, 9), 0, 1);
      comm.Barrier();
    }
  }),

  'an awaited exchange whose send cannot be taken back is not fulfilled without its receive': needs(
    2,
    async (comm, t) => {
      if (t.rank === 0) {
        const request = comm.Isendrecv(unwanted, 1, 0, new Uint8Array(4), 1, 1, { timeout: 100 });
        await rejects(MPI.ERR_TIMEOUT, request, 'Isendrecv');
      } else if (t.rank === 1) {
        const message = comm.Mprobe(0, 0);
        progressFor(comm, 300);
        const got = new Uint8Array(unwanted.length);
        message.Recv(got);
        assertPattern(got, 1);
      }
    },
  ),

  'an exchange that expires in mid-stream writes nothing afterwards': needs(2, async (comm, t) => {
    const bytes = 4_000_000;
    if (t.rank === 0) {
      const into = new Uint8Array(bytes);
      const expired = () => comm.Sendrecv(unwanted, 1, 0, into, 1, 1, undefined, { timeout: 100 });
      raises(MPI.ERR_TIMEOUT, expired);
      into.fill(77);
      comm.Send(new Uint8Array(1), 1, 2);
      progressFor(comm, 200);
      assert.ok(
        into.every((value) => value === 77),
        'written after the call had failed',
      );
      const got = new Uint8Array(bytes);
      assertFrom(comm.Recv(got, 1, 1, undefined, { timeout: patienceMs }), 1, 1, bytes);
      assertPattern(got, 5);
    } else if (t.rank === 1) {
      // A resizable buffer is streamed, with and without the addon.
      const buffer = new Uint8Array(new ArrayBuffer(bytes, { maxByteLength: bytes + 8 }));
      buffer.set(pattern(bytes, 5));
      const send = comm.Isend(buffer, 0, 1);
      comm.Iprobe(0, 3);
      // No MPI call: the stream stops half-way beyond the timeout of rank 0.
      await delay(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      comm.Recv(new Uint8Array(1), 0, 2);
      send.Wait();
    }
  }),
});
