/** Requests as promises: the event loop runs while they are awaited, and everything progresses from it. */
import assert from 'node:assert/strict';
import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, pattern, REGIMES, rejects } from '../../support/job/tools.js';

defineCases({
  'await of Irecv gives its status, await of Isend completes': async (comm, t) => {
    for (const [i, bytes] of REGIMES.entries()) {
      const got = new Uint8Array(bytes);
      const receive = comm.Irecv(got, t.prev, i);
      const send = comm.Isend(pattern(bytes, i), t.next, i);
      const status = await receive;
      assert.ok(status instanceof MPI.Status);
      assertFrom(status, t.prev, i, bytes);
      assertPattern(got, i);
      await send;
    }
  },

  'await of irecv gives the object': async (comm, t) => {
    const send = comm.isend({ from: t.rank, list: [1, 2] }, t.next, 1);
    assert.deepStrictEqual(await comm.irecv(t.prev, 1), { from: t.prev, list: [1, 2] });
    await send;
    const none = comm.isend(undefined, t.next, 1);
    assert.equal(await comm.irecv(t.prev, 1), undefined);
    await none;
  },

  'Promise.all over many receives and sends': async (comm, t) => {
    const count = 200;
    const data = new Int32Array(count).fill(-1);
    const receives = Array.from({ length: count }, (_, i) =>
      comm.Irecv(data.subarray(i, i + 1), t.prev, i % 7),
    );
    const sends = Array.from({ length: count }, (_, i) => comm.Isend(Int32Array.of(i), t.next, i % 7));
    const statuses = await Promise.all(receives);
    await Promise.all(sends);
    for (let i = 0; i < count; i++) {
      assert.equal(data[i], i);
      assertFrom(statuses[i], t.prev, i % 7, 4);
    }
  },

  'timers fire while a receive is awaited': needs(2, async (comm, t) => {
    if (t.rank === 0) {
      let ticks = 0;
      const timer = setInterval(() => {
        ticks++;
        if (ticks === 5) comm.Send(Int32Array.of(1), 1, 1);
      }, 1);
      await comm.Irecv(new Int32Array(1), 1, 2);
      clearInterval(timer);
      assert.ok(ticks >= 5, `${ticks} ticks`);
    } else if (t.rank === 1) {
      await comm.Irecv(new Int32Array(1), 0, 1);
      await comm.Isend(Int32Array.of(2), 0, 2);
    }
  }),

  'an awaited receive alone keeps the rank alive': needs(2, async (comm, t) => {
    if (t.rank === 0) {
      await delay(150);
      comm.Send(Int32Array.of(1), 1, 1);
    } else if (t.rank === 1) {
      assertFrom(await comm.Irecv(new Int32Array(1), 0, 1), 0, 1, 4);
    }
  }),

  'while one request is awaited, others progress': needs(2, async (comm, t) => {
    if (t.rank === 0) {
      const large = comm.Isend(pattern(4_000_000, 1), 1, 1);
      await comm.Irecv(new Int32Array(1), 1, 2);
      await large;
    } else if (t.rank === 1) {
      const got = new Uint8Array(4_000_000);
      comm.Recv(got, 0, 1);
      assertPattern(got, 1);
      comm.Send(Int32Array.of(1), 0, 2);
    }
  }),

  'two concurrent conversations in one rank': async (comm, t) => {
    const talk = async (tag: number) => {
      for (let i = 0; i < 20; i++) {
        const got = new Int32Array(1);
        const send = comm.Isend(Int32Array.of(i * tag), t.next, tag);
        await comm.Irecv(got, t.prev, tag);
        assert.equal(got[0], i * tag);
        await send;
      }
    };
    await Promise.all([talk(1), talk(2), talk(3)]);
  },

  'then may be called twice, and after completion': async (comm, t) => {
    const send = comm.Isend(Int32Array.of(1), t.next, 4);
    const request = comm.Irecv(new Int32Array(1), t.prev, 4);
    const [a, b] = await Promise.all([request, request.then((status) => status.tag)]);
    assert.equal(a.tag, 4);
    assert.equal(b, 4);
    await send;
  },

  'a rejected request rejects its promise': async (comm, t) => {
    const send = comm.Isend(pattern(100, 1), t.next, 1);
    await rejects(MPI.ERR_TRUNCATE, comm.Irecv(new Uint8Array(10), t.prev, 1));
    await send;
  },

  'a cancelled receive that is awaited is fulfilled with a cancelled status': async (comm, t) => {
    const request = comm.Irecv(new Uint8Array(10), t.prev, 1);
    request.Cancel();
    assert.equal((await request).Is_cancelled(), true);
    const later = comm.Irecv(new Uint8Array(10), t.prev, 1);
    const promise = later.then((status) => status.Is_cancelled());
    await immediate();
    later.Cancel();
    assert.equal(await promise, true);
  },

  'blocking calls between awaits': async (comm, t) => {
    for (let i = 0; i < 10; i++) {
      const got = new Int32Array(1);
      const receive = comm.Irecv(got, t.prev, 1);
      const pending = receive.then((status) => status.source);
      comm.Sendrecv(Int32Array.of(i), t.next, 1, new Int32Array(1), MPI.PROC_NULL, 1);
      comm.Barrier();
      assert.equal(await pending, t.prev);
      assert.equal(got[0], i);
    }
  },

  'a hundred small exchanges, all awaited': async (comm, t) => {
    for (let i = 0; i < 100; i++) {
      const got = new Float64Array(8);
      await Promise.all([comm.Irecv(got, t.prev, i), comm.Isend(new Float64Array(8).fill(i), t.next, i)]);
      assert.equal(got[7], i);
    }
  },

  'an aborted signal: blocking calls check it on entry': (comm, t) => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    assert.throws(() => comm.Recv(new Uint8Array(1), t.prev, 1, undefined, { signal }));
    assert.throws(() => comm.Send(new Uint8Array(1), t.next, 1, { signal }));
    assert.throws(() => comm.recv(t.prev, 1, undefined, { signal }));
    comm.Barrier();
    assert.equal(comm.Iprobe(t.prev, 1), false);
  },
});
