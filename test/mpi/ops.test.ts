/** `MPI.Op` on one rank: what an operation is, local reductions, and JavaScript values. */
import test, { type ExecutionContext } from 'ava';
import { MPI } from '../../src/index.js';

const refusal = (t: ExecutionContext, errorClass: number, body: () => unknown, message: RegExp): void => {
  const error = t.throws(body, { instanceOf: MPI.Exception, message });
  t.is(error?.Get_error_class(), errorClass);
};

const commuting = [
  MPI.MAX,
  MPI.MIN,
  MPI.SUM,
  MPI.PROD,
  MPI.LAND,
  MPI.BAND,
  MPI.LOR,
  MPI.BOR,
  MPI.LXOR,
  MPI.BXOR,
  MPI.MINLOC,
  MPI.MAXLOC,
];

const add = (invec: MPI.TypedArray, inoutvec: MPI.TypedArray): void => MPI.SUM.Reduce_local(invec, inoutvec);

test('predefined operations: names, commutativity, no Free', (t) => {
  for (const op of [...commuting, MPI.REPLACE, MPI.NO_OP]) {
    t.true(op instanceof MPI.Op);
    t.regex(op.name, /^MPI_[A-Z_]+$/);
    t.true(op.is_predefined);
    t.is(op.Is_commutative(), commuting.includes(op));
    t.is(op.is_commutative, op.Is_commutative());
    refusal(t, MPI.ERR_OP, () => op.Free(), /predefined/);
  }
  t.is(MPI.SUM.name, 'MPI_SUM');
});

test('OP_NULL is predefined, and no operation', (t) => {
  t.true(MPI.OP_NULL.is_predefined);
  t.is(MPI.OP_NULL.name, 'MPI_OP_NULL');
  refusal(t, MPI.ERR_OP, () => MPI.OP_NULL.Is_commutative(), /MPI_OP_NULL/);
  refusal(t, MPI.ERR_OP, () => MPI.OP_NULL.Free(), /predefined/);
  refusal(t, MPI.ERR_OP, () => MPI.OP_NULL(1, 2), /MPI_OP_NULL/);
  refusal(
    t,
    MPI.ERR_OP,
    () => MPI.OP_NULL.Reduce_local(Int8Array.of(1), Int8Array.of(2)),
    /Reduce_local on rank 0/,
  );
});

test('operations of the user’s own are created, queried and freed once', (t) => {
  const op = MPI.Op.Create(add, true);
  t.false(op.is_predefined);
  t.true(op.is_commutative);
  t.false(MPI.Op.Create(add).is_commutative);
  t.regex(op.name, /add/);
  op.Free();
  refusal(t, MPI.ERR_OP, () => op.Free(), /was freed/);
  refusal(t, MPI.ERR_OP, () => op.Is_commutative(), /was freed/);
  refusal(t, MPI.ERR_OP, () => op.Reduce_local(Int8Array.of(1), Int8Array.of(2)), /was freed/);
  refusal(t, MPI.ERR_OP, () => op(1, 2), /was freed/);
  for (const wrong of [undefined, null, 3, 'SUM', {}]) {
    refusal(t, MPI.ERR_OP, () => MPI.Op.Create(wrong as never), /is not a function/);
  }
});

test('Reduce_local: inout becomes in op inout', (t) => {
  const inout = Float64Array.of(1, 2, 3);
  const input = Float64Array.of(10, 20, 30);
  MPI.SUM.Reduce_local(input, inout);
  t.deepEqual(inout, Float64Array.of(11, 22, 33));
  t.deepEqual(input, Float64Array.of(10, 20, 30));
  const bytes = new Uint8Array([1, 2, 3, 4]);
  MPI.BXOR.Reduce_local([bytes, [2, 1], MPI.BYTE], [bytes.slice(2), 2, MPI.BYTE]);
  const long = new BigInt64Array(1000).fill(5n);
  MPI.PROD.Reduce_local(new BigInt64Array(1000).fill(-7n), long);
  t.true(long.every((value) => value === -35n));
  const order: number[][] = [];
  MPI.Op.Create((a, b) => order.push([...a] as number[], [...b] as number[])).Reduce_local(
    Int8Array.of(1),
    Int8Array.of(2),
  );
  t.deepEqual(order, [[1], [2]]);
  t.notThrows(() => MPI.SUM.Reduce_local(new Int32Array(0), new Int32Array(0)));
});

test('Reduce_local refuses what does not fit, by its class', (t) => {
  const doubles = (n: number) => new Float64Array(n);
  refusal(
    t,
    MPI.ERR_OP,
    () => MPI.BAND.Reduce_local(doubles(1), doubles(1)),
    /MPI_BAND is not defined for MPI_DOUBLE: it takes/,
  );
  refusal(t, MPI.ERR_OP, () => MPI.REPLACE.Reduce_local(doubles(1), doubles(1)), /one-sided/);
  refusal(
    t,
    MPI.ERR_OP,
    () => MPI.SUM.Reduce_local([new Int8Array(1), MPI.CHAR], [new Int8Array(1), MPI.CHAR]),
    /MPI_CHAR/,
  );
  refusal(
    t,
    MPI.ERR_OP,
    () => MPI.BAND.Reduce_local([new Int8Array(1), MPI.PACKED], [new Int8Array(1), MPI.PACKED]),
    /MPI_PACKED/,
  );
  refusal(
    t,
    MPI.ERR_COUNT,
    () => MPI.SUM.Reduce_local(doubles(2), doubles(1)),
    /inbuf has 2 .* inoutbuf has 1/,
  );
  refusal(
    t,
    MPI.ERR_TYPE,
    () => MPI.SUM.Reduce_local(new BigInt64Array(1), doubles(1)),
    /MPI_INT64_T, but inoutbuf of MPI_DOUBLE/,
  );
  refusal(t, MPI.ERR_BUFFER, () => MPI.SUM.Reduce_local([1, 2] as never, doubles(2)), /plain array/);
  refusal(t, MPI.ERR_BUFFER, () => MPI.SUM.Reduce_local(null as never, doubles(2)), /inbuf is null/);
  const shared = doubles(8);
  refusal(
    t,
    MPI.ERR_BUFFER,
    () => MPI.SUM.Reduce_local(shared.subarray(0, 5), shared.subarray(3)),
    /overlap/,
  );
  refusal(t, MPI.ERR_BUFFER, () => MPI.SUM.Reduce_local(shared, shared), /overlap/);
  t.notThrows(() => MPI.SUM.Reduce_local(shared.subarray(0, 4), shared.subarray(4)));
});

test('what a user’s function throws comes out as it is', (t) => {
  const thrown = new TypeError('mine');
  const op = MPI.Op.Create(() => {
    throw thrown;
  });
  t.is(
    t.throws(() => op.Reduce_local(Int8Array.of(1), Int8Array.of(2))),
    thrown,
  );
});

test('operations on numbers, bigints and booleans', (t) => {
  t.is(MPI.MIN(2, 3), 2);
  t.is(MPI.MAX(2, 3), 3);
  t.is(MPI.SUM(2, 3), 5);
  t.is(MPI.PROD(2, 3), 6);
  t.is(MPI.SUM(2n ** 64n, 1n), 2n ** 64n + 1n);
  t.is(MPI.MAX(2n, 3n), 3n);
  t.is(MPI.MIN(Number.NaN, 3), Number.NaN);
  for (const x of [false, true]) {
    for (const y of [false, true]) {
      t.is(MPI.LAND(x, y), x && y);
      t.is(MPI.LOR(x, y), x || y);
      t.is(MPI.LXOR(x, y), x !== y);
      t.is(MPI.BAND(x, y), x && y);
      t.is(MPI.BOR(x, y), x || y);
      t.is(MPI.BXOR(x, y), x !== y);
      t.is(MPI.MAX(x, y), x || y);
      t.is(MPI.LAND(Number(x) * 5, Number(y) * 3), Number(x && y));
      t.is(MPI.LOR(BigInt(x), BigInt(y)), BigInt(x || y));
      t.is(MPI.LXOR(Number(x) * 5, Number(y) * 3), Number(x !== y));
    }
  }
  t.is(MPI.SUM(true, true) as unknown, 2);
  t.is(MPI.SUM<unknown>(MPI.SUM(true, true), true), 3);
  t.is(MPI.BAND(0b1101, 0b0111), 0b0101);
  t.is(MPI.BOR(2 ** 40, 1), 2 ** 40 + 1);
  t.is(MPI.BXOR(-1, 1), -2);
  t.is(MPI.BXOR(2n ** 80n, 1n), 2n ** 80n + 1n);
});

test('MINLOC and MAXLOC on pairs [value, index]', (t) => {
  t.deepEqual(MPI.MAXLOC([1, 0], [2, 1]), [2, 1]);
  t.deepEqual(MPI.MINLOC([1, 0], [2, 1]), [1, 0]);
  t.deepEqual(MPI.MAXLOC([2, 7], [2, 1]), [2, 1]);
  t.deepEqual(MPI.MINLOC([2, 1], [2, 7]), [2, 1]);
  t.deepEqual(MPI.MAXLOC([Number.NaN, 4], [2, 1]), [Number.NaN, 4]);
  t.deepEqual(MPI.MAXLOC([5n, 4], [6n, 1]), [6n, 1]);
  t.deepEqual(MPI.MINLOC(['b', 4], ['a', 1]), ['a', 1]);
  for (const wrong of [3, [3], [3, 'x'], [{}, 3], [3, 4, 5], null]) {
    refusal(t, MPI.ERR_OP, () => MPI.MAXLOC<unknown>(wrong, [1, 2]), /pairs/);
  }
  refusal(t, MPI.ERR_OP, () => MPI.MAXLOC<unknown>([1n, 0], [1, 0]), /one type/);
});

test('REPLACE takes the second, NO_OP the first', (t) => {
  t.is(MPI.REPLACE('a', 'b'), 'b');
  t.is(MPI.NO_OP('a', 'b'), 'a');
});

test('text and lists as in Python, typed arrays element by element', (t) => {
  t.is(MPI.SUM('ab', 'cd'), 'abcd');
  t.is(MPI.MAX('ab', 'b'), 'b');
  t.deepEqual(MPI.SUM([1, 2], [3]), [1, 2, 3]);
  const [x, y] = [Float32Array.of(1, 5), Float32Array.of(3, 4)];
  t.deepEqual(MPI.MAX(x, y), Float32Array.of(3, 5));
  t.deepEqual([x, y], [Float32Array.of(1, 5), Float32Array.of(3, 4)]);
  const buffer = Buffer.from([1, 2]);
  t.deepEqual(new Uint8Array(MPI.SUM(buffer, Buffer.from([3, 4]))), Uint8Array.of(4, 6));
  t.deepEqual(new Uint8Array(buffer), Uint8Array.of(1, 2));
  t.true(MPI.SUM(Uint8ClampedArray.of(1), Uint8ClampedArray.of(2)) instanceof Uint8ClampedArray);
});

test('what has no meaning is refused, never turned into text', (t) => {
  const cases: [MPI.Op, unknown, unknown, RegExp][] = [
    [MPI.SUM, 1, 1n, /convert/],
    [MPI.SUM, 1, '1', /MPI_SUM: not defined for 1 and the string "1"/],
    [MPI.SUM, {}, {}, /not defined for Object and Object/],
    [MPI.SUM, undefined, 1, /undefined/],
    [MPI.SUM, null, null, /null/],
    [MPI.SUM, [1], 2, /not defined/],
    [MPI.MAX, [1], [2], /only typed arrays/],
    [MPI.PROD, 'a', 'b', /not defined/],
    [MPI.BAND, 1.5, 1, /integers/],
    [MPI.BOR, Number.NaN, 1, /integers/],
    [MPI.LAND, 'a', 'b', /not defined/],
    [MPI.SUM, Int8Array.of(1), Int8Array.of(1, 2), /one type and length/],
    [MPI.SUM, Int8Array.of(1), Uint8Array.of(1), /one type and length/],
    [MPI.BAND, Float64Array.of(1), Float64Array.of(1), /not defined/],
    [MPI.SUM, new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(1)), /one type/],
    [MPI.SUM, Symbol('x'), 1, /not defined/],
  ];
  for (const [op, x, y, message] of cases) refusal(t, MPI.ERR_OP, () => op(x, y), message);
});

test('a user’s function on objects returns its result', (t) => {
  const longest = MPI.Op.Create(((x: string, y: string) => (x.length >= y.length ? x : y)) as never);
  t.is(longest('abc', 'de'), 'abc');
  refusal(t, MPI.ERR_OP, () => MPI.Op.Create(() => {})({}, {}), /returned nothing/);
});
