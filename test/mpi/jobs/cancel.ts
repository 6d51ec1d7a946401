/** MPI-4.1 section 3.8.4: a cancelled operation either never happened or completed, never both. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, pattern, REGIMES, sequence, waited } from '../../support/job/tools.js';

const DATA = 1;
const END = 2;

/** Cancels and completes; true if the cancellation took. */
function cancelled(request: MPI.Request): boolean {
  request.Cancel();
  const status = new MPI.Status();
  request.Wait(status);
  assert.equal(status.cancelled, status.Is_cancelled());
  return status.Is_cancelled();
}

defineCases({
  'a receive that nothing matches is cancelled, its buffer untouched': (comm, t) => {
    const got = new Uint8Array(100).fill(9);
    assert.equal(cancelled(comm.Irecv(got, t.prev, DATA)), true);
    comm.Barrier();
    const send = comm.Isend(pattern(100, 1), t.next, DATA);
    comm.Barrier();
    assertPattern(got, 0, 0, 9);
    const second = new Uint8Array(100);
    comm.Recv(second, t.prev, DATA);
    assertPattern(second, 1);
    send.Wait();
  },

  'a receive that is complete is not cancelled': (comm, t) => {
    const got = new Uint8Array(100);
    const receive = comm.Irecv(got, t.prev, DATA);
    comm.Barrier();
    const send = comm.Isend(pattern(100, 1), t.next, DATA);
    while (!receive.Get_status());
    receive.Cancel();
    const status = new MPI.Status();
    receive.Wait(status);
    assertFrom(status, t.prev, DATA, 100);
    assertPattern(got, 1);
    send.Wait();
  },

  'cancelled receives leave the posted ones around them in order': (comm, t) => {
    const buffers = Array.from({ length: 9 }, () => new Int32Array(1));
    const requests = buffers.map((buffer, i) => comm.Irecv(buffer, i % 2 ? t.prev : MPI.ANY_SOURCE, DATA));
    for (const i of [0, 3, 4, 8]) assert.equal(cancelled(requests[i]), true);
    comm.Barrier();
    const sends = [0, 1, 2, 3, 4].map((value) => comm.Isend(Int32Array.of(value), t.next, DATA));
    for (const [value, i] of [1, 2, 5, 6, 7].entries()) {
      requests[i].Wait();
      assert.equal(buffers[i][0], value);
    }
    MPI.Request.Waitall(sends);
  },

  'receives cancelled while messages arrive: every message is received exactly once': needs(2, (comm, t) => {
    const count = 600;
    if (t.rank === 0) {
      for (let i = 0; i < count; i++) comm.Send(Int32Array.of(i), 1, DATA);
    } else if (t.rank === 1) {
      const random = sequence(5);
      let expected = 0;
      while (expected < count) {
        const got = new Int32Array(1);
        const request = comm.Irecv(got, random(2) ? 0 : MPI.ANY_SOURCE, random(2) ? DATA : MPI.ANY_TAG);
        for (let spins = random(4); spins > 0; spins--) comm.Iprobe(0, END);
        if (cancelled(request)) assert.equal(got[0], 0, 'a cancelled receive wrote its buffer');
        else assert.equal(got[0], expected++, 'order and completeness');
      }
      assert.equal(comm.Iprobe(0, DATA), false);
    }
  }),

  'large receives cancelled while messages arrive': needs(2, (comm, t) => {
    const count = 60;
    const bytes = 300_000;
    if (t.rank === 0) {
      for (let i = 0; i < count; i++) comm.Send(pattern(bytes, i), 1, DATA);
    } else if (t.rank === 1) {
      const random = sequence(6);
      let expected = 0;
      while (expected < count) {
        const got = new Uint8Array(bytes);
        const request = comm.Irecv(got, 0, DATA);
        for (let spins = random(50); spins > 0; spins--) comm.Iprobe(0, END);
        if (cancelled(request)) assertPattern(got, 0, 0);
        else assertPattern(got, expected++);
      }
    }
  }),

  'a send that is never received is cancelled or completes, of every size and mode': needs(2, (comm, t) => {
    for (const bytes of REGIMES) {
      for (const synchronous of [true, false]) {
        if (t.rank === 0) {
          const data = pattern(bytes, 1);
          const request = synchronous ? comm.Issend(data, 1, DATA) : comm.Isend(data, 1, DATA);
          const gone = cancelled(request);
          if (synchronous)
            assert.equal(gone, true, `unmatched Issend of ${bytes} bytes could not be cancelled`);
          comm.Send(Int32Array.of(gone ? 0 : 1), 1, END);
          comm.Recv(new Uint8Array(0), 1, END);
        } else if (t.rank === 1) {
          const left = new Int32Array(1);
          comm.Recv(left, 0, END);
          if (left[0] === 1) {
            const got = new Uint8Array(bytes);
            comm.Recv(got, 0, DATA);
            assertPattern(got, 1);
          }
          assert.equal(comm.Iprobe(0, DATA), false, `a cancelled send of ${bytes} bytes arrived`);
          comm.Send(new Uint8Array(0), 0, END);
        }
      }
    }
  }),

  'sends cancelled while they are received: either received or cancelled': needs(2, (comm, t) => {
    const count = 200;
    for (const words of [2, 1250, 75_000]) {
      if (t.rank === 0) {
        const random = sequence(words);
        const kept: number[] = [];
        for (let i = 0; i < count; i++) {
          const request = comm.Issend(new Int32Array(words).fill(i), 1, DATA);
          for (let spins = random(30); spins > 0; spins--) comm.Iprobe(1, END);
          if (!cancelled(request)) kept.push(i);
        }
        comm.send(kept, 1, END);
        comm.Recv(new Uint8Array(0), 1, END);
      } else if (t.rank === 1) {
        const got: number[] = [];
        const buffer = new Int32Array(words);
        // A matched probe owns its message; between Iprobe and Recv it could still be cancelled.
        const take = () => {
          const message = comm.Improbe(0, DATA);
          if (message === null) return false;
          message.Recv(buffer);
          assert.ok(buffer.every((word) => word === buffer[0]));
          got.push(buffer[0]);
          return true;
        };
        while (!comm.Iprobe(0, END)) take();
        while (take());
        assert.deepEqual(got, comm.recv(0, END), 'received and not cancelled');
        comm.Send(new Uint8Array(0), 0, END);
      }
    }
  }),

  'cancelled messages leave their neighbours in order': needs(2, (comm, t) => {
    const count = 50;
    if (t.rank === 0) {
      const requests = Array.from({ length: count }, (_, i) => comm.Issend(Int32Array.of(i), 1, DATA));
      for (let i = 0; i < count; i += 3) assert.equal(cancelled(requests[i]), true);
      comm.Send(new Uint8Array(0), 1, END);
      MPI.Request.Waitall(requests);
    } else if (t.rank === 1) {
      comm.Recv(new Uint8Array(0), 0, END);
      for (let i = 0; i < count; i++) {
        if (i % 3 === 0) continue;
        const got = new Int32Array(1);
        comm.Recv(got, 0, DATA);
        assert.equal(got[0], i);
      }
      assert.equal(comm.Iprobe(0, DATA), false);
    }
  }),

  'a cancelled send to oneself': (comm, t) => {
    assert.equal(cancelled(comm.Issend(pattern(100, 1), t.rank, DATA)), true);
    assert.equal(comm.Iprobe(t.rank, DATA), false);
  },

  'a cancelled buffered send gives its space back': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const bytes = 1_000_000;
      MPI.Attach_buffer(new ArrayBuffer(bytes + MPI.BSEND_OVERHEAD));
      let kept = 0;
      for (let i = 0; i < 5; i++) {
        const request = comm.Ibsend(pattern(bytes, 1), 1, DATA);
        if (cancelled(request)) continue;
        kept++;
        comm.Recv(new Uint8Array(0), 1, END);
      }
      comm.Send(Int32Array.of(kept), 1, END);
      MPI.Detach_buffer();
    } else if (t.rank === 1) {
      const kept = new Int32Array(1);
      let received = 0;
      while (!comm.Iprobe(0, END)) {
        const message = comm.Improbe(0, DATA);
        if (message === null) continue;
        message.Recv(new Uint8Array(1_000_000));
        received++;
        comm.Send(new Uint8Array(0), 0, END);
      }
      comm.Recv(kept, 0, END);
      assert.equal(received, kept[0]);
    }
  }),

  'a cancelled persistent receive can be started again': (comm, t) => {
    const got = new Int32Array(1);
    const request = comm.Recv_init(got, t.prev, DATA);
    request.Start();
    assert.equal(cancelled(request), true);
    comm.Barrier();
    request.Start();
    const send = comm.Isend(Int32Array.of(3), t.next, DATA);
    assertFrom(waited(request), t.prev, DATA, 4);
    assert.equal(got[0], 3);
    send.Wait();
    request.Free();
  },

  'cancelled requests in Waitall': (comm, t) => {
    const requests = [0, 1, 2].map((tag) => comm.Irecv(new Int32Array(1), t.prev, tag));
    for (const request of requests) request.Cancel();
    const statuses = requests.map(() => new MPI.Status());
    MPI.Request.Waitall(requests, statuses);
    for (const status of statuses) assert.equal(status.Is_cancelled(), true);
    comm.Barrier();
  },
});
