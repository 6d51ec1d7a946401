import test from 'ava';
import fc from 'fast-check';
import { isDefined, type OpName, predefinedReducer, userReducer } from '../../src/coll/index.js';
import { arrayOf, combine, elements, kinds, opNames, viewOf } from './support/model.js';

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function copyAt(offset: number, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(offset + bytes.length).subarray(offset);
  copy.set(bytes);
  return copy;
}

test('every predefined operation on every element kind agrees with the model, aligned or not', (t) => {
  const inputs = fc.record({
    op: fc.constantFrom(...opNames),
    kind: fc.constantFrom(...kinds),
    count: fc.nat(40),
    seed: fc.integer(),
    inputShift: fc.nat(8),
    inoutShift: fc.nat(8),
  });
  fc.assert(
    fc.property(inputs, ({ op, kind, count, seed, inputShift, inoutShift }) => {
      fc.pre(isDefined(op, kind));
      const a = elements(op, kind, count, seed);
      const b = elements(op, kind, count, seed + 1);
      const expected = combine(op, kind, viewOf(kind, a), viewOf(kind, b));
      const input = copyAt(inputShift, a);
      const inout = copyAt(inoutShift, b);
      const reducer = predefinedReducer(op, kind);
      reducer.apply(input, inout);
      t.deepEqual(inout, bytesOf(expected));
      t.deepEqual(input, a);
      t.true(reducer.commute);
      t.is(reducer.grain, arrayOf[kind].BYTES_PER_ELEMENT);
    }),
    { numRuns: 3000 },
  );
});

test('operations are defined as in MPI-4.1 §6.9.2', (t) => {
  const numeric: OpName[] = ['MAX', 'MIN', 'SUM', 'PROD'];
  const logical: OpName[] = ['LAND', 'LOR', 'LXOR'];
  const bitwise: OpName[] = ['BAND', 'BOR', 'BXOR'];
  for (const kind of kinds) {
    const float = kind.startsWith('float');
    const integer = !float && kind !== 'byte' && kind !== 'bool';
    for (const op of numeric) t.is(isDefined(op, kind), integer || float, `${op} ${kind}`);
    for (const op of logical) t.is(isDefined(op, kind), integer || kind === 'bool', `${op} ${kind}`);
    for (const op of bitwise) t.is(isDefined(op, kind), integer || kind === 'byte', `${op} ${kind}`);
  }
  t.throws(() => predefinedReducer('BAND', 'float64'), {
    instanceOf: RangeError,
    message: /BAND is not defined .* float64/,
  });
});

test('the ends of the integer ranges wrap and compare by sign', (t) => {
  const apply = (op: OpName, kind: (typeof kinds)[number], a: unknown, b: unknown): unknown => {
    const input = viewOf(kind, new Uint8Array(arrayOf[kind].BYTES_PER_ELEMENT));
    const inout = input.slice();
    input[0] = a as number;
    inout[0] = b as number;
    predefinedReducer(op, kind).apply(bytesOf(input), bytesOf(inout));
    return inout[0];
  };
  t.is(apply('SUM', 'int32', 2 ** 31 - 1, 1), -(2 ** 31));
  t.is(apply('SUM', 'uint8', 255, 1), 0);
  t.is(apply('PROD', 'uint32', 2 ** 32 - 1, 2 ** 32 - 1), 1);
  t.is(apply('SUM', 'uint64', 2n ** 64n - 1n, 2n), 1n);
  t.is(apply('PROD', 'int64', 2n ** 62n, 2n), -(2n ** 63n));
  t.is(apply('MAX', 'int8', -1, 1), 1);
  t.is(apply('MAX', 'uint8', 255, 1), 255);
  t.is(apply('MAX', 'uint64', 2n ** 63n, 1n), 2n ** 63n);
  t.is(apply('MIN', 'int64', -(2n ** 63n), 1n), -(2n ** 63n));
});

test('MAX and MIN of floating-point numbers do not depend on the order', (t) => {
  for (const [a, b] of [
    [NaN, 1],
    [1, NaN],
    [-0, 0],
    [0, -0],
  ]) {
    for (const [op, expected] of [
      ['MAX', Math.max(a, b)],
      ['MIN', Math.min(a, b)],
    ] as const) {
      const inout = Float64Array.of(b);
      predefinedReducer(op, 'float64').apply(bytesOf(Float64Array.of(a)), bytesOf(inout));
      t.is(inout[0], expected);
    }
  }
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
  const inout = copyAt(1, bytesOf(Int16Array.of(3, 4)));
  reducer.apply(bytesOf(Int16Array.of(1, 2)), inout);
  t.deepEqual(seen, [[1, 2], [3, 4], 'SHORT']);
  t.deepEqual(inout, bytesOf(Int16Array.of(13, 24)));
  t.is(reducer.grain, 0);
  t.false(reducer.commute);
});
