/** MPI-4.1 section 3.2.4: a message longer than the receive buffer is ERR_TRUNCATE and writes nothing past the end. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import {
  assertException,
  assertFrom,
  assertPattern,
  pattern,
  REGIMES,
  raises,
} from '../../support/job/tools.js';

const GUARD = 0xa5;
const lengths = REGIMES.filter((bytes) => bytes > 0);

/** A receive window of `bytes` in the middle of guarded memory. */
function guarded(bytes: number): { window: Uint8Array; check: (what: string) => void } {
  const memory = new Uint8Array(bytes + 256).fill(GUARD);
  const window = memory.subarray(128, 128 + bytes);
  const check = (what: string) => {
    for (let i = 0; i < 128; i++) {
      assert.equal(memory[i], GUARD, `${what}: byte ${i - 128} before the buffer`);
      assert.equal(memory[128 + bytes + i], GUARD, `${what}: byte ${i} behind the buffer`);
    }
  };
  return { window, check };
}

/** After the erroneous one, the next message of the same size arrives whole. */
function nextIsUnaffected(comm: MPI.Comm, source: number, bytes: number): void {
  const got = new Uint8Array(bytes);
  assertFrom(comm.Recv(got, source, 1), source, 1, bytes);
  assertPattern(got, 2);
}

defineCases({
  'Recv into a buffer one byte short, half as long, and empty': (comm, t) => {
    for (const bytes of lengths) {
      for (const short of [bytes - 1, bytes >> 1, 0]) {
        const sends = [comm.Isend(pattern(bytes, 1), t.next, 1), comm.Isend(pattern(bytes, 2), t.next, 1)];
        const { window, check } = guarded(short);
        raises(MPI.ERR_TRUNCATE, () => comm.Recv(window, t.prev, 1), 'Recv', String(bytes));
        check(`${bytes} bytes into ${short}`);
        nextIsUnaffected(comm, t.prev, bytes);
        MPI.Request.Waitall(sends);
      }
    }
  },

  'Irecv posted before the message arrives': (comm, t) => {
    for (const bytes of lengths) {
      const { window, check } = guarded(bytes >> 1);
      const receive = comm.Irecv(window, t.prev, 1);
      comm.Barrier();
      const sends = [comm.Isend(pattern(bytes, 1), t.next, 1), comm.Isend(pattern(bytes, 2), t.next, 1)];
      raises(MPI.ERR_TRUNCATE, () => receive.Wait(), String(bytes));
      check(`${bytes} bytes into ${bytes >> 1}`);
      nextIsUnaffected(comm, t.prev, bytes);
      MPI.Request.Waitall(sends);
    }
  },

  'the synchronous sender of a truncated message completes': needs(2, (comm, t) => {
    for (const bytes of lengths) {
      if (t.rank === 0) comm.Ssend(pattern(bytes, 1), 1, 1);
      if (t.rank === 1) raises(MPI.ERR_TRUNCATE, () => comm.Recv(new Uint8Array(bytes - 1), 0, 1));
    }
  }),

  'a part of an array is a buffer of its own: the rest stays untouched': (comm, t) => {
    const array = new Float64Array(100).fill(7);
    const send = comm.Isend(new Float64Array(20).fill(1), t.next, 1);
    raises(MPI.ERR_TRUNCATE, () => comm.Recv([array, [10, 50], MPI.DOUBLE], t.prev, 1));
    send.Wait();
    for (let i = 0; i < 100; i++) {
      if (i < 50 || i >= 60) assert.equal(array[i], 7, `element ${i}`);
    }
  },

  'Test, Waitany and await report it too': async (comm, t) => {
    const send = () => comm.Isend(pattern(100, 1), t.next, 1);
    let sending = send();
    raises(MPI.ERR_TRUNCATE, () => {
      const request = comm.Irecv(new Uint8Array(50), t.prev, 1);
      while (!request.Test());
    });
    sending.Wait();
    sending = send();
    raises(MPI.ERR_TRUNCATE, () => MPI.Request.Waitany([comm.Irecv(new Uint8Array(50), t.prev, 1)]));
    sending.Wait();
    sending = send();
    try {
      await comm.Irecv(new Uint8Array(50), t.prev, 1);
      assert.fail('the truncated receive was fulfilled');
    } catch (error) {
      assertException(error, MPI.ERR_TRUNCATE);
    }
    sending.Wait();
  },

  'Waitall and Waitsome: ERR_IN_STATUS, the error in its own status, the others complete': (comm, t) => {
    for (const family of ['Waitall', 'Waitsome'] as const) {
      const good = [new Uint8Array(1000), new Uint8Array(1000)];
      const receives = [
        comm.Irecv(good[0], t.prev, 1),
        comm.Irecv(new Uint8Array(10), t.prev, 2),
        comm.Irecv(good[1], t.prev, 3),
      ];
      comm.Barrier();
      const sends = [1, 2, 3].map((tag) => comm.Isend(pattern(1000, tag), t.next, tag));
      MPI.Request.Waitall(sends);
      comm.Barrier();
      const statuses = receives.map(() => new MPI.Status());
      if (family === 'Waitall') {
        raises(MPI.ERR_IN_STATUS, () => MPI.Request.Waitall(receives, statuses));
        assert.equal(statuses[0].error, MPI.SUCCESS);
        assert.equal(statuses[1].error, MPI.ERR_TRUNCATE);
        assert.equal(statuses[2].error, MPI.SUCCESS);
      } else {
        let raised = 0;
        for (let calls = 0; calls < 3; calls++) {
          const some = receives.map(() => new MPI.Status());
          try {
            if (MPI.Request.Waitsome(receives, some) === null) break;
          } catch (error) {
            assertException(error, MPI.ERR_IN_STATUS);
            assert.ok(some.some((status) => status.error === MPI.ERR_TRUNCATE));
            raised++;
          }
        }
        assert.equal(raised, 1, 'exceptions of Waitsome');
      }
      assertPattern(good[0], 1);
      assertPattern(good[1], 3);
    }
  },

  'Sendrecv: the send goes out although the receive is truncated': (comm, t) => {
    for (const bytes of [100, 300_000]) {
      if (t.rank === 0) {
        raises(MPI.ERR_TRUNCATE, () => {
          comm.Sendrecv(pattern(bytes, 1), t.next, 1, new Uint8Array(bytes >> 1), t.prev, 1);
        });
      } else {
        const got = new Uint8Array(bytes);
        comm.Sendrecv(pattern(bytes, 1), t.next, 1, got, t.prev, 1);
        assertPattern(got, 1);
      }
    }
  },

  'a matched message that is too long for Message.Recv': (comm, t) => {
    const sends = [1, 2].map((seed) => comm.Isend(pattern(5000, seed), t.next, 1));
    const message = comm.Mprobe(t.prev, 1);
    const { window, check } = guarded(4999);
    raises(MPI.ERR_TRUNCATE, () => message.Recv(window));
    check('Message.Recv');
    nextIsUnaffected(comm, t.prev, 5000);
    MPI.Request.Waitall(sends);
  },
});
