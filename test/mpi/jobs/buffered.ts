/** MPI-4.1 section 3.6: buffered mode and the buffers attached for it. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, pattern, raises, until } from '../../support/job/tools.js';

const GO = 90;
const LARGE = 1_048_576;
const empty = new Uint8Array(0);
const room = (...lengths: number[]): ArrayBuffer =>
  new ArrayBuffer(lengths.reduce((sum, bytes) => sum + bytes + MPI.BSEND_OVERHEAD, 0));

defineCases({
  'BSEND_OVERHEAD is a whole number of bytes': () => {
    assert.ok(Number.isInteger(MPI.BSEND_OVERHEAD) && MPI.BSEND_OVERHEAD >= 0, `${MPI.BSEND_OVERHEAD}`);
  },

  'Bsend without a buffer: ERR_BUFFER, nothing sent': (comm, t) => {
    raises(MPI.ERR_BUFFER, () => comm.Bsend(pattern(10, 1), t.next, 1), 'Bsend');
    raises(MPI.ERR_BUFFER, () => comm.Ibsend(pattern(10, 1), t.next, 1), 'Ibsend');
    comm.Barrier();
    assert.equal(comm.Iprobe(t.prev, 1), false);
  },

  'Bsend completes with no receive posted, at every size': (comm, t) => {
    const lengths = [0, 1, 100, 5000, 70_000, LARGE];
    MPI.Attach_buffer(room(...lengths));
    for (const [i, bytes] of lengths.entries()) {
      const data = pattern(bytes, t.rank + i);
      comm.Bsend(data, t.next, i);
      data.fill(0xdd);
    }
    comm.Barrier();
    for (const [i, bytes] of [...lengths.entries()].reverse()) {
      const got = new Uint8Array(bytes);
      assertFrom(comm.Recv(got, t.prev, i), t.prev, i, bytes);
      assertPattern(got, t.prev + i);
    }
    MPI.Detach_buffer();
  },

  'a message larger than the buffer: ERR_BUFFER, it is not sent, earlier ones arrive': (comm, t) => {
    const buffer = room(1000, 1000);
    MPI.Attach_buffer(buffer);
    comm.Bsend(pattern(1000, 1), t.next, 1);
    raises(MPI.ERR_BUFFER, () => comm.Bsend(pattern(buffer.byteLength + 1, 9), t.next, 2), 'Bsend');
    raises(MPI.ERR_BUFFER, () => comm.Ibsend(pattern(buffer.byteLength + 1, 9), t.next, 2), 'Ibsend');
    comm.Bsend(pattern(1000, 3), t.next, 3);
    comm.Barrier();
    const got = new Uint8Array(1000);
    assertFrom(comm.Recv(got, t.prev, MPI.ANY_TAG), t.prev, 1, 1000);
    assertPattern(got, 1);
    assertFrom(comm.Recv(got, t.prev, MPI.ANY_TAG), t.prev, 3, 1000);
    assertPattern(got, 3);
    assert.equal(comm.Iprobe(t.prev, 2), false);
    MPI.Detach_buffer();
  },

  'large messages occupy the buffer until they are received: the one too many is ERR_BUFFER': needs(
    2,
    (comm, t) => {
      if (t.rank === 0) {
        MPI.Attach_buffer(room(LARGE, LARGE));
        comm.Bsend(pattern(LARGE, 1), 1, 1);
        comm.Bsend(pattern(LARGE, 2), 1, 1);
        raises(MPI.ERR_BUFFER, () => comm.Bsend(pattern(LARGE, 3), 1, 1), 'Bsend', String(LARGE));
        comm.Send(empty, 1, GO);
        comm.Recv(empty, 1, GO);
        comm.Bsend(pattern(LARGE, 4), 1, 1);
        MPI.Detach_buffer();
      } else if (t.rank === 1) {
        const got = new Uint8Array(LARGE);
        comm.Recv(empty, 0, GO);
        for (const seed of [1, 2]) {
          comm.Recv(got, 0, 1);
          assertPattern(got, seed);
        }
        comm.Send(empty, 0, GO);
        comm.Recv(got, 0, 1);
        assertPattern(got, 4);
      }
    },
  ),

  'space comes back: a buffer for one message carries a hundred, one after the other': needs(2, (comm, t) => {
    for (const bytes of [100, 300_000]) {
      if (t.rank === 0) {
        MPI.Attach_buffer(room(bytes));
        for (let i = 0; i < 100; i++) {
          comm.Bsend(pattern(bytes, i), 1, 1);
          comm.Recv(empty, 1, GO);
        }
        MPI.Detach_buffer();
      } else if (t.rank === 1) {
        const got = new Uint8Array(bytes);
        for (let i = 0; i < 100; i++) {
          comm.Recv(got, 0, 1);
          assertPattern(got, i);
          comm.Send(empty, 0, GO);
        }
      }
    }
  }),

  'Detach_buffer returns the buffer, after its messages have left': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const buffer = new Uint8Array(room(LARGE, 10));
      MPI.Attach_buffer(buffer);
      comm.Bsend(pattern(LARGE, 1), 1, 1);
      comm.Bsend(pattern(10, 2), 1, 2);
      comm.Send(empty, 1, GO);
      assert.equal(MPI.Detach_buffer(), buffer);
      buffer.fill(0xcc);
      raises(MPI.ERR_BUFFER, () => comm.Bsend(pattern(10, 3), 1, 2), 'Bsend');
    } else if (t.rank === 1) {
      comm.Recv(empty, 0, GO);
      const got = new Uint8Array(LARGE);
      comm.Recv(got, 0, 1);
      assertPattern(got, 1);
      assertFrom(comm.Recv(got, 0, 2), 0, 2, 10);
      assertPattern(got.subarray(0, 10), 2);
    }
  }),

  'Flush_buffer waits for the messages and leaves the buffer attached': needs(2, (comm, t) => {
    if (t.rank === 0) {
      MPI.Attach_buffer(room(LARGE));
      for (let i = 0; i < 3; i++) {
        comm.Bsend(pattern(LARGE, i), 1, 1);
        MPI.Flush_buffer();
      }
      MPI.Detach_buffer();
    } else if (t.rank === 1) {
      const got = new Uint8Array(LARGE);
      for (let i = 0; i < 3; i++) {
        comm.Recv(got, 0, 1);
        assertPattern(got, i);
      }
    }
  }),

  'a second attach and a detach without attach: ERR_BUFFER': (comm, t) => {
    raises(MPI.ERR_BUFFER, () => MPI.Detach_buffer(), 'Detach_buffer');
    MPI.Attach_buffer(room(10));
    raises(MPI.ERR_BUFFER, () => MPI.Attach_buffer(room(10)), 'Attach_buffer');
    comm.Bsend(pattern(10, 4), t.next, 1);
    const got = new Uint8Array(10);
    comm.Recv(got, t.prev, 1);
    assertPattern(got, 4);
    MPI.Detach_buffer();
    raises(MPI.ERR_BUFFER, () => MPI.Detach_buffer(), 'Detach_buffer');
    raises(MPI.ERR_BUFFER, () => comm.Detach_buffer(), 'Detach_buffer');
    comm.Attach_buffer(room(10));
    raises(MPI.ERR_BUFFER, () => comm.Attach_buffer(room(10)), 'Attach_buffer');
    comm.Detach_buffer();
  },

  'the automatic buffer takes whatever comes': (comm, t) => {
    for (const automatic of [null, MPI.BUFFER_AUTOMATIC] as const) {
      MPI.Attach_buffer(automatic);
      raises(MPI.ERR_BUFFER, () => MPI.Attach_buffer(room(10)), 'Attach_buffer');
      for (let i = 0; i < 20; i++) comm.Bsend(pattern(i * 20_000, i), t.next, 1);
      comm.Barrier();
      for (let i = 0; i < 20; i++) {
        const got = new Uint8Array(i * 20_000);
        assertFrom(comm.Recv(got, t.prev, 1), t.prev, 1, i * 20_000);
        assertPattern(got, i);
      }
      MPI.Flush_buffer();
      const detached = MPI.Detach_buffer();
      assert.ok(detached === null || detached === MPI.BUFFER_AUTOMATIC, 'what Detach_buffer returns');
    }
  },

  "the communicator's buffer is used before the process's": (comm, t) => {
    MPI.Attach_buffer(room(LARGE));
    const own = room(50);
    comm.Attach_buffer(own);
    raises(MPI.ERR_BUFFER, () => comm.Bsend(pattern(own.byteLength + 1, 1), t.next, 1), 'Bsend');
    comm.Bsend(pattern(50, 2), t.next, 1);
    const got = new Uint8Array(LARGE);
    assertFrom(comm.Recv(got, t.prev, 1), t.prev, 1, 50);
    comm.Flush_buffer();
    assert.equal(comm.Detach_buffer(), own);
    comm.Bsend(pattern(LARGE, 3), t.next, 1);
    comm.Recv(got, t.prev, 1);
    assertPattern(got, 3);
    MPI.Detach_buffer();
  },

  'Bsend to PROC_NULL takes no space': (comm) => {
    MPI.Attach_buffer(room(0));
    for (let i = 0; i < 10; i++) comm.Bsend(new Uint8Array(1000), MPI.PROC_NULL, 1);
    MPI.Detach_buffer();
  },

  'Ibsend is complete at once': (comm, t) => {
    MPI.Attach_buffer(room(LARGE));
    const data = pattern(LARGE, 1);
    const request = comm.Ibsend(data, t.next, 1);
    until(() => request.Test(), 'completion of Ibsend without a receive');
    data.fill(0);
    comm.Barrier();
    const got = new Uint8Array(LARGE);
    comm.Recv(got, t.prev, 1);
    assertPattern(got, 1);
    MPI.Detach_buffer();
  },

  'messages still buffered are delivered when the receiver comes last': needs(2, (comm, t) => {
    if (t.rank === 0) {
      MPI.Attach_buffer(room(...new Array<number>(200).fill(500)));
      for (let i = 0; i < 200; i++) comm.Bsend(pattern(500, i), 1, 1);
    }
    comm.Barrier();
    if (t.rank === 1) {
      const got = new Uint8Array(500);
      for (let i = 0; i < 200; i++) {
        comm.Recv(got, 0, 1);
        assertPattern(got, i);
      }
    }
    if (t.rank === 0) MPI.Detach_buffer();
  }),
});
