/** MPI-4.1 section 3.5: matched messages make progress however many unmatched ones lie before them. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, pattern } from '../../support/job/tools.js';

const A = 1;
const B = 2;

/** Isends `count` messages of tag A and one of tag B; the receiver takes B first, then all of A in order. */
function floodThenTake(comm: MPI.Comm, count: number, bytes: number): void {
  const words = Math.max(1, bytes >> 2);
  if (comm.rank === 0) {
    const data = Array.from({ length: count }, (_, i) => new Int32Array(words).fill(i));
    const requests = data.map((one) => comm.Isend(one, 1, A));
    requests.push(comm.Isend(Int32Array.of(-7), 1, B));
    MPI.Request.Waitall(requests);
  } else if (comm.rank === 1) {
    const last = new Int32Array(1);
    assertFrom(comm.Recv(last, 0, B), 0, B, 4);
    assert.equal(last[0], -7);
    const got = new Int32Array(words);
    for (let i = 0; i < count; i++) {
      comm.Recv(got, 0, A);
      assert.equal(got[0], i, 'order');
      assert.equal(got[words - 1], i, 'last word');
    }
  }
}

defineCases({
  '20,000 small messages unmatched, the one behind them received first': needs(2, (comm) => {
    floodThenTake(comm, 20_000, 8);
  }),
  '20,000 empty messages unmatched': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const nothing = new Uint8Array(0);
      const requests = Array.from({ length: 20_000 }, () => comm.Isend(nothing, 1, A));
      requests.push(comm.Isend(Int32Array.of(1), 1, B));
      MPI.Request.Waitall(requests);
    } else if (t.rank === 1) {
      comm.Recv(new Int32Array(1), 0, B);
      for (let i = 0; i < 20_000; i++) assertFrom(comm.Recv(new Uint8Array(4), 0, A), 0, A, 0);
      assert.equal(comm.Iprobe(0, A), false);
    }
  }),
  '2,000 messages of 4 KiB unmatched': needs(2, (comm) => {
    floodThenTake(comm, 2_000, 4096);
  }),
  '40 messages of 256 KiB unmatched': needs(2, (comm) => {
    floodThenTake(comm, 40, 256 * 1024);
  }),

  'a flood from blocking sends of other ranks does not stop an exact receive': needs(3, (comm, t) => {
    const count = 500;
    if (t.rank === 0) {
      const wanted = new Uint8Array(100_000);
      assertFrom(comm.Recv(wanted, t.size - 1, B), t.size - 1, B, 100_000);
      assertPattern(wanted, 3);
      for (let r = 1; r < t.size - 1; r++) {
        for (let i = 0; i < count; i++) {
          const got = new Int32Array(50);
          comm.Recv(got, r, A);
          assert.equal(got[49], i);
        }
      }
    } else if (t.rank === t.size - 1) {
      comm.Send(pattern(100_000, 3), 0, B);
    } else {
      const requests = Array.from({ length: count }, (_, i) => comm.Isend(new Int32Array(50).fill(i), 0, A));
      MPI.Request.Waitall(requests);
    }
  }),

  '20,000 receives posted before anything is sent, matched in the order posted': needs(2, (comm, t) => {
    const count = 20_000;
    if (t.rank === 1) {
      const data = new Int32Array(count).fill(-1);
      const requests = Array.from({ length: count }, (_, i) => comm.Irecv(data.subarray(i, i + 1), 0, A));
      comm.Send(new Uint8Array(0), 0, B);
      MPI.Request.Waitall(requests);
      for (let i = 0; i < count; i++) assert.equal(data[i], i);
    } else if (t.rank === 0) {
      comm.Recv(new Uint8Array(0), 1, B);
      const one = new Int32Array(1);
      for (let i = 0; i < count; i++) {
        one[0] = i;
        comm.Send(one, 1, A);
      }
    }
  }),

  'everyone floods everyone, then everyone receives from the last rank down': (comm, t) => {
    const count = 300;
    const requests: MPI.Request[] = [];
    for (let dest = 0; dest < t.size; dest++) {
      for (let i = 0; i < count; i++) requests.push(comm.Isend(Int32Array.of(t.rank, i), dest, i % 3));
    }
    for (let source = t.size - 1; source >= 0; source--) {
      for (const tag of [2, 0, 1]) {
        for (let i = tag; i < count; i += 3) {
          const got = new Int32Array(2);
          comm.Recv(got, source, tag);
          assert.deepEqual([...got], [source, i]);
        }
      }
    }
    MPI.Request.Waitall(requests);
  },
});
