/** MPI-4.1 section 3.9: persistent requests. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import {
  assertEmpty,
  assertFrom,
  assertPattern,
  pattern,
  REGIMES,
  raises,
  waited,
} from '../../support/job/tools.js';

defineCases({
  'each mode of send, started again and again with new contents': (comm, t) => {
    MPI.Attach_buffer(new ArrayBuffer(4096 + MPI.BSEND_OVERHEAD));
    for (const init of [comm.Send_init, comm.Ssend_init, comm.Bsend_init, comm.Rsend_init]) {
      const out = new Int32Array(100);
      const into = new Int32Array(100);
      const send = init.call(comm, out, t.next, 7);
      const receive = comm.Recv_init(into, t.prev, 7);
      for (let round = 0; round < 10; round++) {
        receive.Start();
        comm.Barrier();
        out.fill(round * 100 + t.rank);
        send.Start();
        assertFrom(waited(receive), t.prev, 7, 400);
        send.Wait();
        assert.ok(into.every((value) => value === round * 100 + t.prev));
      }
      send.Free();
      receive.Free();
    }
    MPI.Detach_buffer();
  },

  'Startall and Waitall of every size': (comm, t) => {
    const buffers = REGIMES.map((bytes) => new Uint8Array(bytes));
    const receives = buffers.map((buffer, i) => comm.Recv_init(buffer, t.prev, i));
    const sends = REGIMES.map((bytes, i) => comm.Send_init(pattern(bytes, i), t.next, i));
    const all = [...receives, ...sends];
    for (let round = 0; round < 3; round++) {
      for (const buffer of buffers) buffer.fill(0);
      MPI.Prequest.Startall(all);
      const statuses = all.map(() => new MPI.Status());
      MPI.Request.Waitall(all, statuses);
      for (const [i, bytes] of REGIMES.entries()) {
        assertFrom(statuses[i], t.prev, i, bytes);
        assertPattern(buffers[i], i);
      }
    }
    for (const request of all) request.Free();
  },

  'after completion the request is inactive, and Wait gives an empty status': (comm, t) => {
    const receive = comm.Recv_init(new Int32Array(1), t.prev, 1);
    const send = comm.Send_init(Int32Array.of(1), t.next, 1);
    MPI.Prequest.Startall([receive, send]);
    assertFrom(waited(receive), t.prev, 1, 4);
    assertEmpty(waited(receive));
    send.Wait();
    assertEmpty(waited(send));
    const status = new MPI.Status();
    assert.equal(receive.Test(status), true);
    assertEmpty(status);
    receive.Free();
    send.Free();
  },

  'inactive requests are passed over by Waitany and Waitsome': (comm, t) => {
    const idle = comm.Recv_init(new Int32Array(1), t.prev, 1);
    const busy = comm.Recv_init(new Int32Array(1), t.prev, 2);
    for (let round = 0; round < 3; round++) {
      busy.Start();
      const send = comm.Isend(Int32Array.of(round), t.next, 2);
      assert.equal(MPI.Request.Waitany([idle, busy]), 1);
      assert.equal(MPI.Request.Waitany([idle, busy]), MPI.UNDEFINED);
      assert.equal(MPI.Request.Waitsome([idle, busy]), null);
      send.Wait();
    }
    idle.Free();
    busy.Free();
  },

  'Start of an active request: ERR_REQUEST': (comm, t) => {
    const receive = comm.Recv_init(new Int32Array(1), t.prev, 1);
    receive.Start();
    raises(MPI.ERR_REQUEST, () => receive.Start(), 'Start');
    comm.Barrier();
    const send = comm.Isend(Int32Array.of(1), t.next, 1);
    receive.Wait();
    send.Wait();
    receive.Free();
    raises(MPI.ERR_REQUEST, () => receive.Start(), 'Start');
  },

  'persistent receives of wildcards match in the order they were started': (comm, t) => {
    const buffers = [0, 1, 2].map(() => new Int32Array(1));
    const requests = buffers.map((buffer) => comm.Recv_init(buffer, MPI.ANY_SOURCE, MPI.ANY_TAG));
    for (let round = 0; round < 2; round++) {
      for (const i of [2, 0, 1]) requests[i].Start();
      comm.Barrier();
      const sends = [0, 1, 2].map((value) => comm.Isend(Int32Array.of(value), t.next, value));
      for (const request of requests) request.Wait();
      assert.deepEqual(
        buffers.map((buffer) => buffer[0]),
        [1, 2, 0],
      );
      MPI.Request.Waitall(sends);
      comm.Barrier();
    }
    for (const request of requests) request.Free();
  },

  'Free of an active persistent send: it is delivered': (comm, t) => {
    const send = comm.Send_init(pattern(400_000, 1), t.next, 1);
    send.Start();
    send.Free();
    const got = new Uint8Array(400_000);
    comm.Recv(got, t.prev, 1);
    assertPattern(got, 1);
  },

  'a freed inactive request is gone': (comm, t) => {
    const receive = comm.Recv_init(new Int32Array(1), t.prev, 1);
    receive.Free();
    raises(MPI.ERR_REQUEST, () => receive.Wait(), 'Wait');
  },

  'a thousand rounds': (comm, t) => {
    const out = new Float64Array(16);
    const into = new Float64Array(16);
    const requests = [comm.Recv_init(into, t.prev, 1), comm.Send_init(out, t.next, 1)];
    for (let round = 0; round < 1000; round++) {
      out.fill(round);
      MPI.Prequest.Startall(requests);
      MPI.Request.Waitall(requests);
      assert.equal(into[15], round);
    }
    for (const request of requests) request.Free();
  },

  'a persistent request can be awaited': async (comm, t) => {
    const into = new Int32Array(1);
    const receive = comm.Recv_init(into, t.prev, 1);
    for (let round = 0; round < 3; round++) {
      receive.Start();
      const send = comm.Isend(Int32Array.of(round), t.next, 1);
      assertFrom(await receive, t.prev, 1, 4);
      assert.equal(into[0], round);
      await send;
    }
    receive.Free();
  },

  'a restarted request owes nothing to an await of its earlier rounds': async (comm, t) => {
    const got = new Int32Array(1);
    const receive = comm.Recv_init(got, t.prev, 3);
    let earlier: PromiseLike<unknown> | undefined;
    for (let round = 1; round <= 4; round++) {
      receive.Start();
      // The await of the round before ends without touching this one.
      await earlier;
      assert.equal(receive.Test(), false, `round ${round} is under way`);
      earlier = receive.then(() => {});
      comm.Barrier();
      const send = comm.Isend(Int32Array.of(round), t.next, 3);
      assertFrom(waited(receive), t.prev, 3, 4);
      assert.equal(got[0], round);
      send.Wait();
    }
    await earlier;
    receive.Free();
    assert.equal(comm.Iprobe(t.prev, 3), false);
  },

  'an await of the inactive request ends at once, and Start then begins a round of its own': async (
    comm,
    t,
  ) => {
    const got = new Int32Array(1);
    const receive = comm.Recv_init(got, t.prev, 3);
    const inactive = receive.then((status) => assertEmpty(status));
    receive.Start();
    await inactive;
    assert.equal(receive.Test(), false);
    comm.Barrier();
    for (const value of [2, 3]) {
      const send = comm.Isend(Int32Array.of(value), t.next, 3);
      assertFrom(waited(receive), t.prev, 3, 4);
      assert.equal(got[0], value);
      send.Wait();
      receive.Start();
    }
    receive.Cancel();
    receive.Wait();
    receive.Free();
  },
});
