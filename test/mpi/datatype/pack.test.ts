/** Packing by hand and `external32`, against the bytes that the standard prescribes (MPI-4.1 §5.2, §5.3, §14.5.2). */
import test from 'ava';
import fc from 'fast-check';
import * as MPI from '../../../src/mpi/index.js';
import { loadNative } from '../../../src/native.js';
import { testSeed } from '../../support/sampling.js';

const comm = MPI.COMM_SELF;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function external(type: MPI.Datatype, memory: ArrayBufferView<ArrayBuffer>): string {
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
  const out = new Uint8Array(type.Pack_external_size('external32', Math.floor(bytes.length / type.extent)));
  t32(type.Pack_external('external32', bytes, out, 0), out.length);
  const back = new Uint8Array(bytes.length);
  t32(type.Unpack_external('external32', out, 0, back), out.length);
  t32(hex(back), hex(bytes));
  return hex(out);
}

/** Equality where there is no test to tell. */
function t32(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${found} is not ${wanted}`);
}

test('external32: big-endian, in the sizes of the standard', (t) => {
  t.is(external(MPI.INT, Int32Array.of(1, -2)), '00000001fffffffe');
  t.is(external(MPI.SHORT, Int16Array.of(0x1234)), '1234');
  t.is(external(MPI.DOUBLE, Float64Array.of(1, -0.5)), '3ff0000000000000bfe0000000000000');
  t.is(external(MPI.FLOAT, Float32Array.of(1)), '3f800000');
  t.is(external(MPI.INT64_T, BigInt64Array.of(-2n)), 'fffffffffffffffe');
  t.is(external(MPI.LONG_LONG, BigInt64Array.of(1n)), '0000000000000001');
  t.is(external(MPI.LONG, BigInt64Array.of(-2n, 5n)), 'fffffffe00000005');
  t.is(external(MPI.UNSIGNED_LONG, BigUint64Array.of(0xffff_fffen)), 'fffffffe');
  t.is(external(MPI.WCHAR, Int32Array.of(0x20ac)), '20ac');
  t.is(external(MPI.BYTE, Uint8Array.of(1, 2, 3)), '010203');
  t.is(external(MPI.C_BOOL, Uint8Array.of(1)), '01');
  t.is(external(MPI.C_FLOAT_COMPLEX, Float32Array.of(1, -1)), '3f800000bf800000');
  t.is(external(MPI.AINT, BigInt64Array.of(3n)), '0000000000000003');
  const pair = new DataView(new ArrayBuffer(16));
  pair.setFloat64(0, 1, true);
  pair.setInt32(8, 7, true);
  t.is(external(MPI.DOUBLE_INT.Dup(), pair), '3ff000000000000000000007');
});

test('external32 of gaps, from any position on', (t) => {
  const type = MPI.INT16_T.Create_vector(2, 1, 2).Create_resized(0, 8).Commit();
  const out = new Uint8Array(11).fill(0xee);
  t.is(type.Pack_external('external32', Int16Array.of(1, -1, 2, -1, 3, -1, 4, -1), out, 2), 10);
  t.is(hex(out), 'eeee0001000200030004ee');
  const into = new Int16Array(8);
  t.is(type.Unpack_external('external32', out, 2, into), 10);
  t.deepEqual([...into], [1, 0, 2, 0, 3, 0, 4, 0]);
});

test('a LONG beyond 32 bits has no external32', (t) => {
  const refused = () =>
    MPI.LONG.Pack_external('external32', BigInt64Array.of(2n ** 31n), new Uint8Array(8), 0);
  t.throws(refused, { instanceOf: MPI.Exception, message: /Pack_external.*does not fit/ });
});

test('several packs one behind the other', (t) => {
  const out = new Uint8Array(40);
  let at = MPI.INT.Pack(Int32Array.of(5), out, 0, comm);
  at = MPI.DOUBLE.Create_vector(2, 1, 2)
    .Commit()
    .Pack(Float64Array.of(1, 2, 3), out, at, comm);
  t.is(at, 20);
  const n = new Int32Array(1);
  const x = new Float64Array(3);
  at = MPI.INT.Unpack(out, 0, n, comm);
  t.is(MPI.DOUBLE.Create_vector(2, 1, 2).Commit().Unpack(out, at, x, comm), 20);
  t.deepEqual([...n, ...x], [5, 1, 0, 3]);
});

test('what does not fit, and what is no buffer, position, representation or communicator', (t) => {
  const type = MPI.INT.Create_vector(2, 1, 2);
  const from = new Int32Array(3);
  const bytes = new Uint8Array(8);
  const refused = (call: () => unknown, message: RegExp) =>
    t.throws(call, { instanceOf: MPI.Exception, message });
  refused(() => type.Pack(from, bytes, 0, comm), /Pack on rank 0.*Commit/);
  refused(() => type.Pack_external('external32', from, bytes, 0), /Pack_external.*Commit/);
  type.Commit();
  refused(() => type.Pack(from, bytes, 1, comm), /MPI_ERR_TRUNCATE: Pack/);
  refused(() => type.Unpack(bytes, 1, from, comm), /MPI_ERR_TRUNCATE: Unpack/);
  refused(() => type.Unpack(bytes, 9, from, comm), /position/);
  refused(() => type.Pack(from, bytes, -1, comm), /position/);
  refused(() => type.Pack(from, bytes, 0.5, comm), /position/);
  refused(() => type.Pack([1, 2, 3] as never, bytes, 0, comm), /inbuf/);
  refused(() => type.Pack(from, null as never, 0, comm), /outbuf/);
  refused(() => type.Pack(from, bytes, 0, undefined as never), /MPI_ERR_COMM/);
  refused(() => type.Pack_external('native' as never, from, bytes, 0), /external32/);
  refused(() => type.Unpack_external('external32', bytes, 1, from), /MPI_ERR_TRUNCATE/);
  refused(() => type.Create_resized(0, 0).Commit().Pack(from, bytes, 0, comm), /extent/);
  const gone = new Int32Array(3);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  refused(() => type.Pack(gone, bytes, 0, comm), /detached/);
  t.deepEqual([...bytes], new Array(8).fill(0));
});

test('quiet and signalling NaNs keep their bits', (t) => {
  const bits = BigUint64Array.of(0x7ff0_0000_dead_beefn, 0n, 0x7ff8_0000_0000_0001n);
  const out = new BigUint64Array(2);
  MPI.DOUBLE.Create_vector(2, 1, 2).Commit().Pack(new Float64Array(bits.buffer), out, 0, comm);
  t.deepEqual([...out], [bits[0], bits[2]]);
});

const wild = fc.oneof(
  fc.integer({ min: -9, max: 40 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 53), 2 ** 53, 2 ** 52, 2 ** 31, 1e300, 0.5),
);

test('no program makes the addon leave the memory', (t) => {
  const { native } = loadNative();
  if (native === null) return t.pass();
  const words = fc.array(wild, { maxLength: 24 });
  const property = fc.property(words, wild, wild, wild, fc.nat(40), (program, at, count, extent, bytes) => {
    const memory = new Uint8Array(new ArrayBuffer(192), 64, 64).fill(3);
    const packed = new Uint8Array(new ArrayBuffer(168), 64, 40).fill(4);
    for (const call of [native.pack, native.unpack]) {
      try {
        call(Float64Array.from(program), memory, at, count, extent, packed, bytes);
      } catch (error) {
        t.true(error instanceof RangeError);
      }
    }
    const around = (view: Uint8Array) => [
      ...new Uint8Array(view.buffer, 0, 64),
      ...new Uint8Array(view.buffer, 64 + view.length),
    ];
    t.true([...around(memory), ...around(packed)].every((byte) => byte === 0));
  });
  t.notThrows(() => fc.assert(property, { seed: testSeed, numRuns: 3000 }));
});
