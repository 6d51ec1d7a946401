/** `{ timeout }` of the blocking calls: what expires is withdrawn whole, and no message is lost. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import {
  assertException,
  assertFrom,
  assertPattern,
  patienceMs,
  pattern,
  REGIMES,
  raises,
  sequence,
  waited,
} from '../../support/job/tools.js';

const expired = (body: () => unknown, ...texts: string[]) => raises(MPI.ERR_TIMEOUT, body, ...texts);
const brief = { timeout: 10 };
/** A flood that nobody stops ends after so long. */
const floodMsMax = 4000;

// A rank alone is told at once that nobody is there to end its wait, whatever the timeout.
defineCases({
  'Recv, Probe, Mprobe and recv expire, and not before their time': needs(2, (comm, t) => {
    const calls: [string, () => unknown][] = [
      ['Recv', () => comm.Recv(new Uint8Array(4), t.prev, 1, undefined, brief)],
      ['Probe', () => comm.Probe(t.prev, 1, undefined, brief)],
      ['Mprobe', () => comm.Mprobe(t.prev, 1, undefined, brief)],
      ['recv', () => comm.recv(t.prev, 1, undefined, brief)],
    ];
    for (const [name, call] of calls) {
      const start = performance.now();
      expired(call, name, '10');
      const waited = performance.now() - start;
      assert.ok(waited >= 9, `${name} gave up after ${waited} ms`);
    }
    comm.Barrier();
  }),

  'an expired receive is withdrawn: the next one gets the message': needs(2, (comm, t) => {
    for (const [i, bytes] of REGIMES.entries()) {
      const first = new Uint8Array(bytes).fill(3);
      expired(() => comm.Recv(first, t.prev, i, undefined, brief));
      comm.Barrier();
      const send = comm.Isend(pattern(bytes, i), t.next, i);
      const second = new Uint8Array(bytes);
      assertFrom(comm.Recv(second, t.prev, i, undefined, { timeout: 60_000 }), t.prev, i, bytes);
      assertPattern(second, i);
      assertPattern(first, 0, 0, 3);
      send.Wait();
    }
  }),

  'receives that expire while messages arrive lose none': needs(2, (comm, t) => {
    const count = 150;
    for (const bytes of [8, 300_000]) {
      if (t.rank === 0) {
        for (let i = 0; i < count; i++) comm.Send(pattern(bytes, i), 1, 1);
      } else if (t.rank === 1) {
        const random = sequence(bytes);
        for (let expected = 0; expected < count; ) {
          const got = new Uint8Array(bytes);
          try {
            comm.Recv(got, 0, 1, undefined, { timeout: 0.001 + random(100) / 1000 });
          } catch (error) {
            assertException(error, MPI.ERR_TIMEOUT);
            continue;
          }
          assertPattern(got, expected++);
        }
      }
    }
  }),

  'a send that expires is revoked': needs(2, (comm, t) => {
    const bytes = 1_000_000;
    if (t.rank === 0) {
      expired(() => comm.Ssend(pattern(bytes, 1), 1, 1, brief), 'Ssend');
      expired(() => comm.Ssend(pattern(16, 1), 1, 1, brief), 'Ssend');
      expired(() => comm.Send(pattern(bytes, 2), 1, 1, brief), 'Send');
      comm.Send(Int32Array.of(1), 1, 2);
      comm.Send(pattern(bytes, 3), 1, 1);
    } else if (t.rank === 1) {
      comm.Recv(new Int32Array(1), 0, 2);
      const got = new Uint8Array(bytes);
      comm.Recv(got, 0, 1);
      assertPattern(got, 3);
      assert.equal(comm.Iprobe(0, 1), false);
    }
  }),

  'Wait that expires leaves the request active': needs(2, (comm, t) => {
    const got = new Int32Array(1);
    const request = comm.Irecv(got, t.prev, 1);
    for (let i = 0; i < 3; i++) expired(() => request.Wait(undefined, brief), 'Wait');
    assert.equal(request.Test(), false);
    comm.Barrier();
    const send = comm.Isend(Int32Array.of(7), t.next, 1);
    assertFrom(waited(request, { timeout: 60_000 }), t.prev, 1, 4);
    assert.equal(got[0], 7);
    send.Wait();
  }),

  'Waitall, Waitany and Waitsome that expire leave every request active': needs(2, (comm, t) => {
    const buffers = [0, 1, 2].map(() => new Int32Array(1));
    const requests = buffers.map((buffer, tag) => comm.Irecv(buffer, t.prev, tag));
    expired(() => MPI.Request.Waitany(requests, undefined, brief), 'Waitany');
    expired(() => MPI.Request.Waitsome(requests, undefined, brief), 'Waitsome');
    expired(() => MPI.Request.Waitall(requests, undefined, brief), 'Waitall');
    comm.Barrier();
    const sends = [0, 1, 2].map((tag) => comm.Isend(Int32Array.of(tag), t.next, tag));
    MPI.Request.Waitall(requests, undefined, { timeout: 60_000 });
    assert.deepEqual(
      buffers.map((buffer) => buffer[0]),
      [0, 1, 2],
    );
    MPI.Request.Waitall(sends);
  }),

  'Sendrecv that expires': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const got = new Int32Array(1).fill(-5);
      expired(() => comm.Sendrecv(Int32Array.of(1), 1, 1, got, 1, 2, undefined, brief), 'Sendrecv');
      assert.equal(got[0], -5);
      comm.Send(Int32Array.of(9), 1, 3);
      comm.Recv(got, 1, 2);
      assert.equal(got[0], 4);
    } else if (t.rank === 1) {
      comm.Recv(new Int32Array(1), 0, 3);
      comm.Send(Int32Array.of(4), 0, 2);
      if (comm.Iprobe(0, 1)) comm.Recv(new Int32Array(1), 0, 1);
    }
  }),

  'a call that need not wait does not expire': (comm, t) => {
    const send = comm.Isend(Int32Array.of(1), t.next, 1);
    comm.Probe(t.prev, 1, undefined, { timeout: 60_000 });
    comm.Recv(new Int32Array(1), t.prev, 1, undefined, { timeout: 60_000 });
    send.Wait(undefined, { timeout: 60_000 });
    send.Wait(undefined, { timeout: 1 });
  },

  'timeouts of 0, negative, NaN, infinite and other types: ERR_ARG, nothing sent or received': (comm, t) => {
    for (const timeout of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, '5' as never]) {
      const text = String(timeout);
      const opts = { timeout };
      raises(
        MPI.ERR_ARG,
        () => comm.Recv(new Uint8Array(1), t.prev, 1, undefined, opts),
        'Recv',
        'timeout',
        text,
      );
      raises(MPI.ERR_ARG, () => comm.Send(new Uint8Array(1), t.next, 1, opts), 'Send', 'timeout', text);
      raises(MPI.ERR_ARG, () => comm.Probe(t.prev, 1, undefined, opts), 'Probe', 'timeout', text);
      raises(MPI.ERR_ARG, () => comm.recv(t.prev, 1, undefined, opts), 'recv', 'timeout', text);
      const request = comm.Irecv(new Uint8Array(1), t.prev, 9);
      raises(MPI.ERR_ARG, () => request.Wait(undefined, opts), 'Wait', 'timeout', text);
      request.Cancel();
      request.Wait();
    }
    comm.Barrier();
    assert.equal(comm.Iprobe(), false);
  },

  'an expired exception names the call, the rank and the communicator': needs(2, (comm, t) => {
    const error = expired(
      () => comm.Recv(new Uint8Array(1), t.prev, 77, undefined, brief),
      'Recv',
      '10',
      'MPI_COMM_WORLD',
    );
    assert.match(error.message, new RegExp(`rank ${t.rank}\\b`));
    comm.Barrier();
  }),

  'steady traffic of other tags does not put the deadline off': needs(2, (comm, t) => {
    const empty = new Uint8Array(0);
    if (t.rank === 0) {
      const request = comm.Irecv(new Uint8Array(1), 1, 9);
      const calls: [string, () => unknown][] = [
        ['Recv', () => comm.Recv(empty, MPI.ANY_SOURCE, 9, undefined, { timeout: 20 })],
        ['Probe', () => comm.Probe(1, 8, undefined, { timeout: 20 })],
        ['Wait', () => request.Wait(undefined, { timeout: 20 })],
        ['Waitany', () => MPI.Request.Waitany([request], undefined, { timeout: 20 })],
      ];
      comm.Recv(empty, 1, 5);
      for (const [name, call] of calls) {
        const start = performance.now();
        expired(call, name);
        const waited = performance.now() - start;
        assert.ok(waited < floodMsMax / 2, `${name} gave up after ${waited} ms instead of 20`);
      }
      request.Cancel();
      request.Wait();
      comm.Send(empty, 1, 6);
      for (let left = comm.recv(1, 7) as number; left > 1; left--) comm.Recv(empty, 1, 5);
    } else if (t.rank === 1) {
      const end = performance.now() + floodMsMax;
      let sent = 0;
      while (!comm.Iprobe(0, 6) && performance.now() < end) {
        for (let i = 0; i < 100; i++) comm.Send(empty, 0, 5);
        sent += 100;
      }
      comm.Recv(empty, 0, 6);
      comm.send(sent, 0, 7);
    }
  }),

  'synchronous sends that expire again and again take nothing with them': needs(2, (comm, t) => {
    const bytes = 2000;
    const last = 20;
    if (t.rank === 0) {
      // Together far more than the credit of one peer.
      for (let i = 0; i < 300; i++) {
        expired(() => comm.Ssend(pattern(bytes, 1), 1, 1, { timeout: 0.2 }), 'Ssend');
      }
      comm.Barrier();
      // From the rank itself: what reaches this one by way of others may come before the credit.
      comm.recv(1, 4);
      comm.Barrier();
      // The credit is back: short messages leave without a receive.
      for (let i = 0; i < last; i++) comm.Send(pattern(bytes, i), 1, 2, { timeout: patienceMs / 4 });
      comm.Barrier();
      comm.Ssend(pattern(bytes, 7), 1, 1);
    } else {
      comm.Barrier();
      if (t.rank === 1) {
        assert.equal(comm.Iprobe(0, 3), false);
        comm.send('the credit has gone before', 0, 4);
      }
      comm.Barrier();
      comm.Barrier();
      if (t.rank !== 1) return;
      const got = new Uint8Array(bytes);
      for (let i = 0; i < last; i++) {
        assertFrom(comm.Recv(got, 0, 2), 0, 2, bytes);
        assertPattern(got, i);
      }
      assertFrom(comm.Recv(got, 0, 1), 0, 1, bytes);
      assertPattern(got, 7);
      assert.equal(comm.Iprobe(0, 1), false);
    }
  }),
});
