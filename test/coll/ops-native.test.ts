/** The addon's loops and those in TypeScript give the same, whatever the bytes, the length and the alignment. */
import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { type ElementKind, isDefined, makeReducer, type OpName } from '../../src/coll/index.js';
import { loadNative, type Native, reductionKinds, reductionOps } from '../../src/native.js';
import { random } from './support/channel.js';
import { isFloat, isPair, kinds, opNames, sizeOf, unpack, viewOf } from './support/model.js';

const status = loadNative();
const special = [0, -0, Number.NaN, Infinity, -Infinity, 1, -1, 5e-324, 1e-45, 3.4028235e38, 1.7e308];

/** Elements of any bits; of floating-point numbers every other one is special. */
function wild(kind: ElementKind, count: number, seed: number): Uint8Array {
  const next = random(seed);
  const bytes = Uint8Array.from({ length: count * sizeOf(kind) }, () => next() * 256);
  const size = kind === 'float32' || kind === 'complex64' || kind === 'float_int' ? 4 : 8;
  const step = isPair(kind) ? sizeOf(kind) : size;
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += step) {
    if (next() < 0.5) continue;
    const value = special[(next() * special.length) | 0];
    if (isFloat(kind) || kind === 'float_int' || kind === 'double_int') {
      if (size === 4) view.setFloat32(at, value, true);
      else view.setFloat64(at, value, true);
    } else {
      // The extremes of the integers, and equal values.
      bytes.fill(next() < 0.5 ? 0 : 255, at, at + size / 2);
    }
  }
  return bytes;
}

/** The same bits; of a NaN only that it is one. */
function same(kind: ElementKind, a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  if (!isFloat(kind) && !isPair(kind)) return false;
  const parts = (bytes: Uint8Array) => (isPair(kind) ? unpack(kind, bytes) : [viewOf(kind, bytes)]);
  const others = parts(b.slice());
  return parts(a.slice()).every((part, i) => [...part].every((value, j) => Object.is(value, others[i][j])));
}

const guard = 0x5a;

/** The bytes at an offset, between guards. */
function placed(bytes: Uint8Array, offset: number): { all: Uint8Array; bytes: Uint8Array } {
  const all = new Uint8Array(bytes.length + 64).fill(guard);
  const inside = all.subarray(16 + offset, 16 + offset + bytes.length);
  inside.set(bytes);
  return { all, bytes: inside };
}

const guarded = ({ all, bytes }: { all: Uint8Array; bytes: Uint8Array }): boolean =>
  all.subarray(0, bytes.byteOffset).every((byte) => byte === guard) &&
  all.subarray(bytes.byteOffset + bytes.length).every((byte) => byte === guard);

const lengths = fc.oneof(
  fc.nat(40),
  fc.nat(300),
  fc.constantFrom(0, 1, 31, 32, 33, 127, 128, 129, 1000, 4099),
);
const inputs = fc.record({
  count: lengths,
  seed: fc.integer(),
  shifts: fc.tuple(fc.nat(15), fc.nat(15), fc.nat(15)),
});

function agree(op: OpName, kind: ElementKind, native: Native, numRuns: number): void {
  const quick = makeReducer(op, kind, native);
  const plain = makeReducer(op, kind, null);
  fc.assert(
    fc.property(inputs, ({ count, seed, shifts }) => {
      const a = wild(kind, count, seed);
      const b = wild(kind, count, seed ^ 0x5bd1e995);
      const expected = b.slice();
      plain.apply(a, expected);
      const [x, y, z] = [placed(a, shifts[0]), placed(b, shifts[1]), placed(b, shifts[2])];
      z.bytes.fill(1);
      quick.combine(x.bytes, y.bytes, z.bytes);
      assert.ok(same(kind, z.bytes, expected));
      assert.deepEqual(y.bytes, b);
      quick.combine(x.bytes, y.bytes, y.bytes);
      assert.ok(same(kind, y.bytes, expected));
      y.bytes.set(b);
      quick.apply(x.bytes, y.bytes);
      assert.ok(same(kind, y.bytes, expected));
      assert.deepEqual(x.bytes, a);
      // The loops also take the result in the place of the first operand.
      quick.combine(x.bytes, b, x.bytes);
      assert.ok(same(kind, x.bytes, expected));
      assert.ok([x, y, z].every(guarded));
    }),
    { numRuns },
  );
}

for (const op of opNames) {
  test(`${op} of the addon and in TypeScript`, (t) => {
    const { native } = status;
    if (native === null) {
      t.log(`skipped: ${status.reason}`);
      t.pass();
      return;
    }
    for (const kind of kinds) if (isDefined(op, kind)) agree(op, kind, native, 60);
    t.pass();
  });
}

test('the addon refuses what does not fit', (t) => {
  const { native } = status;
  if (native === null) {
    t.log(`skipped: ${status.reason}`);
    t.pass();
    return;
  }
  const [sum, float64] = [reductionOps.indexOf('SUM'), reductionKinds.indexOf('float64')];
  const band = reductionOps.indexOf('BAND');
  const bytes = (length: number) => new Uint8Array(length);
  t.notThrows(() => native.reduce(sum, float64, bytes(16), bytes(16)));
  t.throws(() => native.reduce(sum, float64, bytes(16), bytes(8)), { instanceOf: RangeError });
  t.throws(() => native.reduce(sum, float64, bytes(12), bytes(12)), { instanceOf: RangeError });
  t.throws(() => native.combine(sum, float64, bytes(16), bytes(24), bytes(16)), { instanceOf: RangeError });
  t.throws(() => native.combine(sum, float64, bytes(24), bytes(16), bytes(16)), { instanceOf: RangeError });
  t.throws(() => native.reduce(band, float64, bytes(8), bytes(8)), { message: /not defined/ });
  t.throws(() => native.reduce(reductionOps.length, 0, bytes(8), bytes(8)), { instanceOf: RangeError });
  t.throws(() => native.reduce(0, reductionKinds.length, bytes(8), bytes(8)), { instanceOf: RangeError });
});
