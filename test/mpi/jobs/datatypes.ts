/** MPI-4.1 chapter 5: messages of derived datatypes, in every mode, of every length, on every way to complete. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, progressFor, raises, rejects, until, waited } from '../../support/job/tools.js';

/** Doubles in one message: eager, around the eager limit, and in each of the regimes beyond. */
const COUNTS = [1, 5, 300, 1100, 20_000, 150_000];

/** Every second number; nine numbers in blocks of three. */
const second = (count: number) => MPI.DOUBLE.Create_vector(count, 1, 2).Commit();
const threes = MPI.DOUBLE.Create_vector(3, 3, 5).Commit();

/** `count` numbers of a rank at every second place, -1 between. */
function spread(count: number, rank: number): Float64Array {
  return Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? rank * 1e6 + i / 2 : -1));
}

function assertSpread(array: Float64Array, count: number, rank: number, behind = -1): void {
  for (let i = 0; i < array.length; i++) {
    const wanted = i % 2 === 1 ? -1 : i / 2 < count ? rank * 1e6 + i / 2 : behind;
    if (array[i] !== wanted) assert.fail(`number ${i} is ${array[i]}, not ${wanted}`);
  }
}

const blank = (count: number) => new Float64Array(2 * count).fill(-1);

type Start = (comm: MPI.Comm, buf: MPI.BufferSpec, dest: number) => MPI.Request | undefined;

const modes: Record<string, Start> = {
  Isend: (comm, buf, dest) => comm.Isend(buf, dest, 1),
  Issend: (comm, buf, dest) => comm.Issend(buf, dest, 1),
  Irsend: (comm, buf, dest) => comm.Irsend(buf, dest, 1),
  Ibsend: (comm, buf, dest) => comm.Ibsend(buf, dest, 1),
  Send_init: (comm, buf, dest) => started(comm.Send_init(buf, dest, 1)),
  Ssend_init: (comm, buf, dest) => started(comm.Ssend_init(buf, dest, 1)),
  Bsend_init: (comm, buf, dest) => started(comm.Bsend_init(buf, dest, 1)),
  Rsend_init: (comm, buf, dest) => started(comm.Rsend_init(buf, dest, 1)),
};

function started(request: MPI.Prequest): MPI.Prequest {
  request.Start();
  return request;
}

const blocking: Record<string, (comm: MPI.Comm, buf: MPI.BufferSpec, dest: number) => void> = {
  Send: (comm, buf, dest) => comm.Send(buf, dest, 1),
  Ssend: (comm, buf, dest) => comm.Ssend(buf, dest, 1),
  Rsend: (comm, buf, dest) => comm.Rsend(buf, dest, 1),
  Bsend: (comm, buf, dest) => comm.Bsend(buf, dest, 1),
};

defineCases({
  'every nonblocking mode and length, received before and after it is posted': (comm, t) => {
    MPI.Attach_buffer(MPI.BUFFER_AUTOMATIC);
    for (const [name, start] of Object.entries(modes)) {
      for (const count of COUNTS) {
        const type = second(count);
        for (const early of [true, false]) {
          const into = blank(count);
          const posted = early ? comm.Irecv([into, 1, type], t.prev, 1) : null;
          if (early) comm.Barrier();
          const send = start(comm, [spread(count, t.rank), 1, type], t.next);
          const status = posted === null ? comm.Recv([into, 1, type], t.prev, 1) : waited(posted);
          assertFrom(status, t.prev, 1, 8 * count);
          assertSpread(into, count, t.prev);
          send?.Wait();
          assert.equal(status.Get_count(type), 1, name);
          assert.equal(status.Get_elements(type), count);
        }
      }
    }
    MPI.Detach_buffer();
  },

  'every blocking mode': needs(2, (comm, t) => {
    if (t.rank > 1) return;
    MPI.Attach_buffer(MPI.BUFFER_AUTOMATIC);
    for (const send of Object.values(blocking)) {
      for (const count of COUNTS) {
        const type = second(count);
        const into = blank(count);
        if (t.rank === 0) {
          comm.Recv(new Uint8Array(0), 1, 2);
          send(comm, [spread(count, 0), 1, type], 1);
        } else {
          const request = comm.Irecv([into, 1, type], 0, 1);
          comm.Send(new Uint8Array(0), 0, 2);
          request.Wait();
          assertSpread(into, count, 0);
        }
      }
    }
    MPI.Detach_buffer();
  }),

  'equal signatures match: gaps to none, none to gaps, other gaps': (comm, t) => {
    const dense = Float64Array.from({ length: 18 }, (_, i) => t.rank * 100 + i);
    const wanted = (from: number) => Array.from({ length: 18 }, (_, i) => from * 100 + i);
    const array = new Float64Array(28).fill(-1);
    // Two elements of nine numbers: 13 numbers apart.
    const holes = [3, 4, 8, 9, 16, 17, 21, 22];
    const filled = (from: Float64Array) => [...from.subarray(0, 26)].filter((_, i) => !holes.includes(i));
    comm.Sendrecv(dense, t.next, 1, [array, 2, threes], t.prev, 1);
    assert.deepEqual(filled(array), wanted(t.prev));
    for (const i of holes) assert.equal(array[i], -1);
    const back = new Float64Array(18);
    comm.Sendrecv([array, 2, threes], t.prev, 2, back, t.next, 2);
    assert.deepEqual([...back], wanted(t.rank));
    const every = new Float64Array(36).fill(-1);
    comm.Sendrecv([array, 2, threes], t.next, 3, [every, 1, second(18)], t.prev, 3);
    assert.deepEqual(
      [...every].filter((_, i) => i % 2 === 0),
      wanted((t.prev + t.size - 1) % t.size),
    );
  },

  'columns of a matrix become rows': (comm, t) => {
    const n = 60;
    const matrix = Float64Array.from({ length: n * n }, (_, i) => t.rank * 1e6 + i);
    const column = MPI.DOUBLE.Create_vector(n, 1, n).Create_resized(0, 8).Commit();
    const into = new Float64Array(n * n);
    comm.Sendrecv([matrix, n, column], t.next, 1, into, t.prev, 1);
    for (let i = 0; i < n * n; i++) assert.equal(into[i], t.prev * 1e6 + (i % n) * n + Math.floor(i / n));
    // One column, told by its place in extents.
    const one = new Float64Array(n);
    comm.Sendrecv([matrix, [1, 7], column], t.next, 1, one, t.prev, 1);
    for (let i = 0; i < n; i++) assert.equal(one[i], t.prev * 1e6 + i * n + 7);
    // All that fit, where no count is given.
    comm.Sendrecv([matrix, column], t.next, 1, into, t.prev, 1);
    assert.equal(into[n * n - 1], t.prev * 1e6 + n * n - 1);
  },

  'persistent requests pack and unpack at each start': (comm, t) => {
    for (const count of [4, 3000, 40_000]) {
      const type = second(count);
      const out = spread(count, 0);
      const into = blank(count);
      const send = comm.Send_init([out, 1, type], t.next, 1);
      const recv = comm.Recv_init([into, 1, type], t.prev, 1);
      for (let round = 0; round < 4; round++) {
        out.set(spread(count, t.rank + round));
        MPI.Prequest.Startall([recv, send]);
        MPI.Request.Waitall([recv, send]);
        assertSpread(into, count, t.prev + round);
        into.fill(-1);
        progressFor(comm, 1);
        assertSpread(into, 0, 0);
      }
      send.Free();
      recv.Free();
    }
  },

  'matched probes': (comm, t) => {
    for (const count of COUNTS) {
      const type = second(count);
      const sends = [1, 2].map((tag) => comm.Isend([spread(count, t.rank), 1, type], t.next, tag));
      const first = blank(count);
      assertFrom(comm.Mprobe(t.prev, 1).Recv([first, 1, type]), t.prev, 1, 8 * count);
      assertSpread(first, count, t.prev);
      const other = blank(count);
      waited(comm.Mprobe(t.prev, 2).Irecv([other, 1, type]));
      assertSpread(other, count, t.prev);
      MPI.Request.Waitall(sends);
    }
  },

  'Sendrecv_replace, Isendrecv and Isendrecv_replace': (comm, t) => {
    for (const count of COUNTS) {
      const type = second(count);
      const both = spread(count, t.rank);
      comm.Sendrecv_replace([both, 1, type], t.next, 1, t.prev, 1);
      assertSpread(both, count, t.prev);
      waited(comm.Isendrecv_replace([both, 1, type], t.prev, 2, t.next, 2));
      assertSpread(both, count, t.rank);
      const into = blank(count);
      waited(comm.Isendrecv([both, 1, type], t.next, 3, [into, 1, type], t.prev, 3));
      assertSpread(into, count, t.prev);
    }
  },

  'awaited receives have landed': async (comm, t) => {
    for (const count of COUNTS) {
      const type = second(count);
      const into = blank(count);
      const recv = comm.Irecv([into, 1, type], t.prev, 1);
      const send = comm.Isend([spread(count, t.rank), 1, type], t.next, 1);
      await recv;
      assertSpread(into, count, t.prev);
      await send;
    }
  },

  'a shorter message fills the first elements and leaves the rest': (comm, t) => {
    for (const [sent, room] of [
      [3, 7],
      [1500, 2000],
      [30_000, 50_000],
    ]) {
      const one = MPI.DOUBLE.Create_resized(0, 16).Commit();
      const send = comm.Isend([spread(sent, t.rank), sent, one], t.next, 1);
      const into = blank(room);
      const status = comm.Recv([into, room, one], t.prev, 1);
      assert.equal(status.Get_count(one), sent);
      assertSpread(into, sent, t.prev);
      const pairs = MPI.DOUBLE.Create_contiguous(2);
      assert.equal(status.Get_count(pairs), sent % 2 === 0 ? sent / 2 : MPI.UNDEFINED);
      assert.equal(status.Get_elements(pairs), sent);
      send.Wait();
    }
  },

  'truncation: what fits has landed, and nothing lies behind it': (comm, t) => {
    for (const [sent, room] of [
      [7, 3],
      [2000, 1500],
      [50_000, 30_000],
    ]) {
      const send = comm.Isend([spread(sent, t.rank), 1, second(sent)], t.next, 1);
      const into = blank(room + 10);
      raises(MPI.ERR_TRUNCATE, () => comm.Recv([into, 1, second(room)], t.prev, 1));
      assertSpread(into, room, t.prev);
      send.Wait();
    }
  },

  'a receive that is cancelled or times out touches nothing, and no message is lost': needs(
    2,
    async (comm, t) => {
      const type = second(400);
      const into = blank(400);
      const cancelled = comm.Irecv([into, 1, type], t.prev, 1);
      cancelled.Cancel();
      assert.ok(waited(cancelled).Is_cancelled());
      raises(MPI.ERR_TIMEOUT, () => comm.Recv([into, 1, type], t.prev, 1, null, { timeout: 5 }));
      await rejects(MPI.ERR_TIMEOUT, comm.Irecv([into, 1, type], t.prev, 1, { timeout: 5 }));
      assertSpread(into, 0, 0);
      comm.Barrier();
      const send = comm.Isend([spread(400, t.rank), 1, type], t.next, 1);
      comm.Recv([into, 1, type], t.prev, 1);
      assertSpread(into, 400, t.prev);
      send.Wait();
    },
  ),

  'many at once, and a datatype freed while they are under way': (comm, t) => {
    const type = second(900);
    const buffers = Array.from({ length: 40 }, () => blank(900));
    const recvs = buffers.map((into, tag) => comm.Irecv([into, 1, type], t.prev, tag));
    const sends = buffers.map((_, tag) => comm.Isend([spread(900, t.rank + tag), 1, type], t.next, tag));
    type.Free();
    MPI.Request.Waitall([...sends, ...recvs]);
    for (const [tag, into] of buffers.entries()) assertSpread(into, 900, t.prev + tag);
  },

  'negative strides, overlapping sources, elements before the address': (comm, t) => {
    const numbers = Int32Array.from({ length: 10 }, (_, i) => t.rank * 100 + i);
    const reversed = MPI.INT.Create_vector(10, 1, -1).Create_hindexed([1], [36]).Commit();
    const into = new Int32Array(10);
    comm.Sendrecv([numbers, 1, reversed], t.next, 1, into, t.prev, 1);
    assert.deepEqual(
      [...into],
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((i) => t.prev * 100 + i),
    );
    const windows = MPI.INT.Create_contiguous(3).Create_resized(0, 4).Commit();
    const many = new Int32Array(24);
    comm.Sendrecv([numbers, 8, windows], t.next, 1, many, t.prev, 1);
    for (let i = 0; i < 24; i++) assert.equal(many[i], t.prev * 100 + Math.floor(i / 3) + (i % 3));
    const before = MPI.INT.Create_hindexed([1, 1], [-4, 4]).Create_resized(0, 4).Commit();
    comm.Sendrecv([numbers, [1, 1], before], t.next, 1, [into, [1, 5], before], t.prev, 1);
    assert.deepEqual([into[4], into[6]], [t.prev * 100, t.prev * 100 + 2]);
  },

  'structures in raw memory, at odd offsets and in shared memory': (comm, t) => {
    const type = MPI.Datatype.Create_struct([1, 3, 1], [0, 9, 24], [MPI.INT, MPI.CHAR, MPI.DOUBLE]).Commit();
    assert.deepEqual([type.size, type.extent], [15, 32]);
    for (const memory of [new ArrayBuffer(70), new SharedArrayBuffer(70)]) {
      const out = new DataView(memory, 3, 64);
      for (const [i, at] of [0, 32].entries()) {
        out.setInt32(at, t.rank + i, true);
        out.setInt8(at + 11, 7 + i);
        out.setFloat64(at + 24, t.rank / 8 + i, true);
      }
      const into = new DataView(new ArrayBuffer(70), 5, 64);
      const status = comm.Sendrecv([out, type], t.next, 1, [into, 2, type], t.prev, 1);
      assert.equal(status.Get_elements(type), 10);
      for (const [i, at] of [0, 32].entries()) {
        assert.equal(into.getInt32(at, true), t.prev + i);
        assert.equal(into.getInt8(at + 11), 7 + i);
        assert.equal(into.getFloat64(at + 24, true), t.prev / 8 + i);
        assert.equal(into.getInt8(at + 12), 0);
      }
    }
  },

  'nothing: no elements, elements of no bytes, and nobody': (comm, t) => {
    const into = spread(4, 1);
    for (const type of [second(4), second(0), MPI.DOUBLE.Create_contiguous(0).Commit()]) {
      for (const count of [0, 5]) {
        if (count * type.size > 0) continue;
        const status = comm.Sendrecv([into, count, type], t.next, 1, [into, count, type], t.prev, 1);
        assertFrom(status, t.prev, 1, 0);
        assert.equal(status.Get_count(type), 0);
      }
      comm.Send([into, 1, type], MPI.PROC_NULL);
      assertFrom(comm.Recv([into, 1, type], MPI.PROC_NULL), MPI.PROC_NULL, MPI.ANY_TAG, 0);
      comm.Sendrecv_replace([into, 1, type], MPI.PROC_NULL, 0, MPI.PROC_NULL);
    }
    assertSpread(into, 4, 1);
  },

  'packed by hand, received by datatype, and the other way round': (comm, t) => {
    const type = second(50);
    const packed = new Uint8Array(type.Pack_size(1, comm) + 8);
    assert.equal(type.Pack(spread(50, t.rank), packed, 8, comm), packed.length);
    const into = blank(50);
    comm.Sendrecv([packed.subarray(8), MPI.PACKED], t.next, 1, [into, 1, type], t.prev, 1);
    assertSpread(into, 50, t.prev);
    const bytes = new Uint8Array(400);
    comm.Sendrecv([into, 1, type], t.prev, 1, [bytes, MPI.PACKED], t.next, 1);
    const back = blank(50);
    assert.equal(type.Unpack(bytes, 0, back, comm), 400);
    assertSpread(back, 50, t.rank);
  },

  'memory that goes away before its message comes is an error of the receive': (comm, t) => {
    for (const count of [10, 3000]) {
      const type = second(count);
      const into = blank(count);
      const recv = comm.Irecv([into, 1, type], t.prev, 1);
      structuredClone(into.buffer, { transfer: [into.buffer] });
      comm.Barrier();
      const send = comm.Isend([spread(count, t.rank), 1, type], t.next, 1);
      until(() => recv.Get_status(), 'the receive is over');
      raises(MPI.ERR_BUFFER, () => recv.Wait(), 'detached');
      send.Wait();
    }
  },

  'a block a rank, with gaps: Scatterv and Gatherv': (comm, t) => {
    const one = MPI.DOUBLE.Create_resized(0, 16).Commit();
    const counts = Array.from({ length: t.size }, (_, i) => i + 1);
    const total = counts.reduce((sum, n) => sum + n, 0);
    const into = blank(t.rank + 1);
    comm.Scatterv([spread(total, 0), counts, one], new Float64Array(t.rank + 1), 0);
    comm.Scatterv([spread(total, 0), counts, one], into.subarray(0, t.rank + 1), 0);
    const start = (t.rank * (t.rank + 1)) / 2;
    for (let i = 0; i <= t.rank; i++) assert.equal(into[i], start + i);
    const all = blank(total);
    comm.Gatherv(into.subarray(0, t.rank + 1), [all, counts, one], 0);
    if (t.rank === 0) assertSpread(all, total, 0);
  },
});
