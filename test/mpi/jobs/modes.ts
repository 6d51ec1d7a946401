/** MPI-4.1 section 3.4: communication modes. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import {
  assertFrom,
  assertPattern,
  instant,
  pattern,
  progressFor,
  REGIMES,
  until,
} from '../../support/job/tools.js';

const GO = 90;
const empty = new Uint8Array(0);

defineCases({
  'Ssend does not return before the matching receive has started': needs(2, (comm, t) => {
    for (const [i, bytes] of REGIMES.entries()) {
      const mark = new BigInt64Array(1);
      if (t.rank === 0) {
        comm.Ssend(pattern(bytes, i), 1, i);
        mark[0] = instant();
        comm.Send(mark, 1, GO);
      } else if (t.rank === 1) {
        progressFor(comm, 15);
        const posted = instant();
        const got = new Uint8Array(bytes);
        comm.Recv(got, 0, i);
        assertPattern(got, i);
        comm.Recv(mark, 0, GO);
        assert.ok(mark[0] >= posted, `Ssend of ${bytes} bytes returned before its receive was posted`);
      }
    }
  }),

  'Issend tests false until its receive is posted, though the receiver makes progress': needs(
    2,
    (comm, t) => {
      for (const [i, bytes] of REGIMES.entries()) {
        if (t.rank === 0) {
          const request = comm.Issend(pattern(bytes, i), 1, i);
          const end = performance.now() + 10;
          while (performance.now() < end)
            assert.equal(request.Test(), false, `Issend of ${bytes} bytes unmatched`);
          comm.Send(empty, 1, GO);
          request.Wait();
        } else if (t.rank === 1) {
          comm.Recv(empty, 0, GO);
          const got = new Uint8Array(bytes);
          assertFrom(comm.Recv(got, 0, i), 0, i, bytes);
          assertPattern(got, i);
        }
      }
    },
  ),

  'a probe does not complete a synchronous send': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const request = comm.Issend(pattern(100, 1), 1, 5);
      comm.Recv(empty, 1, GO);
      progressFor(comm, 10);
      assert.equal(request.Test(), false);
      comm.Send(empty, 1, GO);
      request.Wait();
    } else if (t.rank === 1) {
      comm.Probe(0, 5);
      comm.Send(empty, 0, GO);
      comm.Recv(empty, 0, GO);
      comm.Recv(new Uint8Array(100), 0, 5);
    }
  }),

  'Issend to a receive posted long before completes': (comm, t) => {
    for (const [i, bytes] of REGIMES.entries()) {
      const got = new Uint8Array(bytes);
      const receive = comm.Irecv(got, t.prev, i);
      comm.Barrier();
      comm.Issend(pattern(bytes, i), t.next, i).Wait();
      receive.Wait();
      assertPattern(got, i);
    }
  },

  'Rsend to a posted receive, and Rsend without one is a Send': needs(2, (comm, t) => {
    for (const [i, bytes] of REGIMES.entries()) {
      if (t.rank === 1) {
        const posted = new Uint8Array(bytes);
        const request = comm.Irecv(posted, 0, i);
        comm.Send(empty, 0, GO);
        request.Wait();
        assertPattern(posted, i);
        const late = new Uint8Array(bytes);
        comm.Recv(late, 0, 50 + i);
        assertPattern(late, i + 1);
      } else if (t.rank === 0) {
        comm.Recv(empty, 1, GO);
        comm.Rsend(pattern(bytes, i), 1, i);
        const early = comm.Irsend(pattern(bytes, i + 1), 1, 50 + i);
        early.Wait();
      }
    }
  }),

  'Isend to oneself of every mode and size, receive posted first': (comm, t) => {
    MPI.Attach_buffer(new ArrayBuffer(2_000_000 + MPI.BSEND_OVERHEAD));
    for (const [i, bytes] of REGIMES.entries()) {
      for (const start of [comm.Isend, comm.Issend, comm.Ibsend, comm.Irsend]) {
        const got = new Uint8Array(bytes + 1);
        const receive = comm.Irecv(got, t.rank, i);
        const send = start.call(comm, pattern(bytes, i), t.rank, i);
        const status = new MPI.Status();
        receive.Wait(status);
        send.Wait();
        assertFrom(status, t.rank, i, bytes);
        assertPattern(got, i, bytes);
      }
    }
    MPI.Detach_buffer();
  },

  'Isend to oneself of every mode and size, receive posted later': (comm, t) => {
    MPI.Attach_buffer(new ArrayBuffer(2_000_000 + MPI.BSEND_OVERHEAD));
    for (const [i, bytes] of REGIMES.entries()) {
      for (const start of [comm.Isend, comm.Issend, comm.Ibsend, comm.Irsend]) {
        const send = start.call(comm, pattern(bytes, i), t.rank, i);
        if (start === comm.Issend) assert.equal(send.Test(), false, 'unmatched Issend to oneself');
        const got = new Uint8Array(bytes);
        assertFrom(comm.Recv(got, t.rank, i), t.rank, i, bytes);
        assertPattern(got, i);
        send.Wait();
      }
    }
    MPI.Detach_buffer();
  },

  'blocking Ssend and Send to oneself with the receive posted': (comm, t) => {
    for (const [i, bytes] of REGIMES.entries()) {
      for (const send of [comm.Send, comm.Ssend, comm.Rsend]) {
        const got = new Uint8Array(bytes);
        const receive = comm.Irecv(got, t.rank, i);
        send.call(comm, pattern(bytes, i), t.rank, i);
        receive.Wait();
        assertPattern(got, i);
      }
    }
  },

  'the send buffer is free for reuse after Send returns': needs(2, (comm, t) => {
    for (const bytes of REGIMES) {
      const data = pattern(bytes, 1);
      if (t.rank === 0) {
        comm.Send(data, 1, 1);
        data.fill(0xee);
        comm.Send(empty, 1, GO);
      } else if (t.rank === 1) {
        progressFor(comm, 2);
        const got = new Uint8Array(bytes);
        comm.Recv(got, 0, 1);
        comm.Recv(empty, 0, GO);
        assertPattern(got, 1);
      }
    }
  }),

  'a zero-length message is a message: matched, ordered and counted': (comm, t) => {
    const sends = [0, 1, 2].map((tag) => comm.Issend(empty, t.next, tag));
    for (const tag of [2, 1, 0]) assertFrom(comm.Recv(new Uint8Array(8), t.prev, tag), t.prev, tag, 0);
    MPI.Request.Waitall(sends);
    assert.equal(comm.Iprobe(), false);
  },

  'tags from 0 to TAG_UB': (comm, t) => {
    const upper = comm.Get_attr(MPI.TAG_UB) as number;
    assert.ok(upper >= 32767, 'the standard wants TAG_UB of at least 32767');
    const tags = [0, 1, 255, 256, 32767, 65535, 65536, upper - 1, upper];
    const sends = tags.map((tag, i) => comm.Isend(Int32Array.of(i), t.next, tag));
    for (const [i, tag] of [...tags.entries()].reverse()) {
      const got = new Int32Array(1);
      assertFrom(comm.Recv(got, t.prev, tag), t.prev, tag, 4);
      assert.equal(got[0], i);
    }
    MPI.Request.Waitall(sends);
  },

  'Send and Recv default to tag 0 and to the wildcards': (comm, t) => {
    const send = comm.Isend(Int32Array.of(t.rank), t.next);
    const got = new Int32Array(1);
    assertFrom(comm.Recv(got), t.prev, 0, 4);
    assert.equal(got[0], t.prev);
    send.Wait();
  },

  'Recv returns the status it was given': (comm, t) => {
    const send = comm.Isend(Int32Array.of(1), t.next, 4);
    const status = new MPI.Status();
    assert.equal(comm.Recv(new Int32Array(1), t.prev, 4, status), status);
    assertFrom(status, t.prev, 4, 4);
    send.Wait();
  },

  'a sender that waits in Test sees its large send go': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const request = comm.Isend(pattern(4_194_304, 2), 1, 1);
      until(() => request.Test(), 'completion of the send');
    } else if (t.rank === 1) {
      const got = new Uint8Array(4_194_304);
      comm.Recv(got, 0, 1);
      assertPattern(got, 2);
    }
  }),
});
