/**
 * Ranks that end while others still wait for them: `mpirun -n 2 gone.js CASE`. Rank 0 ends, the others wait. Each
 * case prints "seen" when what it expects has happened.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { MPI } from 'mpi4ts';
import { assertFrom, assertPattern, pattern, raises, rejects } from '../../support/job/tools.js';

const comm = MPI.COMM_WORLD;
const seen = () => console.log(`seen by ${comm.rank}`);
const buffer = new Uint8Array(100);

/** Waits on ranks 1 … n-1, each of which only rank 0 could satisfy. */
const waits: Record<string, () => unknown> = {
  Recv: () => comm.Recv(buffer, 0, 1),
  'Irecv and Wait': () => comm.Irecv(buffer, 0, 1).Wait(),
  Waitall: () => MPI.Request.Waitall([MPI.REQUEST_NULL, comm.Irecv(buffer, 0, 1)]),
  Waitany: () => MPI.Request.Waitany([comm.Irecv(buffer, 0, 1)]),
  Probe: () => comm.Probe(0, 1),
  Mprobe: () => comm.Mprobe(0, MPI.ANY_TAG),
  recv: () => comm.recv(0, 1),
  Ssend: () => comm.Ssend(buffer, 0, 1),
  'large Send': () => comm.Send(pattern(2_000_000, 1), 0, 1),
  Sendrecv: () => comm.Sendrecv(buffer, MPI.PROC_NULL, 1, buffer, 0, 1),
  Barrier: () => comm.Barrier(),
};

/** In a Barrier of several ranks it may be another one, ended by the same error, that is missed. */
const missed = (name: string): RegExp => (name === 'Barrier' ? /rank \d/ : /rank 0\b/);

const cases: Record<string, () => void | Promise<void>> = {
  /** Rank 0 has ended before the others begin to wait. */
  async late() {
    if (comm.rank === 0) return;
    await delay(200);
    const name = process.argv[3];
    raises(undefined, waits[name], missed(name));
    seen();
  },

  /** Rank 0 ends while the others wait. */
  async early() {
    if (comm.rank === 0) {
      await delay(200);
      return;
    }
    const name = process.argv[3];
    raises(undefined, waits[name], missed(name));
    seen();
  },

  async awaited() {
    if (comm.rank === 0) {
      await delay(100);
      return;
    }
    await rejects(undefined, comm.Irecv(buffer, 0, 1), /rank 0\b/);
    await rejects(undefined, comm.irecv(0, 1), /rank 0\b/);
    seen();
  },

  /** ANY_SOURCE fails only when nobody is left who could send. */
  async any() {
    if (comm.rank === 1) {
      if (comm.size > 2) {
        comm.Recv(buffer, MPI.ANY_SOURCE, 1);
        assert.equal(buffer[0], 9);
      }
      raises(undefined, () => comm.Recv(buffer, MPI.ANY_SOURCE, 1));
      seen();
    } else if (comm.rank > 1) {
      await delay(150);
      if (comm.rank === 2) comm.Send(new Uint8Array(1).fill(9), 1, 1);
    }
  },

  /** One of two requests is hopeless, the other is not: Waitany takes the good one. */
  async mixed() {
    if (comm.rank === 0) return;
    if (comm.rank === 2) {
      await delay(200);
      comm.Send(buffer, 1, 1);
    } else if (comm.rank === 1) {
      const hopeless = comm.Irecv(buffer, 0, 1);
      assert.equal(MPI.Request.Waitany([hopeless, comm.Irecv(new Uint8Array(100), 2, 1)]), 1);
      hopeless.Cancel();
      hopeless.Wait();
      seen();
    }
  },

  /** What a rank has sent before its end arrives, waited for or not. */
  async sent() {
    const lengths = [0, 10, 5000, 200_000, 3_000_000];
    if (comm.rank === 0) {
      for (const [i, bytes] of lengths.entries()) comm.Isend(pattern(bytes, i), 1, i);
      comm.isend({ last: 'words' }, 1, 100);
    } else if (comm.rank === 1) {
      await delay(300);
      assert.deepEqual(comm.recv(0, 100), { last: 'words' });
      for (const [i, bytes] of [...lengths.entries()].reverse()) {
        const got = new Uint8Array(bytes);
        comm.Recv(got, 0, i);
        assertPattern(got, i);
      }
      raises(undefined, () => comm.Recv(buffer, 0, 0), /rank 0\b/);
      seen();
    }
  },

  /** A rank that only tests may still send to itself, though nobody else is left. */
  async tested() {
    if (comm.rank !== 0) return;
    await delay(200);
    const request = comm.Irecv(buffer);
    for (let i = 0; i < 50; i++) assert.equal(request.Test(), false);
    comm.Send(Uint8Array.of(5), 0, 1);
    request.Wait();
    assert.equal(buffer[0], 5);
    seen();
  },

  /** A receive that has failed is not posted any more: it takes no later message. */
  async failed() {
    if (comm.rank !== 0) return;
    const first = new Uint8Array(1);
    raises(undefined, () => comm.Recv(first, 1, 1), /rank 1\b/);
    raises(undefined, () => comm.Recv(first, MPI.ANY_SOURCE, MPI.ANY_TAG));
    raises(undefined, () => comm.recv(MPI.ANY_SOURCE, MPI.ANY_TAG));
    raises(undefined, () => comm.Sendrecv(buffer, MPI.PROC_NULL, 1, first));
    comm.Send(Uint8Array.of(5), 0, 1);
    assertFrom(comm.Recv(buffer), 0, 1, 1);
    assert.equal(buffer[0], 5);
    assert.equal(first[0], 0);
    seen();
  },

  /** Finalize ends although another rank never stops sending. */
  flooded() {
    if (comm.rank === 0) {
      comm.Recv(buffer, 2, 5);
      comm.Issend(buffer, 1, 4);
      MPI.Finalize();
      seen();
    } else if (comm.rank === 2) {
      const empty = new Uint8Array(0);
      const sends = () => {
        for (;;) comm.Send(empty, 0, 5);
      };
      raises(undefined, sends, /rank 0\b/);
    }
  },

  /** Finalize ends with requests still awaited, whose promises are then settled. */
  async forsaken() {
    const peer = (comm.rank + 1) % comm.size;
    const settled: string[] = [];
    const requests = [comm.Irecv(buffer, peer, 1), comm.Recv_init(buffer, peer, 2)];
    (requests[1] as MPI.Prequest).Start();
    for (const request of [...requests, comm.irecv(peer, 3)]) {
      request.then(
        () => settled.push('fulfilled'),
        () => settled.push('rejected'),
      );
    }
    MPI.Finalize();
    await delay(50);
    assert.equal(settled.length, 3);
    seen();
  },

  /** process.exit(0) while another rank needs this one: the job fails. */
  async exit() {
    if (comm.rank === 0) {
      await delay(100);
      process.exit(0);
    }
    comm.Recv(buffer, 0, 1);
  },

  /** After an explicit Finalize, MPI calls are errors and the queries tell. */
  finalized() {
    MPI.Finalize();
    assert.equal(MPI.Is_finalized(), true);
    assert.equal(MPI.Is_initialized(), true);
    raises(undefined, () => comm.Send(buffer, 0, 1), /Send/);
    MPI.Finalize();
    seen();
  },
};

void cases[process.argv[2]]();
