/** MPI-4.1 section 3.8: probes and matched probes. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import {
  assertFrom,
  assertPattern,
  pattern,
  progressFor,
  REGIMES,
  raises,
  until,
} from '../../support/job/tools.js';

defineCases({
  'Iprobe is false, and Improbe null, while nothing is there': (comm) => {
    assert.equal(comm.Iprobe(), false);
    assert.equal(comm.Improbe(), null);
    assert.equal(comm.iprobe(), false);
    assert.equal(comm.improbe(), null);
    comm.Barrier();
  },

  'Probe tells source, tag and length of every size, and consumes nothing': (comm, t) => {
    const sends = REGIMES.map((bytes, i) => comm.Isend(pattern(bytes, i), t.next, i));
    for (const [i, bytes] of [...REGIMES.entries()].reverse()) {
      for (let again = 0; again < 3; again++) {
        const status = new MPI.Status();
        comm.Probe(MPI.ANY_SOURCE, i, status);
        assertFrom(status, t.prev, i, bytes);
      }
      const status = new MPI.Status();
      assert.equal(comm.Iprobe(t.prev, i, status), true);
      assertFrom(status, t.prev, i, bytes);
      const got = new Uint8Array(status.Get_count());
      comm.Recv(got, status.source, status.tag);
      assertPattern(got, i);
      assert.equal(comm.Iprobe(t.prev, i), false);
    }
    MPI.Request.Waitall(sends);
  },

  'Probe blocks until a message comes': needs(2, (comm, t) => {
    if (t.rank === 0) {
      progressFor(comm, 20);
      comm.Send(Int32Array.of(8), 1, 3);
    } else if (t.rank === 1) {
      const status = new MPI.Status();
      comm.Probe(0, 3, status);
      assertFrom(status, 0, 3, 4);
      const got = new Int32Array(1);
      comm.Recv(got, 0, 3);
      assert.equal(got[0], 8);
    }
  }),

  'Iprobe becomes true without any other call': needs(2, (comm, t) => {
    if (t.rank === 0) comm.Send(pattern(400_000, 1), 1, 3);
    if (t.rank === 1) {
      until(() => comm.Iprobe(0, 3), 'Iprobe');
      comm.Recv(new Uint8Array(400_000), 0, 3);
    }
  }),

  'a wildcard probe names the earliest message of its sender': (comm, t) => {
    const sends = [7, 5, 6].map((tag) => comm.Isend(Int32Array.of(tag), t.next, tag));
    for (const tag of [7, 5, 6]) {
      const status = new MPI.Status();
      comm.Probe(t.prev, MPI.ANY_TAG, status);
      assertFrom(status, t.prev, tag, 4);
      comm.Recv(new Int32Array(1), t.prev, MPI.ANY_TAG);
    }
    MPI.Request.Waitall(sends);
  },

  'a probe does not see messages that posted receives have taken': (comm, t) => {
    const got = new Int32Array(1);
    const receive = comm.Irecv(got, t.prev, 1);
    comm.Barrier();
    const send = comm.Isend(Int32Array.of(1), t.next, 1);
    receive.Wait();
    send.Wait();
    assert.equal(comm.Iprobe(t.prev, 1), false);
  },

  'Mprobe takes the message out of matching': (comm, t) => {
    const sends = [10, 20, 30].map((value) => comm.Isend(Int32Array.of(value), t.next, 1));
    const got = new Int32Array(1);
    const status = new MPI.Status();
    const first = comm.Mprobe(t.prev, 1, status);
    assertFrom(status, t.prev, 1, 4);
    comm.Recv(got, t.prev, 1);
    assert.equal(got[0], 20);
    const third = comm.Mprobe();
    assert.equal(comm.Iprobe(), false);
    assertFrom(third.Recv(got), t.prev, 1, 4);
    assert.equal(got[0], 30);
    first.Irecv(got).Wait(status);
    assertFrom(status, t.prev, 1, 4);
    assert.equal(got[0], 10);
    MPI.Request.Waitall(sends);
  },

  'Mprobe and Message.Recv of every size, with others received in between': (comm, t) => {
    const sends = REGIMES.flatMap((bytes, i) => [
      comm.Isend(pattern(bytes, i), t.next, i),
      comm.Isend(pattern(bytes, i + 50), t.next, i),
    ]);
    const messages = REGIMES.map((_, i) => comm.Mprobe(MPI.ANY_SOURCE, i));
    for (const [i, bytes] of REGIMES.entries()) {
      const got = new Uint8Array(bytes);
      comm.Recv(got, t.prev, i);
      assertPattern(got, i + 50);
    }
    for (const [i, bytes] of [...REGIMES.entries()].reverse()) {
      const got = new Uint8Array(bytes + 5);
      const status = new MPI.Status();
      if (i % 2) messages[i].Recv(got, status);
      else messages[i].Irecv(got).Wait(status);
      assertFrom(status, t.prev, i, bytes);
      assertPattern(got, i, bytes);
    }
    MPI.Request.Waitall(sends);
  },

  'Improbe finds the message in time': needs(2, (comm, t) => {
    if (t.rank === 0) {
      progressFor(comm, 5);
      comm.Ssend(pattern(100_000, 3), 1, 2);
    } else if (t.rank === 1) {
      let message: MPI.Message | null = null;
      const status = new MPI.Status();
      until(() => {
        message = comm.Improbe(MPI.ANY_SOURCE, MPI.ANY_TAG, status);
        return message !== null;
      }, 'Improbe');
      assertFrom(status, 0, 2, 100_000);
      const got = new Uint8Array(100_000);
      (message as unknown as MPI.Message).Recv(got);
      assertPattern(got, 3);
    }
  }),

  'a message can be received once': (comm, t) => {
    const send = comm.Isend(Int32Array.of(1), t.next, 1);
    const message = comm.Mprobe(t.prev, 1);
    message.Recv(new Int32Array(1));
    raises(undefined, () => message.Recv(new Int32Array(1)), 'Recv');
    send.Wait();
  },

  'a synchronous send is complete when its matched message is received, not before': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const request = comm.Issend(pattern(300_000, 1), 1, 1);
      comm.Recv(new Uint8Array(0), 1, 2);
      request.Wait();
    } else if (t.rank === 1) {
      const message = comm.Mprobe(0, 1);
      comm.Send(new Uint8Array(0), 0, 2);
      const got = new Uint8Array(300_000);
      message.Recv(got);
      assertPattern(got, 1);
    }
  }),

  'a message that a matched probe owns cannot be cancelled any more': needs(2, (comm, t) => {
    for (const bytes of REGIMES) {
      if (t.rank === 0) {
        const request = comm.Issend(pattern(bytes, 1), 1, 1);
        comm.Recv(new Uint8Array(0), 1, 2);
        request.Cancel();
        comm.Send(new Uint8Array(0), 1, 3);
        const status = new MPI.Status();
        request.Wait(status);
        assert.equal(status.Is_cancelled(), false, `${bytes} bytes`);
      } else if (t.rank === 1) {
        const message = comm.Mprobe(0, 1);
        comm.Send(new Uint8Array(0), 0, 2);
        comm.Recv(new Uint8Array(0), 0, 3);
        const got = new Uint8Array(bytes);
        message.Recv(got);
        assertPattern(got, 1);
      }
    }
  }),
});
