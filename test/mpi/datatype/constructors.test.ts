/** Datatypes as the standard's text and its examples have them (MPI-4.1 §5.1). */
import test from 'ava';
import fc from 'fast-check';
import { typeDepthMax } from '../../../src/base/limits.js';
import { fused } from '../../../src/mpi/datatype/form.js';
import * as MPI from '../../../src/mpi/index.js';
import { testSeed } from '../../support/sampling.js';
import * as model from './model.js';

const { Datatype, DOUBLE, INT, CHAR } = MPI;

test('pairs are laid out as C does', (t) => {
  const bounds = (type: MPI.Datatype) => [type.name, type.size, type.extent, type.true_extent];
  t.deepEqual(bounds(MPI.FLOAT_INT), ['MPI_FLOAT_INT', 8, 8, 8]);
  t.deepEqual(bounds(MPI.DOUBLE_INT), ['MPI_DOUBLE_INT', 12, 16, 12]);
  t.deepEqual(bounds(MPI.LONG_INT), ['MPI_LONG_INT', 12, 16, 12]);
  t.deepEqual(bounds(MPI.INT_INT), ['MPI_2INT', 8, 8, 8]);
  t.deepEqual(bounds(MPI.SHORT_INT), ['MPI_SHORT_INT', 6, 8, 8]);
  t.is(MPI.TWOINT, MPI.INT_INT);
  t.true(MPI.DOUBLE_INT.is_predefined);
});

test('example 5.1: a structure of a double and a char has an extent of 16', (t) => {
  const type = Datatype.Create_struct([1, 1], [0, 8], [DOUBLE, CHAR]);
  t.deepEqual([type.size, type.extent, type.true_extent], [9, 16, 9]);
});

test('example 5.2 to 5.6: contiguous, vector, indexed, struct', (t) => {
  const old = Datatype.Create_struct([1, 1], [0, 8], [DOUBLE, CHAR]);
  t.deepEqual([old.Create_contiguous(3).size, old.Create_contiguous(3).extent], [27, 48]);
  const vector = old.Create_vector(2, 3, 4);
  t.deepEqual([vector.size, vector.true_ub, vector.extent], [54, 64 + 32 + 9, 112]);
  const backward = old.Create_vector(3, 1, -2);
  t.deepEqual([backward.lb, backward.ub], [-64, 16]);
  const indexed = old.Create_indexed([3, 1], [4, 0]);
  t.deepEqual([indexed.lb, indexed.ub, indexed.size], [0, 112, 36]);
  const struct = Datatype.Create_struct([2, 1, 3], [0, 16, 26], [MPI.FLOAT, old, CHAR]);
  t.deepEqual([struct.size, struct.extent], [8 + 9 + 3, 32]);
});

test('bounds that were set count alone, and stay set in what is made from them', (t) => {
  const wide = INT.Create_resized(-3, 9);
  t.deepEqual([wide.lb, wide.ub, wide.true_lb, wide.true_ub, wide.size], [-3, 6, 0, 4, 4]);
  const two = wide.Create_contiguous(2);
  t.deepEqual([two.lb, two.ub, two.true_lb, two.true_ub], [-3, 15, 0, 13]);
  const mixed = Datatype.Create_struct([1, 1], [0, 100], [wide, DOUBLE]);
  t.deepEqual([mixed.lb, mixed.ub, mixed.true_ub], [-3, 6, 108]);
});

test('what lies side by side is one run, whatever it was made of', (t) => {
  const runs: Record<string, MPI.Datatype> = {
    contiguous: DOUBLE.Create_contiguous(7),
    'a vector without gaps': DOUBLE.Create_vector(3, 2, 2),
    'blocks that touch': DOUBLE.Create_indexed([1, 2, 1], [4, 5, 7]),
    'members that touch': Datatype.Create_struct([1, 2], [0, 8], [DOUBLE, INT]),
    'whole rows': INT.Create_subarray([4, 5], [2, 5], [1, 0]),
    'a whole array': INT.Create_subarray([4, 5, 6], [4, 5, 6], [0, 0, 0], MPI.ORDER_FORTRAN),
    nested: DOUBLE.Create_contiguous(2).Create_vector(2, 3, 3).Dup().Create_hindexed([1], [-8]),
  };
  for (const [name, { layout }] of Object.entries(runs)) {
    t.is(layout.form === null ? '' : fused(layout.form).op, 'run', name);
  }
  t.is(
    runs.contiguous.Commit().packing(() => ''),
    null,
  );
  t.not(
    INT.Create_subarray([4, 5], [2, 5], [1, 0])
      .Commit()
      .packing(() => ''),
    null,
    'its extent is the whole array’s',
  );
});

test('a strided column of a matrix is one loop', (t) => {
  const { form } = DOUBLE.Create_subarray([1000, 1000], [1000, 1], [0, 5]).layout;
  t.deepEqual([form?.op, form?.at, form?.op === 'loop' && form.count], ['loop', 40, 1000]);
});

const distribs = { NONE: MPI.DISTRIBUTE_NONE, BLOCK: MPI.DISTRIBUTE_BLOCK, CYCLIC: MPI.DISTRIBUTE_CYCLIC };

const dimension = fc.record({
  size: fc.integer({ min: 1, max: 7 }),
  distrib: fc.constantFrom<keyof typeof distribs>('NONE', 'BLOCK', 'CYCLIC'),
  places: fc.integer({ min: 1, max: 3 }),
  darg: fc.option(fc.integer({ min: 1, max: 4 })),
});

test('the parts of a distributed array are what the definition says', (t) => {
  const dims = fc.array(dimension, { minLength: 1, maxLength: 3 });
  const property = fc.property(dims, fc.boolean(), (given, rows) => {
    const psizes = given.map(({ distrib, places }) => (distrib === 'NONE' ? 1 : places));
    const lengths = given.map(({ distrib, size, darg }, d) => {
      if (distrib === 'NONE') return size;
      const least = Math.ceil(size / psizes[d]);
      return distrib === 'BLOCK' ? Math.max(darg ?? 0, least) : (darg ?? 1);
    });
    const dargs = given.map(({ distrib, darg }, d) =>
      darg === null || distrib === 'NONE' ? MPI.DISTRIBUTE_DFLT_DARG : lengths[d],
    );
    const gsizes = given.map(({ size }) => size);
    const ranks = psizes.reduce((product, n) => product * n, 1);
    for (let rank = 0; rank < ranks; rank++) {
      const coordinates: number[] = [];
      let rest = rank;
      for (let d = psizes.length - 1; d >= 0; d--) {
        coordinates[d] = rest % psizes[d];
        rest = Math.floor(rest / psizes[d]);
      }
      const owned = (index: readonly number[]) =>
        index.every((i, d) => Math.floor(i / lengths[d]) % psizes[d] === coordinates[d]);
      const wanted = model.array(model.basic(4), gsizes, rows ? 'C' : 'F', owned);
      const kinds = given.map(({ distrib }) => distribs[distrib]);
      const order = rows ? MPI.ORDER_C : MPI.ORDER_FORTRAN;
      const type = INT.Create_darray(ranks, rank, gsizes, kinds, dargs, psizes, order).Commit();
      t.is(type.extent, model.extent(wanted));
      t.is(type.size, model.size(wanted));
      const memory = Uint8Array.from({ length: type.extent }, (_, i) => i);
      const out = new Uint8Array(type.size);
      type.Pack(memory, out, 0, MPI.COMM_SELF);
      t.deepEqual([...out], model.pack(wanted, memory, 0, 1));
    }
  });
  t.notThrows(() => fc.assert(property, { seed: testSeed, numRuns: 150 }));
});

test('names', (t) => {
  const type = DOUBLE.Create_contiguous(2);
  t.is(type.Get_name(), '');
  type.name = 'a pair of doubles';
  t.is(type.name, 'a pair of doubles');
  t.is(DOUBLE.Get_name(), 'MPI_DOUBLE');
  t.throws(() => type.Set_name(3 as never), { instanceOf: MPI.Exception });
});

test('envelopes and contents of the standard’s tables', (t) => {
  const { COMBINER_STRUCT, COMBINER_NAMED, COMBINER_SUBARRAY, COMBINER_HVECTOR } = MPI;
  const struct = Datatype.Create_struct([1, 2], [0, 8], [DOUBLE, CHAR]);
  t.deepEqual(struct.Get_envelope(), [3, 2, 0, 2, COMBINER_STRUCT]);
  t.deepEqual(struct.Get_contents(), [[2, 1, 2], [0, 8], [], [DOUBLE, CHAR]]);
  t.deepEqual(struct.decode()[0], MPI.DATATYPE_NULL);
  t.deepEqual(DOUBLE.Get_envelope(), [0, 0, 0, 0, COMBINER_NAMED]);
  t.deepEqual(DOUBLE.decode(), [DOUBLE, 'NAMED', {}]);
  t.throws(() => DOUBLE.Get_contents(), { message: /Get_contents.*predefined/ });
  const part = INT.Create_subarray([4, 5], [2, 3], [1, 0]);
  t.deepEqual(part.Get_envelope(), [8, 0, 0, 1, COMBINER_SUBARRAY]);
  t.deepEqual(part.Get_contents()[0], [2, 4, 5, 2, 3, 1, 0, MPI.ORDER_C]);
  t.deepEqual(INT.Create_hvector(2, 1, 9).Get_envelope(), [2, 1, 0, 1, COMBINER_HVECTOR]);
});

test('contents are copies: changing or freeing them changes no datatype', (t) => {
  const inner = INT.Create_vector(2, 1, 2);
  const outer = inner.Create_indexed([1], [3]);
  const [, , params] = outer.decode();
  (params as { displacements: number[] }).displacements[0] = 99;
  t.deepEqual(outer.Get_contents()[0], [1, 1, 3]);
  const [again] = outer.Get_contents()[3];
  again.Free();
  t.notThrows(() => inner.Commit());
});

test('Match_size', (t) => {
  t.is(Datatype.Match_size(MPI.TYPECLASS_INTEGER, 4), MPI.INT32_T);
  t.is(Datatype.Match_size(MPI.TYPECLASS_INTEGER, 8), MPI.INT64_T);
  t.is(Datatype.Match_size(MPI.TYPECLASS_REAL, 8), DOUBLE);
  t.is(Datatype.Match_size(MPI.TYPECLASS_COMPLEX, 8), MPI.C_FLOAT_COMPLEX);
  t.throws(() => Datatype.Match_size(MPI.TYPECLASS_REAL, 3), { message: /Match_size/ });
  t.throws(() => Datatype.Match_size('x' as never, 8), { instanceOf: MPI.Exception });
});

test('sizes beyond 2^31 are exact, and beyond 2^53 refused', (t) => {
  const large = DOUBLE.Create_vector(2 ** 32, 1, 3);
  t.deepEqual([large.size, large.extent], [2 ** 35, (2 ** 32 - 1) * 24 + 8]);
  const far = MPI.BYTE.Create_hindexed([1, 1], [-(2 ** 40), 2 ** 41]);
  t.deepEqual([far.lb, far.extent, far.size], [-(2 ** 40), 2 ** 40 + 2 ** 41 + 1, 2]);
  t.is(large.Commit().Pack_size(2, MPI.COMM_SELF), 2 ** 36);
  for (const make of [
    () => DOUBLE.Create_contiguous(2 ** 51),
    () => large.Create_contiguous(2 ** 30),
    () => DOUBLE.Create_vector(2 ** 30, 1, 2 ** 30),
    () => DOUBLE.Create_indexed([1, 1], [0, 2 ** 52]),
    () => DOUBLE.Create_resized(2 ** 52, 2 ** 52 + 5),
    () => large.Pack_size(2 ** 40, MPI.COMM_SELF),
    () => DOUBLE.Create_subarray([2 ** 30, 2 ** 30], [1, 1], [0, 0]),
  ])
    t.throws(make, { instanceOf: MPI.Exception, message: /2\^53/ });
});

test('nesting has an end', (t) => {
  let type: MPI.Datatype = INT;
  const deeper = () => {
    for (let i = 0; i < 3000; i++)
      type = Datatype.Create_struct([1, 1], [0, type.extent + 4], [type, i % 2 === 0 ? CHAR : DOUBLE]);
  };
  t.throws(deeper, { instanceOf: MPI.Exception, message: new RegExp(`${typeDepthMax} at most`) });
  let flat: MPI.Datatype = INT;
  for (let i = 0; i < 1000; i++) flat = flat.Create_contiguous(1).Dup().Create_hvector(1, 1, 5);
  t.is(flat.size, 4);
});

const lists: readonly unknown[] = [null, 'abc', 5, [1.5], [Number.NaN], ['1'], [2n], [1, 2, 3], {}];

test('bad arguments are errors that name the call', (t) => {
  const refused = (make: () => unknown, call: string) => {
    const error = t.throws(make, { instanceOf: MPI.Exception }, call);
    t.regex(error?.message ?? '', new RegExp(`: ${call}: `));
  };
  for (const value of [-1, 1.5, Number.NaN, '2', null, 2n, {}, Number.POSITIVE_INFINITY] as never[]) {
    refused(() => INT.Create_contiguous(value), 'Create_contiguous');
    refused(() => INT.Create_vector(value, 1, 1), 'Create_vector');
    refused(() => INT.Create_hvector(1, value, 1), 'Create_hvector');
    refused(() => INT.Create_indexed_block(value, [1]), 'Create_indexed_block');
    refused(() => INT.Create_subarray([value], [1], [0]), 'Create_subarray');
    refused(() => INT.Create_darray(1, value, [4], [0], [-1], [1]), 'Create_darray');
    refused(() => INT.Pack_size(value, MPI.COMM_SELF), 'Pack_size on rank 0 of MPI_COMM_SELF');
  }
  for (const list of lists as never[]) {
    refused(() => INT.Create_indexed(list, [0, 1]), 'Create_indexed');
    refused(() => INT.Create_hindexed([1, 1], list), 'Create_hindexed');
    refused(() => Datatype.Create_struct([1, 1], list, [INT, INT]), 'Create_struct');
    refused(() => Datatype.Create_struct([1, 1], [0, 8], list), 'Create_struct');
    refused(() => INT.Create_subarray([4, 4], [2, 2], list), 'Create_subarray');
  }
  refused(() => INT.Create_vector(1, 1, 0.5), 'Create_vector');
  refused(() => INT.Create_resized(0, '8' as never), 'Create_resized');
  refused(() => INT.Create_subarray([4], [5], [0]), 'Create_subarray');
  refused(() => INT.Create_subarray([4], [2], [3]), 'Create_subarray');
  refused(() => INT.Create_subarray([4], [2], [0], 7), 'Create_subarray');
  refused(() => INT.Create_darray(2, 0, [4], [MPI.DISTRIBUTE_BLOCK], [1], [2]), 'Create_darray');
  refused(() => INT.Create_darray(2, 0, [4], [MPI.DISTRIBUTE_NONE], [-1], [2]), 'Create_darray');
  refused(() => INT.Create_darray(2, 0, [4], [MPI.DISTRIBUTE_BLOCK], [-1], [3]), 'Create_darray');
  refused(() => MPI.DATATYPE_NULL.Create_contiguous(1), 'Create_contiguous');
  refused(() => DOUBLE.Free(), 'Free');
});
