/** Views that change their length between calls, and messages that no memory can be found for. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, patienceMs, pattern, raises, waited } from '../../support/job/tools.js';

const largest = 100_000;
/** Grows and shrinks within and across the regimes; neighbours differ. */
const lengths = [8, 64, 16, 120, 4, 1000, 8, 0, 40, largest, 12];

/** A view that follows the length of its buffer. */
const tracking = (length: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new ArrayBuffer(length, { maxByteLength: largest }));

/** While `body` runs, arrays of exactly `length` bytes cannot be allocated in this rank. */
function withoutMemoryFor<T>(length: number, body: () => T): T {
  const Real = globalThis.Uint8Array;
  globalThis.Uint8Array = new Proxy(Real, {
    construct(target, args: unknown[]) {
      if (args[0] === length) throw new RangeError('Array buffer allocation failed');
      return Reflect.construct(target, args) as object;
    },
  });
  try {
    return body();
  } finally {
    globalThis.Uint8Array = Real;
  }
}

defineCases({
  'a view of a resizable buffer sends and receives its present length': (comm, t) => {
    const out = tracking(0);
    const into = tracking(0);
    for (const [i, length] of lengths.entries()) {
      out.buffer.resize(length);
      into.buffer.resize(length);
      out.set(pattern(length, t.rank + i));
      into.fill(0);
      assertFrom(comm.Sendrecv(out, t.next, 1, into, t.prev, 1), t.prev, 1, length);
      assertPattern(into, t.prev + i);
    }
  },

  'a resizable buffer in Isend and in a receive posted before': (comm, t) => {
    const out = tracking(0);
    const into = tracking(0);
    for (const [i, length] of lengths.entries()) {
      out.buffer.resize(length);
      into.buffer.resize(length);
      out.set(pattern(length, t.rank + i));
      const receive = comm.Irecv(into, t.prev, 1);
      comm.Barrier();
      const send = comm.Isend(out, t.next, 1);
      assertFrom(waited(receive), t.prev, 1, length);
      assertPattern(into, t.prev + i);
      send.Wait();
    }
  },

  'blocking Send and Recv of a resizable buffer': needs(2, (comm, t) => {
    const view = tracking(0);
    for (const [i, length] of lengths.entries()) {
      view.buffer.resize(length);
      view.fill(0);
      if (t.rank === 0) {
        view.set(pattern(length, i));
        comm.Send(view, 1, 1);
      } else if (t.rank === 1) {
        assertFrom(comm.Recv(view, 0, 1), 0, 1, length);
        assertPattern(view, i);
      }
    }
  }),

  'an object too large for memory is an exception of its receive, and nothing else': needs(2, (comm, t) => {
    const bytes = 1_234_567;
    if (t.rank === 0) {
      for (let round = 0; round < 3; round++) {
        const requests = [comm.Isend(pattern(bytes, 1), 1, 0), comm.Isend(Uint8Array.of(7), 1, 2)];
        comm.Barrier();
        MPI.Request.Waitall(requests);
        // The next round must not arrive while rank 1 still looks whether anything is left of this one.
        comm.Barrier();
      }
    } else {
      const receives: (() => unknown)[] = [
        () => comm.irecv(0, 0).Wait(),
        () => comm.recv(0, 0),
        () => comm.mprobe(0, 0).recv(),
      ];
      for (const receive of receives) {
        if (t.rank === 1) {
          withoutMemoryFor(bytes, () => raises(MPI.ERR_OTHER, receive, `${bytes} bytes`, 'allocation'));
        }
        comm.Barrier();
        if (t.rank === 1) {
          const got = new Uint8Array(1);
          assertFrom(comm.Recv(got, 0, 2), 0, 2, 1);
          assert.equal(got[0], 7);
          assert.equal(comm.Iprobe(0, 0), false);
        }
        comm.Barrier();
      }
    }
  }),

  'an object too large for memory whose receive is posted before it comes': needs(2, (comm, t) => {
    for (const bytes of [777, 1_234_567]) {
      if (t.rank === 1) {
        const request = comm.irecv(0, 0);
        withoutMemoryFor(bytes, () => {
          comm.Ssend(new Uint8Array(1), 0, 1);
          raises(MPI.ERR_OTHER, () => request.Wait(), `${bytes} bytes`);
        });
        assertFrom(comm.Recv(new Uint8Array(1), 0, 2), 0, 2, 1);
      } else if (t.rank === 0) {
        comm.Recv(new Uint8Array(1), 1, 1);
        comm.Send(pattern(bytes, 1), 1, 0);
        comm.Send(new Uint8Array(1), 1, 2);
      }
    }
  }),

  'a receive that another message without memory interrupts is not posted any more': needs(2, (comm, t) => {
    const bytes = 777;
    const small = new Uint8Array(8);
    if (t.rank === 0) {
      const first = new Uint8Array(8);
      comm.Send(small, 1, 1);
      withoutMemoryFor(bytes, () => assert.throws(() => comm.Recv(first, 1, 6), /allocation/));
      comm.Send(small, 1, 2);
      const second = new Uint8Array(8);
      assertFrom(comm.Recv(second, 1, 6, undefined, { timeout: patienceMs }), 1, 6, 8);
      assertPattern(second, 4);
      assertPattern(first, 0, 0);
    } else if (t.rank === 1) {
      comm.Recv(small, 0, 1);
      comm.Send(new Uint8Array(bytes), 0, 5);
      comm.Recv(small, 0, 2);
      comm.Send(pattern(8, 4), 0, 6);
    }
  }),
});
