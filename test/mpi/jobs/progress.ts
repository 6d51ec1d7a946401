/** MPI-4.1 section 2.9: any call that blocks makes progress on everything else that this rank has under way. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { type CaseBody, defineCases, needs } from '../../support/job/cases.js';
import { assertPattern, pattern, until } from '../../support/job/tools.js';

const LARGE = 4_194_304;
const DATA = 1;
const GO = 2;
const empty = new Uint8Array(0);

/**
 * Rank 0 has a large Isend to rank 1 under way and blocks in `block`, which only the last rank's message ends.
 * The last rank sends it after rank 1 has received everything and told so: without progress they wait forever.
 */
function blockedIn(block: (comm: MPI.Comm, releaser: number) => void): CaseBody {
  return (comm, t) => {
    const releaser = t.size - 1;
    if (t.rank === 0) {
      const request = comm.Isend(pattern(LARGE, 4), 1, DATA);
      block(comm, releaser);
      request.Wait();
    } else if (t.rank === 1) {
      const got = new Uint8Array(LARGE);
      comm.Recv(got, 0, DATA);
      assertPattern(got, 4);
      if (releaser === 1) comm.Send(Int32Array.of(5), 0, GO);
      else comm.Send(empty, releaser, DATA);
    }
    if (t.rank === releaser && releaser > 1) {
      comm.Recv(empty, 1, DATA);
      comm.Send(Int32Array.of(5), 0, GO);
    }
  };
}

const take = (comm: MPI.Comm, releaser: number): void => {
  const got = new Int32Array(1);
  comm.Recv(got, releaser, GO);
  assert.equal(got[0], 5);
};

/** A loop in which nothing arrives ends after so long. */
const loopMsMax = 4000;

defineCases({
  'blocked in Recv': needs(2, blockedIn(take)),

  'blocked in Wait': needs(
    2,
    blockedIn((comm, releaser) => {
      comm.Irecv(new Int32Array(1), releaser, GO).Wait();
    }),
  ),
  'blocked in Waitany': needs(
    2,
    blockedIn((comm, releaser) => {
      assert.equal(MPI.Request.Waitany([MPI.REQUEST_NULL, comm.Irecv(new Int32Array(1), releaser, GO)]), 1);
    }),
  ),
  'blocked in Waitsome': needs(
    2,
    blockedIn((comm, releaser) => {
      assert.deepEqual(MPI.Request.Waitsome([comm.Irecv(new Int32Array(1), releaser, GO)]), [0]);
    }),
  ),
  'blocked in Waitall': needs(
    2,
    blockedIn((comm, releaser) => {
      MPI.Request.Waitall([comm.Irecv(new Int32Array(1), releaser, GO)]);
    }),
  ),
  'blocked in Probe': needs(
    2,
    blockedIn((comm, releaser) => {
      comm.Probe(releaser, GO);
      take(comm, releaser);
    }),
  ),
  'blocked in Mprobe': needs(
    2,
    blockedIn((comm, releaser) => {
      comm.Mprobe(releaser, GO).Recv(new Int32Array(1));
    }),
  ),
  'spinning in Iprobe': needs(
    2,
    blockedIn((comm, releaser) => {
      until(() => comm.Iprobe(releaser, GO), 'Iprobe of the release');
      take(comm, releaser);
    }),
  ),
  'spinning in Test of another request': needs(
    2,
    blockedIn((comm, releaser) => {
      const request = comm.Irecv(new Int32Array(1), releaser, GO);
      until(() => request.Test(), 'Test of the release');
    }),
  ),
  'blocked in Sendrecv': needs(
    2,
    blockedIn((comm, releaser) => {
      comm.Sendrecv(empty, MPI.PROC_NULL, 0, new Int32Array(1), releaser, GO);
    }),
  ),

  'blocked in Ssend': needs(2, (comm, t) => {
    const bytes = LARGE;
    if (t.rank === 0) {
      const request = comm.Isend(pattern(bytes, 1), 1, DATA);
      comm.Ssend(empty, t.size - 1, GO);
      request.Wait();
    } else {
      if (t.rank === 1) {
        const got = new Uint8Array(bytes);
        comm.Recv(got, 0, DATA);
        assertPattern(got, 1);
        if (t.size > 2) comm.Send(empty, t.size - 1, DATA);
      }
      if (t.rank === t.size - 1) {
        if (t.size > 2) comm.Recv(empty, 1, DATA);
        comm.Recv(empty, 0, GO);
      }
    }
  }),

  'blocked in Barrier': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const request = comm.Isend(pattern(LARGE, 1), 1, DATA);
      comm.Barrier();
      request.Wait();
    } else {
      if (t.rank === 1) {
        const got = new Uint8Array(LARGE);
        comm.Recv(got, 0, DATA);
        assertPattern(got, 1);
      }
      comm.Barrier();
    }
  }),

  'everyone in a large blocking Send to a posted receive (a ring)': (comm, t) => {
    const got = new Uint8Array(LARGE);
    const receive = comm.Irecv(got, t.prev, DATA);
    comm.Send(pattern(LARGE, t.rank), t.next, DATA);
    receive.Wait();
    assertPattern(got, t.prev);
  },

  'everyone sends large messages to everyone, receives posted first': (comm, t) => {
    const bytes = 700_000;
    const buffers = Array.from({ length: t.size }, () => new Uint8Array(bytes));
    const receives = buffers.map((buffer, source) => comm.Irecv(buffer, source, DATA));
    for (let i = 0; i < t.size; i++) {
      const dest = (t.rank + i) % t.size;
      comm.Ssend(pattern(bytes, t.rank * 16 + dest), dest, DATA);
    }
    MPI.Request.Waitall(receives);
    for (const [source, buffer] of buffers.entries()) assertPattern(buffer, source * 16 + t.rank);
  },

  'two ranks flood each other with blocking sends against posted receives': needs(2, (comm, t) => {
    if (t.rank > 1) return;
    const peer = 1 - t.rank;
    const count = 3000;
    const data = new Int32Array(count * 25);
    const receives = Array.from({ length: count }, (_, i) =>
      comm.Irecv(data.subarray(i * 25, i * 25 + 25), peer, DATA),
    );
    comm.Send(empty, peer, GO);
    comm.Recv(empty, peer, GO);
    for (let i = 0; i < count; i++) comm.Send(new Int32Array(25).fill(i), peer, DATA);
    MPI.Request.Waitall(receives);
    for (let i = 0; i < count; i++) assert.equal(data[i * 25 + 24], i);
  }),

  'a sender of many messages is not stopped by an unrelated full peer': needs(3, (comm, t) => {
    const count = 400;
    const bytes = 8000;
    if (t.rank === 0) {
      const stuck = Array.from({ length: count }, (_, i) =>
        comm.Isend(new Uint8Array(bytes).fill(i), 1, DATA),
      );
      for (let i = 0; i < count; i++) comm.Send(new Uint8Array(bytes).fill(i), 2, DATA);
      comm.Recv(empty, 2, GO);
      comm.Send(empty, 1, GO);
      MPI.Request.Waitall(stuck);
    } else if (t.rank === 2) {
      const got = new Uint8Array(bytes);
      for (let i = 0; i < count; i++) {
        comm.Recv(got, 0, DATA);
        assert.equal(got[bytes - 1], i & 255);
      }
      comm.Send(empty, 0, GO);
    } else if (t.rank === 1) {
      comm.Recv(empty, 0, GO);
      const got = new Uint8Array(bytes);
      for (let i = 0; i < count; i++) {
        comm.Recv(got, 0, DATA);
        assert.equal(got[0], i & 255);
      }
    }
  }),

  'in loops of calls that never have to wait': needs(2, (comm, t) => {
    const small = new Uint8Array(8);
    const loops: Record<string, () => void> = {
      'Isend and Wait, Irecv and Wait': () => {
        comm.Isend(small, t.rank, 7).Wait();
        comm.Irecv(small, t.rank, 7).Wait();
      },
      'Send, Recv': () => {
        comm.Send(small, t.rank, 7);
        comm.Recv(small, t.rank, 7);
      },
      Sendrecv: () => comm.Sendrecv(small, t.rank, 7, small, t.rank, 7),
      Waitall: () => MPI.Request.Waitall([comm.Isend(small, t.rank, 7), comm.Irecv(small, t.rank, 7)]),
      'send, recv': () => {
        comm.send(1, t.rank, 7);
        comm.recv(t.rank, 7);
      },
    };
    for (const [name, loop] of Object.entries(loops)) {
      if (t.rank === 0) {
        const got = new Uint8Array(100_000);
        const receive = comm.Irecv(got, 1, 3);
        comm.Ssend(small, 1, 1);
        const end = performance.now() + loopMsMax;
        while (got[got.length - 1] === 0 && performance.now() < end) loop();
        const arrived = got[got.length - 1] === 9;
        receive.Wait();
        assert.ok(arrived, `nothing arrives during ${loopMsMax} ms of ${name}`);
      } else if (t.rank === 1) {
        comm.Recv(small, 0, 1);
        comm.Send(new Uint8Array(100_000).fill(9), 0, 3);
      }
    }
  }),

  'in a loop of receives that always find their message': needs(3, (comm, t) => {
    const small = new Uint8Array(8);
    if (t.rank === 0) {
      const got = new Uint8Array(100_000);
      const receive = comm.Irecv(got, 2, 3);
      comm.Recv(small, 2, 1);
      const end = performance.now() + loopMsMax;
      while (got[got.length - 1] === 0 && performance.now() < end) comm.Irecv(small, 1, 5).Wait();
      const arrived = got[got.length - 1] === 9;
      comm.Send(small, 1, 6);
      receive.Wait();
      const status = new MPI.Status();
      while (status.tag !== 7) comm.Recv(small, 1, MPI.ANY_TAG, status);
      assert.ok(arrived, `nothing arrives during ${loopMsMax} ms`);
    } else if (t.rank === 1) {
      while (!comm.Iprobe(0, 6)) for (let i = 0; i < 20; i++) comm.Send(small, 0, 5);
      comm.Recv(small, 0, 6);
      comm.Send(small, 0, 7);
    } else if (t.rank === 2) {
      comm.Ssend(small, 0, 1);
      comm.Send(new Uint8Array(100_000).fill(9), 0, 3);
    }
  }),
});
