/** MPI-4.1 section 3.2: message buffers, predefined datatypes and what a status counts. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, pattern, sequence } from '../../support/job/tools.js';

/** What a send or a receive takes as its buffer. */
type BufSpec = Parameters<MPI.Comm['Send']>[0];

const KINDS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** Sends `out` around the ring by one place and receives into `into`. */
function shift(comm: MPI.Comm, out: BufSpec, into: BufSpec): MPI.Status {
  const next = (comm.rank + 1) % comm.size;
  return comm.Sendrecv(out, next, 1, into, (comm.rank + comm.size - 1) % comm.size, 1);
}

/** Memory of every kind that holds `length` bytes, all zero, with a window of it as bytes. */
function memories(length: number): { name: string; buffer: BufSpec; bytes: Uint8Array }[] {
  const plain = new ArrayBuffer(length);
  const shared = new SharedArrayBuffer(length);
  const sharedView = new Uint8Array(new SharedArrayBuffer(length + 9), 5, length);
  const dataView = new DataView(new ArrayBuffer(length + 16), 3, length);
  const odd = new Uint8Array(new ArrayBuffer(length + 16), 7, length);
  const pooled = Buffer.allocUnsafe(length).fill(0);
  return [
    { name: 'ArrayBuffer', buffer: plain, bytes: new Uint8Array(plain) },
    { name: 'SharedArrayBuffer', buffer: shared, bytes: new Uint8Array(shared) },
    { name: 'view of a SharedArrayBuffer', buffer: sharedView, bytes: sharedView },
    { name: 'DataView', buffer: dataView, bytes: bytesOf(dataView) },
    { name: 'Uint8Array at an odd offset', buffer: odd, bytes: odd },
    { name: 'Buffer', buffer: pooled, bytes: pooled },
  ];
}

defineCases({
  'every typed array, bit for bit, at several lengths': (comm, t) => {
    for (const [k, Kind] of KINDS.entries()) {
      for (const count of [1, 3, 7, 64, 1000, 9000, 40_000]) {
        const bytes = count * Kind.BYTES_PER_ELEMENT;
        const out = new Kind(pattern(bytes, t.rank + k).buffer);
        const into = new Kind(count);
        const status = shift(comm, out, into);
        assertPattern(bytesOf(into), t.prev + k);
        assert.equal(status.Get_count(MPI.BYTE), bytes, Kind.name);
      }
    }
  },

  'quiet and signalling NaNs, infinities, both zeros and subnormals keep their bits': (comm, t) => {
    const words = [0x7fc00001, 0x7f800001, 0xffc12345, 0xff812345, 0x7f800000, 0x80000000, 1, 0x80000001];
    for (const length of [words.length, 1000, 50_000]) {
      const out = Uint32Array.from({ length }, (_, i) => words[(i + t.rank) % words.length]);
      const into = new Float32Array(length);
      shift(comm, new Float32Array(out.buffer), into);
      const got = new Uint32Array(into.buffer);
      for (let i = 0; i < length; i++) assert.equal(got[i], words[(i + t.prev) % words.length]);
      const wide = new Float64Array(length);
      const pairs = new BigUint64Array(length).fill(0x7ff0_0000_dead_beefn);
      shift(comm, new Float64Array(pairs.buffer), wide);
      assert.ok(new BigUint64Array(wide.buffer).every((word) => word === 0x7ff0_0000_dead_beefn));
    }
  },

  'every kind of memory to every kind of memory': (comm, t) => {
    for (const length of [0, 1, 13, 64, 777, 30_001, 400_003]) {
      for (const from of memories(length)) {
        from.bytes.set(pattern(length, t.rank));
        for (const to of memories(length)) {
          const status = shift(comm, from.buffer, to.buffer);
          assert.equal(status.Get_count(), length, `${from.name} to ${to.name}`);
          assertPattern(to.bytes, t.prev);
        }
      }
    }
  },

  'views at every offset from 0 to 9 leave their neighbours alone': (comm, t) => {
    for (const length of [1, 5, 40, 100, 5000, 300_001]) {
      for (let offset = 0; offset < 10; offset++) {
        const out = new Uint8Array(length + 20).fill(0x11);
        out.set(pattern(length, t.rank), offset);
        const into = new Uint8Array(length + 20).fill(0x22);
        shift(comm, out.subarray(offset, offset + length), into.subarray(9 - offset, 9 - offset + length));
        assertPattern(into.subarray(9 - offset), t.prev, length, 0x22);
        for (let i = 0; i < 9 - offset; i++) assert.equal(into[i], 0x22);
      }
    }
  },

  'small arrays that lie in the heap, created right before they are used': (comm, t) => {
    for (let i = 0; i < 3000; i++) {
      const into = new Uint8Array(i % 64);
      shift(comm, pattern(i % 64, i), into);
      assertPattern(into, i);
    }
    assert.equal(t.rank, comm.rank);
  },

  'a Buffer from the pool beside others': (comm, t) => {
    const before = Buffer.from('before');
    const into = Buffer.allocUnsafe(20).fill(0);
    const behind = Buffer.from('behind');
    shift(comm, Buffer.from(`message of rank ${t.rank}.`.slice(0, 17)), into);
    assert.equal(into.toString('latin1', 0, 17), `message of rank ${t.prev}.`.slice(0, 17));
    assert.equal(before.toString(), 'before');
    assert.equal(behind.toString(), 'behind');
  },

  'specs: [buf, datatype], [buf, count, datatype], [buf, [count, displ], datatype]': (comm, t) => {
    const out = Float64Array.from({ length: 10 }, (_, i) => t.rank * 100 + i);
    const into = new Float64Array(10).fill(-1);
    shift(comm, [out, MPI.DOUBLE], [into, MPI.DOUBLE]);
    assert.deepEqual(
      [...into],
      Array.from({ length: 10 }, (_, i) => t.prev * 100 + i),
    );
    into.fill(-1);
    const status = shift(comm, [out, 4, MPI.DOUBLE], [into, 6, MPI.DOUBLE]);
    assert.equal(status.Get_count(MPI.DOUBLE), 4);
    assert.deepEqual([...into], [0, 1, 2, 3].map((i) => t.prev * 100 + i).concat(new Array(6).fill(-1)));
    into.fill(-1);
    shift(comm, [out, [3, 5], MPI.DOUBLE], [into, [4, 2], MPI.DOUBLE]);
    assert.deepEqual(
      [...into],
      [-1, -1, 5, 6, 7, -1, -1, -1, -1, -1].map((v) => (v < 0 ? v : t.prev * 100 + v)),
    );
  },

  'untyped memory with a datatype': (comm, t) => {
    const out = new ArrayBuffer(40);
    new Int32Array(out).fill(t.rank);
    const into = new ArrayBuffer(40);
    const status = shift(comm, [out, 8, MPI.INT32_T], [into, MPI.INT32_T]);
    assert.equal(status.Get_count(MPI.INT32_T), 8);
    assert.deepEqual([...new Int32Array(into)], [...new Array(8).fill(t.prev), 0, 0]);
  },

  'Get_count in units of several datatypes; UNDEFINED where they do not fit': (comm, t) => {
    const send = comm.Isend(new Uint8Array(12), t.next, 1);
    const status = comm.Recv(new Uint8Array(100), t.prev, 1);
    assert.equal(status.Get_count(), 12);
    assert.equal(status.Get_count(MPI.BYTE), 12);
    assert.equal(status.Get_count(MPI.INT16_T), 6);
    assert.equal(status.Get_count(MPI.FLOAT), 3);
    assert.equal(status.Get_count(MPI.DOUBLE), MPI.UNDEFINED);
    assert.equal(status.Get_elements(MPI.INT32_T), 3);
    assert.equal(status.count, 12);
    send.Wait();
  },

  'Get_count of an empty message is 0 in every datatype': (comm, t) => {
    const send = comm.Isend(new Uint8Array(0), t.next, 1);
    const status = comm.Recv(new Uint8Array(8), t.prev, 1);
    for (const type of [MPI.BYTE, MPI.INT32_T, MPI.DOUBLE]) {
      assert.equal(status.Get_count(type), 0);
      assert.equal(status.Get_elements(type), 0);
    }
    send.Wait();
  },

  'the accessors of a status agree with its properties': (comm, t) => {
    const send = comm.Isend(new Uint8Array(3), t.next, 6);
    const status = comm.Recv(new Uint8Array(3), t.prev, 6);
    assert.equal(status.Get_source(), status.source);
    assert.equal(status.Get_tag(), status.tag);
    assert.equal(status.Get_error(), status.error);
    assert.equal(status.Is_cancelled(), status.cancelled);
    assert.equal(status.Get_error(), MPI.SUCCESS);
    send.Wait();
  },

  'a shorter message leaves the rest of the buffer as it was': (comm, t) => {
    for (const length of [0, 10, 3000, 90_000, 500_000]) {
      const into = new Uint8Array(length + 1000).fill(0x77);
      shift(comm, pattern(length, t.rank), into);
      assertPattern(into, t.prev, length, 0x77);
    }
  },

  'one array, sent in parts from its middle while other parts are received': (comm, t) => {
    const data = new Float32Array(3000).fill(t.rank);
    const requests = [0, 1, 2].flatMap((i) => [
      comm.Irecv(data.subarray(i * 1000, i * 1000 + 400), t.prev, i),
      comm.Isend(data.subarray(i * 1000 + 500, i * 1000 + 900), t.next, i),
    ]);
    MPI.Request.Waitall(requests);
    for (let i = 0; i < 3000; i++) assert.equal(data[i], i % 1000 < 400 ? t.prev : t.rank, `element ${i}`);
  },

  'random lengths and offsets, a thousand messages': needs(2, (comm, t) => {
    if (t.rank > 1) return;
    const random = sequence(99);
    const memory = new Uint8Array(70_000);
    for (let i = 0; i < 1000; i++) {
      const length = random(10) ? random(600) : random(60_000);
      const from = random(9000);
      const to = random(9000);
      if (t.rank === 0) {
        memory.set(pattern(length, i), from);
        comm.Send(memory.subarray(from, from + length), 1, 1);
      } else {
        memory.fill(0x33, to, to + length + 16);
        assertFrom(comm.Recv(memory.subarray(to, to + length + 8), 0, 1), 0, 1, length);
        assertPattern(memory.subarray(to, to + length + 16), i, length, 0x33);
      }
    }
  }),
});
