/** Every operation on every kind of element against a model, with the addon's loops and with those in TypeScript. */
import test from 'ava';
import fc from 'fast-check';
import { type ElementKind, isDefined, makeReducer, type OpName, userReducer } from '../../src/coll/index.js';
import { loadNative } from '../../src/native.js';
import { combine, elements, isPair, kinds, opNames, pack, sizeOf, viewOf } from './support/model.js';

const { native } = loadNative();
const makers = [
  { name: 'TypeScript', addon: null },
  ...(native === null ? [] : [{ name: 'the addon', addon: native }]),
];

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function copyAt(offset: number, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(offset + bytes.length).subarray(offset);
  copy.set(bytes);
  return copy;
}

const defined = opNames.flatMap((op) =>
  kinds.filter((kind) => isDefined(op, kind)).map((kind) => ({ op, kind })),
);

for (const { name, addon } of makers) {
  test(`every operation on every kind of element agrees with the model, aligned or not: ${name}`, (t) => {
    const inputs = fc.record({
      count: fc.nat(40),
      seed: fc.integer(),
      inputShift: fc.nat(8),
      inoutShift: fc.nat(8),
      out: fc.constantFrom('b', 'apart'),
    });
    for (const { op, kind } of defined) {
      const reducer = makeReducer(op, kind, addon);
      t.true(reducer.commute);
      t.is(reducer.grain, sizeOf(kind));
      fc.assert(
        fc.property(inputs, ({ count, seed, inputShift, inoutShift, out }) => {
          const a = elements(op, kind, count, seed);
          const b = elements(op, kind, count, seed + 1);
          const expected = bytesOf(combine(op, kind, viewOf(kind, a), viewOf(kind, b)));
          const input = copyAt(inputShift, a);
          const inout = copyAt(inoutShift, b);
          reducer.apply(input, inout);
          t.deepEqual(inout, expected, `${op} ${kind}`);
          t.deepEqual(input, a);
          inout.set(b);
          const result = out === 'b' ? inout : new Uint8Array(inputShift + b.length).subarray(inputShift);
          reducer.combine(input, inout, result);
          t.deepEqual(result, expected);
          t.deepEqual(input, a);
          if (out !== 'b') t.deepEqual(inout, b);
        }),
        { numRuns: 60 },
      );
    }
  });

  const apply = (op: OpName, kind: ElementKind, a: unknown, b: unknown): unknown => {
    const input = viewOf(kind, new Uint8Array(sizeOf(kind)));
    const inout = input.slice();
    input[0] = a as number;
    inout[0] = b as number;
    makeReducer(op, kind, addon).apply(bytesOf(input), bytesOf(inout));
    return inout[0];
  };

  test(`the ends of the integer ranges wrap and compare by sign: ${name}`, (t) => {
    t.is(apply('SUM', 'int32', 2 ** 31 - 1, 1), -(2 ** 31));
    t.is(apply('SUM', 'uint8', 255, 1), 0);
    t.is(apply('SUM', 'int8', -128, -1), 127);
    t.is(apply('PROD', 'int16', -32768, -1), -32768);
    t.is(apply('PROD', 'uint16', 65535, 65535), 1);
    t.is(apply('PROD', 'uint32', 2 ** 32 - 1, 2 ** 32 - 1), 1);
    t.is(apply('SUM', 'uint64', 2n ** 64n - 1n, 2n), 1n);
    t.is(apply('PROD', 'int64', 2n ** 62n, 2n), -(2n ** 63n));
    t.is(apply('MAX', 'int8', -1, 1), 1);
    t.is(apply('MAX', 'uint8', 255, 1), 255);
    t.is(apply('MAX', 'uint64', 2n ** 63n, 1n), 2n ** 63n);
    t.is(apply('MIN', 'int64', -(2n ** 63n), 1n), -(2n ** 63n));
  });

  test(`logical operations take every value but 0 for true, and give 0 or 1: ${name}`, (t) => {
    for (const kind of ['int8', 'uint16', 'int32', 'bool'] as const) {
      t.is(apply('LAND', kind, 2, 4), 1);
      t.is(apply('LAND', kind, 2, 0), 0);
      t.is(apply('LOR', kind, 0, 64), 1);
      t.is(apply('LOR', kind, 0, 0), 0);
      t.is(apply('LXOR', kind, 3, 5), 0);
      t.is(apply('LXOR', kind, 0, 5), 1);
    }
    t.is(apply('LAND', 'int64', 2n ** 40n, -1n), 1n);
  });

  test(`MAX and MIN of floating-point numbers do not depend on the order: ${name}`, (t) => {
    const values = [Number.NaN, 1, -0, 0, Infinity, -Infinity, 5e-324, -1];
    for (const kind of ['float32', 'float64'] as const) {
      for (const a of values) {
        for (const b of values) {
          const [x, y] = kind === 'float32' ? [Math.fround(a), Math.fround(b)] : [a, b];
          t.is(apply('MAX', kind, a, b), Math.max(x, y));
          t.is(apply('MIN', kind, a, b), Math.min(x, y));
        }
      }
    }
  });

  test(`MINLOC and MAXLOC give the lowest index of the best value, in either order: ${name}`, (t) => {
    const cases = [
      {
        op: 'MAXLOC',
        pairs: [
          [1, 5],
          [2, 9],
        ],
        best: [2, 9],
      },
      {
        op: 'MINLOC',
        pairs: [
          [1, 5],
          [2, 3],
        ],
        best: [1, 5],
      },
      {
        op: 'MAXLOC',
        pairs: [
          [7, 5],
          [7, 3],
        ],
        best: [7, 3],
      },
      {
        op: 'MINLOC',
        pairs: [
          [7, -5],
          [7, 3],
        ],
        best: [7, -5],
      },
      {
        op: 'MAXLOC',
        pairs: [
          [Number.NaN, 5],
          [Infinity, 3],
        ],
        best: [Number.NaN, 5],
      },
      {
        op: 'MINLOC',
        pairs: [
          [Number.NaN, 5],
          [Number.NaN, 3],
        ],
        best: [Number.NaN, 3],
      },
      {
        op: 'MAXLOC',
        pairs: [
          [-0, 1],
          [0, 2],
        ],
        best: [0, 1],
      },
      {
        op: 'MINLOC',
        pairs: [
          [-0, 2],
          [0, 1],
        ],
        best: [-0, 1],
      },
      {
        op: 'MINLOC',
        pairs: [
          [-Infinity, 2 ** 31 - 1],
          [Infinity, -(2 ** 31)],
        ],
        best: [-Infinity, 2 ** 31 - 1],
      },
    ] as const;
    const bytes = ([value, index]: readonly [number, number]): Uint8Array =>
      pack('double_int', Float64Array.of(value), Int32Array.of(index));
    for (const { op, pairs, best } of cases) {
      for (const [a, b] of [pairs, [pairs[1], pairs[0]]]) {
        const inout = bytes(b);
        makeReducer(op, 'double_int', addon).apply(bytes(a), inout);
        const view = new DataView(inout.buffer);
        t.deepEqual([view.getFloat64(0, true), view.getInt32(8, true)], [...best]);
      }
    }
  });
}

test('operations are defined as in MPI-4.1 §6.9.2 and §6.9.4', (t) => {
  const numeric: OpName[] = ['MAX', 'MIN'];
  const sums: OpName[] = ['SUM', 'PROD'];
  const logical: OpName[] = ['LAND', 'LOR', 'LXOR'];
  const bitwise: OpName[] = ['BAND', 'BOR', 'BXOR'];
  const located: OpName[] = ['MINLOC', 'MAXLOC'];
  for (const kind of kinds) {
    const integer = /^u?int\d+$/.test(kind);
    const float = /^float\d+$/.test(kind);
    const complex = kind.startsWith('complex');
    for (const op of numeric) t.is(isDefined(op, kind), integer || float, `${op} ${kind}`);
    for (const op of sums) t.is(isDefined(op, kind), integer || float || complex, `${op} ${kind}`);
    for (const op of logical) t.is(isDefined(op, kind), integer || kind === 'bool', `${op} ${kind}`);
    for (const op of bitwise) t.is(isDefined(op, kind), integer || kind === 'byte', `${op} ${kind}`);
    for (const op of located) t.is(isDefined(op, kind), isPair(kind), `${op} ${kind}`);
  }
  t.throws(() => makeReducer('BAND', 'float64', native), {
    instanceOf: RangeError,
    message: /BAND is not defined .* float64/,
  });
});

test('a user function gets (invec, inoutvec, datatype) in that order', (t) => {
  const seen: unknown[] = [];
  const reducer = userReducer(
    (invec, inoutvec, datatype) => {
      seen.push([...invec], [...inoutvec], datatype);
      for (let i = 0; i < invec.length; i++) inoutvec[i] = 10 * invec[i] + inoutvec[i];
    },
    { commute: false, array: Int16Array, datatype: 'SHORT' },
  );
  const a = bytesOf(Int16Array.of(1, 2));
  const inout = copyAt(1, bytesOf(Int16Array.of(3, 4)));
  const out = copyAt(1, new Uint8Array(4));
  reducer.combine(a, inout, out);
  t.deepEqual(inout, bytesOf(Int16Array.of(3, 4)));
  reducer.apply(a, inout);
  const once = [[1, 2], [3, 4], 'SHORT'];
  t.deepEqual(seen, [...once, ...once]);
  t.deepEqual(inout, bytesOf(Int16Array.of(13, 24)));
  t.deepEqual(out, inout);
  t.is(reducer.grain, 0);
  t.false(reducer.commute);
});

test('what a user function throws comes out as it is', (t) => {
  const thrown = { mine: true };
  const reducer = userReducer(
    () => {
      throw thrown;
    },
    { commute: true, array: Int8Array, datatype: null },
  );
  const apply = (): void => reducer.apply(new Uint8Array(1), new Uint8Array(1));
  t.is(t.throws(apply, { any: true }) as unknown, thrown);
});
