/**
 * Collectives again and again with the same arrays: these take a path of their own once the arrays are known. Results are
 * compared with those of the same calls with fresh arrays, and errors must be the same ones.
 */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { type CaseBody, defineCases, needs } from '../../support/job/cases.js';

/** The first two make an array known. */
const TIMES = 4;

const classes = [
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
] as const;
type Class = (typeof classes)[number];
/** The long ones for a few classes: elements of 1, 4 and 8 bytes. */
const countsOf = (kind: Class): number[] =>
  kind === Uint8Array || kind === Float32Array || kind === BigInt64Array ? [1, 5, 33, 300, 5000] : [1, 33];
type Values = InstanceType<Class>;

const make = (kind: Class, count: number): Values => new kind(count);

function fill(values: Values, seed: number): Values {
  for (let i = 0; i < values.length; i++) {
    const value = (seed * 7 + i * 3) % 5;
    values[i] = (
      values instanceof BigInt64Array || values instanceof BigUint64Array ? BigInt(value) : value
    ) as never;
  }
  return values;
}

const integral = [MPI.BAND, MPI.BOR, MPI.BXOR, MPI.LAND, MPI.LOR, MPI.LXOR];
const opsOf = (kind: Class): MPI.Op[] => {
  const ops = [MPI.SUM, MPI.PROD, MPI.MAX, MPI.MIN];
  return kind === Float32Array || kind === Float64Array ? ops : [...ops, ...integral];
};

const code = (wanted: number) => (error: unknown) => {
  assert.ok(error instanceof MPI.Exception, String(error));
  assert.equal(error.Get_error_class(), wanted, error.message);
  return true;
};

const reductions =
  (kind: Class): CaseBody =>
  (comm, t) => {
    for (const count of countsOf(kind)) {
      const send = make(kind, count);
      const recv = make(kind, count);
      for (const op of opsOf(kind))
        for (let time = 0; time < TIMES; time++) {
          const fresh = make(kind, count);
          const root = time % t.size;
          fill(send, t.rank + time);
          comm.Allreduce(send.slice(), fresh, op);
          comm.Allreduce(send, recv, op);
          assert.deepEqual(recv, fresh, `${kind.name} ${op.name}`);
          recv.set(send as never);
          comm.Allreduce(MPI.IN_PLACE, recv, op);
          assert.deepEqual(recv, fresh, `${kind.name} ${op.name}, in place`);
          fill(recv, 99);
          comm.Reduce(send, recv, op, root);
          assert.deepEqual(recv, t.rank === root ? fresh : fill(make(kind, count), 99));
        }
    }
  };

defineCases({
  ...Object.fromEntries(classes.map((kind) => [`Allreduce and Reduce of ${kind.name}`, reductions(kind)])),
  'long pairs, of 12 bytes when they are packed': (comm, t) => {
    const count = 40_000;
    const spaced = new DataView(new ArrayBuffer(16 * count));
    const result = new DataView(new ArrayBuffer(16 * count));
    for (let i = 0; i < count; i++) {
      spaced.setFloat64(16 * i, (t.rank + i) % t.size, true);
      spaced.setInt32(16 * i + 8, t.rank, true);
    }
    for (let time = 0; time < 2; time++) {
      comm.Allreduce([spaced, count, MPI.DOUBLE_INT], [result, count, MPI.DOUBLE_INT], MPI.MAXLOC);
      for (let i = 0; i < count; i++) {
        assert.equal(result.getFloat64(16 * i, true), t.size - 1);
        assert.equal((result.getInt32(16 * i + 8, true) + i) % t.size, t.size - 1);
      }
    }
  },
  'a call that gives up takes back what it lent': needs(2, (comm, t) => {
    const other = comm.Dup();
    const buf = new Float64Array(2000).fill(t.rank);
    other.Bcast(buf, 0);
    const value = t.rank === 0 ? buf.fill(7) : buf;
    if (t.rank !== 0) comm.Barrier();
    try {
      // A root that has handed its bytes over need not wait for anybody.
      other.Bcast(value, 0, { timeout: t.rank === 0 ? 30 : 2000 });
      assert.equal(value[0], 7);
    } catch (error) {
      if (!(error instanceof MPI.Exception)) throw error;
    }
    buf.fill(8);
    if (t.rank === 0) comm.Barrier();
  }),
  'Bcast, Allgather and Alltoall': (comm, t) => {
    for (const kind of classes)
      for (const count of countsOf(kind)) {
        const one = make(kind, count);
        const all = make(kind, count * t.size);
        const out = make(kind, count * t.size);
        const blocks = (from: (member: number) => Values) =>
          Array.from({ length: t.size }, (_, member) => [...from(member)] as number[]).flat();
        for (let time = 0; time < TIMES; time++) {
          const root = time % t.size;
          fill(one, t.rank + time);
          comm.Allgather(one, all);
          assert.deepEqual(
            [...all] as number[],
            blocks((member) => fill(make(kind, count), member + time)),
          );
          comm.Bcast(one, root);
          assert.deepEqual(one, fill(make(kind, count), root + time));
          for (let member = 0; member < t.size; member++)
            fill(out.subarray(member * count, (member + 1) * count), t.rank * 3 + member + time);
          comm.Alltoall(out, all);
          assert.deepEqual(
            [...all] as number[],
            blocks((member) => fill(make(kind, count), member * 3 + t.rank + time)),
          );
        }
      }
  },
  'errors of known buffers': needs(2, (comm, t) => {
    const a = new Float64Array(4);
    const b = new Float64Array(4);
    const c = new Float64Array(3);
    const whole = new Float64Array(8);
    const part = whole.subarray(2, 6);
    for (let time = 0; time < TIMES; time++) {
      comm.Allreduce(a, b);
      comm.Bcast(c, 0);
      comm.Bcast(part, 0);
      comm.Bcast(whole, 0);
    }
    assert.throws(() => comm.Allreduce(a, c), code(MPI.ERR_COUNT));
    assert.throws(() => comm.Allreduce(a, a), code(MPI.ERR_BUFFER));
    assert.throws(() => comm.Allreduce(part, whole.subarray(0, 4)), code(MPI.ERR_BUFFER));
    assert.throws(() => comm.Allreduce(a, b, MPI.BAND), code(MPI.ERR_OP));
    assert.throws(() => comm.Allreduce(a, b, 3 as never), code(MPI.ERR_OP));
    assert.throws(() => comm.Allreduce(a, b, MPI.OP_NULL), code(MPI.ERR_OP));
    assert.throws(() => comm.Bcast(a, t.size), code(MPI.ERR_ROOT));
    assert.throws(() => comm.Bcast(a, 0.5), code(MPI.ERR_ROOT));
    assert.throws(() => comm.Bcast(a, '0' as never), code(MPI.ERR_ROOT));
    assert.throws(() => comm.Reduce(a, b, MPI.SUM, -1), code(MPI.ERR_ROOT));
    assert.throws(() => comm.Allgather(a, b), code(MPI.ERR_COUNT));
    if (t.size === 3)
      assert.throws(() => comm.Alltoall(new Uint8Array(4), new Uint8Array(4)), code(MPI.ERR_COUNT));
    const half = new Float64Array(2);
    for (let time = 0; time < TIMES; time++) comm.Bcast(half, 0);
    structuredClone(half.buffer, { transfer: [half.buffer] });
    assert.throws(() => comm.Bcast(half, 0), code(MPI.ERR_BUFFER));
    a.fill(t.rank + 1);
    comm.Allreduce(a, b);
    assert.deepEqual(b, new Float64Array(4).fill((t.size * (t.size + 1)) / 2));
  }),
  'memory that can change its size is lent as a copy': (comm, t) => {
    const count = 3000;
    const resizable = () =>
      new Float64Array(new ArrayBuffer(count * 8, { maxByteLength: count * 16 }), 0, count);
    const send = resizable();
    const recv = resizable();
    const all = new Float64Array(new ArrayBuffer(count * 8 * t.size, { maxByteLength: count * 16 * t.size }));
    for (let time = 0; time < TIMES; time++) {
      fill(send, t.rank + time);
      const fresh = new Float64Array(count);
      comm.Allreduce(Float64Array.from(send), fresh);
      comm.Allreduce(send, recv);
      assert.deepEqual([...recv], [...fresh]);
      comm.Reduce(t.rank === 0 ? MPI.IN_PLACE : send, t.rank === 0 ? send : null, MPI.SUM, 0);
      if (t.rank === 0) assert.deepEqual([...send], [...fresh]);
      fill(send, t.rank + time);
      comm.Allgather(send, all);
      for (let rank = 0; rank < t.size; rank++)
        assert.deepEqual(
          [...all.subarray(rank * count, (rank + 1) * count)],
          [...fill(new Float64Array(count), rank + time)],
        );
      all.fill(0);
      comm.Gather(send, t.rank === 0 ? all : null, 0);
      if (t.rank === 0)
        for (let rank = 0; rank < t.size; rank++)
          assert.deepEqual(
            all.slice(rank * count, (rank + 1) * count),
            fill(new Float64Array(count), rank + time),
          );
      comm.Scatter(t.rank === 0 ? all : null, recv, 0);
      assert.deepEqual(recv.slice(), send.slice());
      comm.Bcast(send, 0);
      assert.deepEqual([...send], [...fill(new Float64Array(count), time)]);
    }
  },
  'what bcast makes keeps no memory but its own': (comm, t) => {
    const got = comm.bcast(t.rank === 0 ? { bytes: Uint8Array.of(1, 2, 3) } : null, 0);
    assert.deepEqual(got?.bytes, Uint8Array.of(1, 2, 3));
    assert.ok(t.rank === 0 || (got?.bytes.buffer.byteLength ?? 0) < 100);
  },
  'all members hear that lengths do not match': (comm, t) => {
    if (t.size === 1) return;
    const own = comm.Dup();
    const count = t.rank === 1 ? 4000 : 8000;
    // Ranks that share memory hear it all, or that another has given the call up; of messages, those do who receive.
    const tell = (run: () => void) => {
      try {
        run();
        return 0;
      } catch (error) {
        return (error as MPI.Exception).Get_error_class();
      }
    };
    const classes: number[] = [MPI.ERR_COUNT, MPI.ERR_TRUNCATE, MPI.ERR_OTHER, 0];
    const of = tell(() =>
      own.Scatter(t.rank === 0 ? new Int32Array(8000 * t.size) : null, new Int32Array(count), 0),
    );
    assert.ok(classes.includes(of), `${of}`);
    if (t.rank === 1) assert.notEqual(of, 0);
    comm.Barrier();
    own.Free();
  },
  'beyond a mebibyte, from each root': (comm, t) => {
    const count = 150_001;
    const [own, into] = [new Float64Array(count), new Float64Array(count)];
    const all = new Float64Array(count * t.size);
    for (let root = 0; root < t.size; root++) {
      const isRoot = t.rank === root;
      const blocks = () => {
        for (let rank = 0; rank < t.size; rank++)
          fill(all.subarray(rank * count, (rank + 1) * count), rank + root);
        return all;
      };
      fill(own, t.rank + root);
      into.set(isRoot ? own : new Float64Array(count));
      comm.Bcast(into, root);
      assert.deepEqual(into, fill(new Float64Array(count), 2 * root));
      comm.Gather(own, isRoot ? all : null, root);
      if (isRoot) assert.deepEqual(all, blocks());
      comm.Scatter(isRoot ? blocks() : null, into, root);
      assert.deepEqual(into, own);
      // In place at the root.
      comm.Gather(isRoot ? MPI.IN_PLACE : own, isRoot ? blocks() : null, root);
      comm.Scatter(isRoot ? all : null, isRoot ? MPI.IN_PLACE : into, root);
      assert.deepEqual(into, own);
    }
  },
  'operations of the user, and freed ones': (comm, t) => {
    const a = Int32Array.of(t.rank + 1);
    const b = new Int32Array(1);
    const op = MPI.Op.Create((x, y) => {
      for (let i = 0; i < x.length; i++) (y as Int32Array)[i] = Math.max(x[i] as number, y[i] as number);
    });
    for (let time = 0; time < TIMES; time++) {
      comm.Allreduce(a, b);
      comm.Allreduce(a, b, op);
      assert.equal(b[0], t.size);
    }
    op.Free();
    assert.throws(() => comm.Allreduce(a, b, op), code(MPI.ERR_OP));
    comm.Allreduce(a, b);
    assert.equal(b[0], (t.size * (t.size + 1)) / 2);
  },
  'a freed communicator': (comm) => {
    const a = new Float64Array(4);
    const other = comm.Dup();
    for (let time = 0; time < TIMES; time++) {
      comm.Bcast(a, 0);
      other.Bcast(a, 0);
    }
    other.Free();
    assert.throws(() => other.Bcast(a, 0), code(MPI.ERR_COMM));
    assert.throws(() => other.Barrier(), code(MPI.ERR_COMM));
    comm.Bcast(a, 0);
  },
});
