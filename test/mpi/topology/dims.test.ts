/** MPI-4.1 §8.5.2: balanced grids. */
import test from 'ava';
import fc from 'fast-check';
import { ERR_ARG, ERR_DIMS, Exception } from '../../../src/base/errors.js';
import { dimensionsMax } from '../../../src/base/limits.js';
import { Compute_dims } from '../../../src/mpi/topology/dims.js';

/** All lists of `count` factors of `product` that do not increase. */
function* splits(product: number, count: number, most = product): Generator<number[]> {
  if (count === 0) {
    if (product === 1) yield [];
    return;
  }
  for (let first = 1; first <= Math.min(most, product); first++) {
    if (product % first !== 0) continue;
    for (const rest of splits(product / first, count - 1, first)) yield [first, ...rest];
  }
}

const isLess = (a: readonly number[], b: readonly number[]) => {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && a[at] < b[at];
};

test('the examples of the standard', (t) => {
  t.deepEqual(Compute_dims(6, [0, 0]), [3, 2]);
  t.deepEqual(Compute_dims(7, [0, 0]), [7, 1]);
  t.deepEqual(Compute_dims(6, [0, 3, 0]), [2, 3, 1]);
  t.throws(() => Compute_dims(7, [0, 3, 0]), { instanceOf: Exception, message: /^MPI_ERR_DIMS/ });
});

test('well-known grids', (t) => {
  t.deepEqual(Compute_dims(12, 2), [4, 3]);
  t.deepEqual(Compute_dims(24, 3), [4, 3, 2]);
  t.deepEqual(Compute_dims(64, 3), [4, 4, 4]);
  t.deepEqual(Compute_dims(72, 3), [6, 4, 3]);
  t.deepEqual(Compute_dims(1, 3), [1, 1, 1]);
  t.deepEqual(Compute_dims(1, 0), []);
  t.deepEqual(Compute_dims(12, [3, 4]), [3, 4]);
  t.deepEqual(Compute_dims(12, Int32Array.of(0, 2, 0)), [3, 2, 2]);
  t.deepEqual(Compute_dims(2 ** 31 - 1, 2), [2 ** 31 - 1, 1]);
  t.deepEqual(Compute_dims(2 ** 30, 30), new Array(30).fill(2));
  t.is(Compute_dims(2, dimensionsMax).length, dimensionsMax);
});

test('the best of all splits, with any dimensions given', (t) => {
  const grids = fc.record({
    free: fc.integer({ min: 1, max: 300 }),
    given: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(grids, ({ free, given }) => {
      fc.pre(given.includes(0));
      const open = given.filter((dim) => dim === 0).length;
      const nnodes = given.reduce((product, dim) => product * (dim || 1), free);
      const dims = Compute_dims(nnodes, given);
      t.is(
        dims.reduce((product, dim) => product * dim, 1),
        nnodes,
      );
      given.forEach((dim, i) => {
        if (dim !== 0) t.is(dims[i], dim);
      });
      const filled = dims.filter((_, i) => given[i] === 0);
      for (const other of splits(free, open))
        t.false(isLess(other, filled), `${other} is better than ${filled}`);
      t.true(filled.every((dim, i) => i === 0 || dim <= filled[i - 1]));
    }),
    { numRuns: 300 },
  );
});

test('numbers with very many divisors', (t) => {
  // No number below 2 ** 31 has more divisors.
  for (const nnodes of [2095133040, 1396755360, 2 ** 31 - 2]) {
    for (let count = 1; count <= 12; count++) {
      const dims = Compute_dims(nnodes, count);
      t.is(
        dims.reduce((product, dim) => product * dim, 1),
        nnodes,
      );
    }
  }
});

test('wrong arguments', (t) => {
  const cases: [unknown, unknown, number, RegExp][] = [
    [0, 2, ERR_ARG, /nnodes is 0/],
    [-4, 2, ERR_ARG, /nnodes is -4/],
    [1.5, 2, ERR_ARG, /nnodes is 1\.5/],
    [2 ** 31, 2, ERR_ARG, /nnodes is 2147483648/],
    ['4', 2, ERR_ARG, /nnodes is the string "4"/],
    [4, undefined, ERR_ARG, /dims is undefined/],
    [4, -1, ERR_ARG, /dims is -1/],
    [4, 1e9, ERR_ARG, /dims is 1000000000/],
    [4, '22', ERR_ARG, /dims is/],
    [4, [-2, 0], ERR_DIMS, /-2/],
    [4, [0.5, 0], ERR_DIMS, /0\.5/],
    [4, ['2', 0], ERR_DIMS, /"2"/],
    [4, [3, 0], ERR_DIMS, /\[3,0\] has 4 nodes/],
    [4, [2, 1], ERR_DIMS, /\[2,1\] has 4 nodes/],
    [4, [], ERR_DIMS, /4 nodes/],
    [4, 0, ERR_DIMS, /4 nodes/],
    [4, [1e300, 1e300], ERR_DIMS, /4 nodes/],
  ];
  for (const [nnodes, dims, errorClass, text] of cases) {
    const error = t.throws(() => Compute_dims(nnodes as never, dims as never), { instanceOf: Exception });
    t.is((error as Exception).Get_error_class(), errorClass, error.message);
    t.regex(error.message, text);
    t.regex(error.message, /Compute_dims/);
  }
});
