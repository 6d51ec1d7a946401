/** MPI-4.1 section 3.5: messages between two ranks do not overtake each other. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, pattern, REGIMES, SIZES, sequence } from '../../support/job/tools.js';

/** Lengths that jump between the regimes from one message to the next. */
function mixedLengths(count: number, seed: number): number[] {
  const next = sequence(seed);
  return Array.from({ length: count }, () => REGIMES[next(REGIMES.length)]);
}

const word = (value: number): Int32Array<ArrayBuffer> => Int32Array.of(value);

defineCases({
  'every size arrives whole, in order, from the neighbour on the ring': (comm, t) => {
    const receives = SIZES.map((bytes) => new Uint8Array(bytes + 16));
    const requests = SIZES.map((_, i) => comm.Irecv(receives[i], t.prev, 3));
    for (const [i, bytes] of SIZES.entries())
      requests.push(comm.Isend(pattern(bytes, t.rank + i), t.next, 3));
    const statuses = requests.map(() => new MPI.Status());
    MPI.Request.Waitall(requests, statuses);
    for (const [i, bytes] of SIZES.entries()) {
      assertFrom(statuses[i], t.prev, 3, bytes);
      assertPattern(receives[i], t.prev + i, bytes);
    }
  },

  'blocking sends and receives of every size': needs(2, (comm, t) => {
    if (t.rank > 1) return;
    for (const [i, bytes] of SIZES.entries()) {
      if (t.rank === 0) {
        comm.Send(pattern(bytes, i), 1, i);
        const echo = new Uint8Array(bytes);
        assertFrom(comm.Recv(echo, 1, i), 1, i, bytes);
        assertPattern(echo, i + 1);
      } else {
        const got = new Uint8Array(bytes);
        assertFrom(comm.Recv(got, 0, i), 0, i, bytes);
        assertPattern(got, i);
        comm.Send(pattern(bytes, i + 1), 0, i);
      }
    }
  }),

  'messages sent before their receives are posted keep their order in every mixture of sizes': (comm, t) => {
    const lengths = mixedLengths(40, 11);
    const sends = lengths.map((bytes, i) => comm.Isend(pattern(bytes, i), t.next, 1));
    comm.Barrier();
    for (const [i, bytes] of lengths.entries()) {
      const got = new Uint8Array(1_500_000);
      assertFrom(comm.Recv(got, t.prev, 1), t.prev, 1, bytes);
      assertPattern(got.subarray(0, bytes), i);
    }
    MPI.Request.Waitall(sends);
  },

  'receives posted before the messages arrive are matched in the order they were posted': (comm, t) => {
    const lengths = mixedLengths(40, 12);
    const buffers = lengths.map(() => new Uint8Array(1_500_000));
    const receives = buffers.map((buffer) => comm.Irecv(buffer, t.prev, 1));
    comm.Barrier();
    const sends = lengths.map((bytes, i) => comm.Isend(pattern(bytes, i), t.next, 1));
    for (const [i, request] of receives.entries()) {
      const status = new MPI.Status();
      request.Wait(status);
      assertFrom(status, t.prev, 1, lengths[i]);
      assertPattern(buffers[i], i, lengths[i]);
    }
    MPI.Request.Waitall(sends);
  },

  'a large message is not overtaken by a small one under ANY_TAG': needs(2, (comm, t) => {
    if (t.rank === 0) {
      MPI.Request.Waitall([comm.Isend(pattern(4_194_304, 1), 1, 8), comm.Isend(word(5), 1, 9)]);
    } else if (t.rank === 1) {
      const big = new Uint8Array(4_194_304);
      assertFrom(comm.Recv(big, 0, MPI.ANY_TAG), 0, 8, 4_194_304);
      assertPattern(big, 1);
      const small = word(0);
      assertFrom(comm.Recv(small, 0, MPI.ANY_TAG), 0, 9, 4);
      assert.equal(small[0], 5);
    }
  }),

  'ANY_SOURCE with ANY_TAG keeps the order of each sender': (comm, t) => {
    const each = 200;
    if (t.rank === 0) {
      const seen = new Array<number>(t.size).fill(0);
      const own = Array.from({ length: each }, (_, i) => comm.Isend(word(i), 0, i % 5));
      for (let n = 0; n < each * t.size; n++) {
        const got = word(-1);
        const status = comm.Recv(got, MPI.ANY_SOURCE, MPI.ANY_TAG);
        assert.equal(got[0], seen[status.source]++, `order of rank ${status.source}`);
        assert.equal(status.tag, got[0] % 5);
      }
      MPI.Request.Waitall(own);
    } else {
      for (let i = 0; i < each; i++) comm.Send(word(i), 0, i % 5);
    }
  },

  'wildcard and exact receives share one order': needs(2, (comm, t) => {
    if (t.rank === 0) {
      MPI.Request.Waitall(Array.from({ length: 6 }, (_, i) => comm.Isend(word(i), 1, i % 2)));
    } else if (t.rank === 1) {
      const buffers = Array.from({ length: 6 }, () => word(-1));
      const tags = [1, MPI.ANY_TAG, 0, MPI.ANY_TAG, 1, MPI.ANY_TAG];
      const sources = [0, MPI.ANY_SOURCE, 0, MPI.ANY_SOURCE, MPI.ANY_SOURCE, 0];
      const requests = buffers.map((buffer, i) => comm.Irecv(buffer, sources[i], tags[i]));
      MPI.Request.Waitall(requests);
      assert.deepEqual(
        buffers.map((buffer) => buffer[0]),
        [1, 0, 2, 3, 5, 4],
      );
    }
  }),

  'an exact receive picks its message from the middle and leaves the rest in order': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const requests = Array.from({ length: 10 }, (_, i) => comm.Isend(word(i), 1, i === 6 ? 77 : 1));
      requests.push(comm.Isend(word(100), 1, 2));
      MPI.Request.Waitall(requests);
    } else if (t.rank === 1) {
      const got = word(0);
      comm.Recv(got, 0, 2);
      assert.equal(got[0], 100);
      comm.Recv(got, 0, 77);
      assert.equal(got[0], 6);
      for (const expected of [0, 1, 2, 3, 4, 5, 7, 8, 9]) {
        comm.Recv(got, MPI.ANY_SOURCE, MPI.ANY_TAG);
        assert.equal(got[0], expected);
      }
    }
  }),

  'the four modes of sending share one order': (comm, t) => {
    MPI.Attach_buffer(new ArrayBuffer(3 * (1000 + MPI.BSEND_OVERHEAD)));
    const buffers = Array.from({ length: 12 }, () => new Uint8Array(1000));
    const receives = buffers.map((buffer) => comm.Irecv(buffer, t.prev, 4));
    comm.Barrier();
    const sends = buffers.map((_, i) => {
      const data = pattern(1000, i);
      if (i % 4 === 0) return comm.Isend(data, t.next, 4);
      if (i % 4 === 1) return comm.Issend(data, t.next, 4);
      return i % 4 === 2 ? comm.Ibsend(data, t.next, 4) : comm.Irsend(data, t.next, 4);
    });
    MPI.Request.Waitall([...receives, ...sends]);
    for (const [i, buffer] of buffers.entries()) assertPattern(buffer, i);
    MPI.Detach_buffer();
  },

  'tags do not mix: receives in the opposite order of the sends': (comm, t) => {
    const count = 64;
    const sends = Array.from({ length: count }, (_, i) => comm.Isend(pattern(REGIMES[i % 6], i), t.next, i));
    for (let i = count - 1; i >= 0; i--) {
      const bytes = REGIMES[i % 6];
      const got = new Uint8Array(bytes);
      assertFrom(comm.Recv(got, t.prev, i), t.prev, i, bytes);
      assertPattern(got, i);
    }
    MPI.Request.Waitall(sends);
  },
});
