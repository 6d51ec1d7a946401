/** Plain data in its own form: what comes out is what `node:v8` would have made of it, or it is left to `node:v8`. */
import assert from 'node:assert/strict';
import { deserialize, serialize } from 'node:v8';
import test from 'ava';
import fc from 'fast-check';
import { decodePlain, encodePlain, MARK } from '../../src/mpi/plain.js';
import { testSeed } from '../support/sampling.js';

const runs = { numRuns: 3000, seed: testSeed };

/** The value as it arrives; undefined if it is not plain. */
function through(value: unknown): { value: unknown } | undefined {
  const message = encodePlain(value);
  if (message === null) return undefined;
  assert.equal(message[0], MARK);
  return { value: decodePlain(message) };
}

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    2 ** 31 - 1,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 53,
    5e-324,
  ),
);
const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 600, size: 'max' }),
  fc.constantFrom(
    '',
    '\u0000',
    'é',
    '\ud800',
    'a\udfff',
    '😀',
    '__proto__',
    'x'.repeat(254),
    'x'.repeat(255),
    'é'.repeat(300),
  ),
);
const leaves = fc.oneof(numbers, texts, fc.boolean(), fc.constantFrom(null, undefined));
const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { depthSize: 'small' },
    leaves,
    fc.array(numbers, { maxLength: 300 }),
    fc.array(tie('plain'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(texts, fc.nat(20).map(String)), tie('plain'), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
}));
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  withBoxedValues: true,
  values: [leaves],
});

test('any value arrives as by node:v8, or is left to it', (t) => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(plain, anything), (value) => {
      const arrived = through(value);
      if (arrived === undefined) return;
      taken++;
      assert.deepEqual(arrived.value, deserialize(serialize(value)));
    }),
    runs,
  );
  t.true(taken > 1000, `${taken}`);
});

test('what is plain is not left to it', (t) => {
  const values = [
    0,
    -0,
    1.5,
    'text',
    'Grüße',
    'x'.repeat(5000),
    true,
    null,
    undefined,
    [],
    {},
    [1, 2.5, -0],
    [1, 'a', undefined, null, [false]],
    { a: { b: { c: [] } }, '': 1, 7: 2, ö: 3 },
    Array.from({ length: 1024 }, (_, i) => i / 3),
    Array.from({ length: 1000 }, (_, i) => ({ i })),
  ];
  for (const value of values) t.deepEqual(through(value), { value });
});

test('what is not plain is', (t) => {
  const shared = {};
  const circle: unknown[] = [];
  circle.push(circle);
  const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], 1);
  const values = [
    Symbol.iterator,
    () => {},
    10n,
    new Map(),
    new Date(),
    new Float64Array(3),
    Buffer.alloc(3),
    new (class Point {
      x = 1;
    })(),
    new (class List extends Array {})(),
    Object.create(null),
    new Proxy({ a: 1 }, {}),
    new Proxy([1], {}),
    Object.assign(new Array<number>(3), { 0: 1, 2: 2 }),
    Object.assign([1], { name: 'x' }),
    'ab'.match(/b/),
    // As many keys as items.
    Object.assign(new Array<number>(2), { 1: 1, name: 'x' }),
    [shared, shared],
    circle,
    deep,
    '\ud800',
    { '\ud800': 1 },
    JSON.parse('{"__proto__": 1}'),
    'x'.repeat(70_000),
    'é'.repeat(25_000),
    Array.from({ length: 1025 }, () => 0),
    Array.from({ length: 1000 }, () => 'x'.repeat(100)),
    { a: 1, b: [{ c: 10n }] },
  ];
  for (const value of values) t.is(encodePlain(value), null);
});

test('a getter may send an object of its own', (t) => {
  let inner: Uint8Array | null = new Uint8Array(0);
  const value = {
    get a() {
      inner = encodePlain({ b: 1 });
      return 2;
    },
  };
  t.deepEqual(through(value), { value: { a: 2 } });
  t.true(inner === null);
  const thrower = {
    get a(): number {
      throw new Error('mine');
    },
  };
  t.throws(() => encodePlain([thrower]), { message: 'mine' });
  t.deepEqual(through([1, 'x']), { value: [1, 'x'] });
});

test('a message that is none is refused, and so is each that is cut short or longer', (t) => {
  const refuse = (message: Uint8Array) => assert.throws(() => decodePlain(message), RangeError);
  fc.assert(
    fc.property(plain, (value) => {
      const message = encodePlain(value);
      if (message === null) return;
      for (let length = 1; length < message.length; length += 1 + (length >> 3))
        refuse(message.subarray(0, length));
      refuse(Uint8Array.from([...message, 0]));
    }),
    { ...runs, numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodePlain(Uint8Array.from([MARK, ...bytes.map((byte) => byte % 12)]));
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
    runs,
  );
  // As deep as it is long.
  refuse(new Uint8Array(60_000).fill(1).fill(9, 0, 59_000).fill(MARK, 0, 1));
  t.pass();
});
