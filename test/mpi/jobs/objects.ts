/** The lower-case calls: JavaScript objects as messages. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { instant, pattern, progressFor } from '../../support/job/tools.js';

const circular = (): Record<string, unknown> => {
  const one: Record<string, unknown> = { name: 'one' };
  one.self = one;
  return one;
};

/** Values of every kind that a structured clone keeps. */
const values = (rank: number): unknown[] => [
  undefined,
  null,
  true,
  rank,
  -0,
  Number.NaN,
  '',
  'text with ünïcödé 🚀',
  12345678901234567890n,
  { nested: { deep: [1, 'two', { three: 3 }] }, rank },
  [],
  [1, undefined, 3],
  new Map<unknown, unknown>([
    ['a', 1],
    [{ k: 1 }, new Set([1, 2])],
  ]),
  new Set(['x', 'y']),
  new Date(1_700_000_000_000),
  /pattern/gi,
  new Float64Array([1, 2, Number.NaN]),
  new Uint8Array(0),
  new Uint8Array(100).subarray(10, 20).fill(rank),
  pattern(200_000, 3),
  { big: new Float64Array(60_000).fill(rank), label: 'x' },
  'long '.repeat(40_000),
  new ArrayBuffer(10),
  new BigInt64Array([1n, -1n]),
];

defineCases({
  'send and recv of every kind of value': needs(2, (comm, t) => {
    if (t.rank > 1) return;
    for (const [i, value] of values(7).entries()) {
      if (t.rank === 0) {
        comm.send(value, 1, i);
        assert.deepStrictEqual(comm.recv(1, i), value);
      } else {
        const got = comm.recv(0, i);
        assert.deepStrictEqual(got, value);
        comm.send(got, 0, i);
      }
    }
  }),

  'isend and irecv around the ring': (comm, t) => {
    const receives = values(0).map((_, i) => comm.irecv(t.prev, i));
    const sends = values(t.rank).map((value, i) => comm.isend(value, t.next, i));
    for (const [i, value] of values(t.prev).entries()) assert.deepStrictEqual(receives[i].wait(), value);
    MPI.Request.Waitall(sends);
  },

  'every mode: ssend, bsend, issend, ibsend': (comm, t) => {
    MPI.Attach_buffer(null);
    const value = { from: t.rank, list: [1, 2, 3] };
    const expected = { from: t.prev, list: [1, 2, 3] };
    const issend = comm.issend(value, t.next, 1);
    assert.deepStrictEqual(comm.recv(t.prev, 1), expected);
    issend.Wait();
    comm.bsend(value, t.next, 2);
    assert.deepStrictEqual(comm.recv(t.prev, 2), expected);
    comm.ibsend(value, t.next, 3).Wait();
    assert.deepStrictEqual(comm.recv(t.prev, 3), expected);
    const receive = comm.irecv(t.prev, 4);
    comm.ssend(value, t.next, 4);
    assert.deepStrictEqual(receive.wait(), expected);
    MPI.Detach_buffer();
  },

  'ssend waits for its receive': needs(2, (comm, t) => {
    if (t.rank === 0) {
      comm.ssend('hello', 1, 1);
      comm.send(instant(), 1, 2);
    } else if (t.rank === 1) {
      progressFor(comm, 15);
      const posted = instant();
      assert.equal(comm.recv(0, 1), 'hello');
      assert.ok(comm.recv(0, 2) >= posted);
    }
  }),

  'the object may be changed after send and isend return': (comm, t) => {
    const value = { list: [1, 2, 3], data: new Float64Array(50_000).fill(1) };
    const send = comm.isend(value, t.next, 1);
    value.list.push(4);
    const got = comm.recv(t.prev, 1);
    assert.deepStrictEqual(got.list, [1, 2, 3]);
    send.Wait();
  },

  'statuses, wildcards and order': (comm, t) => {
    const sends = [0, 1, 2].map((i) => comm.isend({ i }, t.next, 10 + i));
    for (const i of [0, 1, 2]) {
      const status = new MPI.Status();
      assert.deepStrictEqual(comm.recv(MPI.ANY_SOURCE, MPI.ANY_TAG, status), { i });
      assert.equal(status.source, t.prev);
      assert.equal(status.tag, 10 + i);
    }
    MPI.Request.Waitall(sends);
  },

  'recv takes all its arguments by default': (comm, t) => {
    const send = comm.isend('default', t.next);
    assert.equal(comm.recv(), 'default');
    send.Wait();
  },

  'sendrecv around the ring': (comm, t) => {
    const status = new MPI.Status();
    assert.deepStrictEqual(comm.sendrecv({ r: t.rank }, t.next, 1, t.prev, 1, status), { r: t.prev });
    assert.equal(status.source, t.prev);
    const large = comm.sendrecv(new Float64Array(100_000).fill(t.rank), t.next, 1, t.prev, 1);
    assert.equal(large[99_999], t.prev);
  },

  'probe, mprobe and improbe': (comm, t) => {
    const sends = ['a', 'b', 'c', 'd'].map((text) => comm.isend(text, t.next, 1));
    // iprobe and improbe find only what has been sent.
    comm.Barrier();
    const status = new MPI.Status();
    comm.probe(MPI.ANY_SOURCE, 1, status);
    assert.equal(status.source, t.prev);
    const first = comm.mprobe(t.prev, 1);
    assert.equal(comm.iprobe(t.prev, 1), true);
    assert.equal(comm.recv(t.prev, 1), 'b');
    const third = comm.improbe(t.prev, 1, status);
    assert.ok(third !== null);
    assert.equal(comm.recv(t.prev, 1), 'd');
    assert.equal(third.irecv().wait(), 'c');
    assert.equal(first.recv(status), 'a');
    assert.equal(status.source, t.prev);
    assert.equal(comm.improbe(t.prev, 1), null);
    MPI.Request.Waitall(sends);
  },

  'test gives the object with the flag': needs(2, (comm, t) => {
    if (t.rank === 1) {
      const request = comm.irecv(0, 1);
      assert.equal(request.test()[0], false);
      comm.send(null, 0, 2);
      let got = request.test();
      while (!got[0]) got = request.test();
      assert.deepStrictEqual(got[1], { ok: true });
    } else if (t.rank === 0) {
      comm.recv(1, 2);
      comm.send({ ok: true }, 1, 1);
    }
  }),

  'cycles and shared parts survive': (comm, t) => {
    const got = comm.sendrecv(circular(), t.next, 1, t.prev, 1);
    assert.equal(got.self, got);
    const shared = { s: 1 };
    const pair = comm.sendrecv([shared, shared], t.next, 1, t.prev, 1);
    assert.equal(pair[0], pair[1]);
  },

  'what cannot be cloned is an exception, and nothing is sent': (comm, t) => {
    for (const value of [() => 1, { f: () => 1 }, Symbol('s')]) {
      assert.throws(() => comm.send(value, t.next, 1));
    }
    comm.Barrier();
    assert.equal(comm.iprobe(t.prev, 1), false);
  },

  'many objects of many sizes, ANY_SOURCE': (comm, t) => {
    const each = 60;
    const sends = Array.from({ length: each }, (_, i) =>
      comm.isend({ from: t.rank, i, pad: 'x'.repeat((i * i * 37) % 90_000) }, 0, 1),
    );
    if (t.rank === 0) {
      const seen = new Array<number>(t.size).fill(0);
      for (let n = 0; n < each * t.size; n++) {
        const { from, i, pad } = comm.recv();
        assert.equal(i, seen[from]++);
        assert.equal(pad.length, (i * i * 37) % 90_000);
      }
    }
    MPI.Request.Waitall(sends);
  },

  'objects and arrays travel side by side': (comm, t) => {
    const sends = [
      comm.isend({ kind: 'object' }, t.next, 1),
      comm.Isend(Int32Array.of(5), t.next, 2),
      comm.isend([9], t.next, 3),
    ];
    const got = new Int32Array(1);
    comm.Recv(got, t.prev, 2);
    assert.equal(got[0], 5);
    assert.deepStrictEqual(comm.recv(t.prev, 3), [9]);
    assert.deepStrictEqual(comm.recv(t.prev, 1), { kind: 'object' });
    MPI.Request.Waitall(sends);
  },
});
