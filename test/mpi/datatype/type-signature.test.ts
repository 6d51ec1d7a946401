/** Type signatures (MPI-4.1 §5.1): the basic types in their order, wherever they are and however they were put together. */
import test from 'ava';
import fc from 'fast-check';
import { repeated, typeSignature } from '../../../src/mpi/datatype/type-signature.js';
import * as MPI from '../../../src/mpi/index.js';
import { testSeed } from '../../support/sampling.js';
import { datatypes } from './random.js';

const BASIC: Readonly<Record<number, MPI.Datatype>> = {
  1: MPI.BYTE,
  2: MPI.INT16_T,
  4: MPI.INT32_T,
  8: MPI.DOUBLE,
};

/** The same basic types in a row, written out. */
function spelledOut(types: readonly MPI.Datatype[]): MPI.Datatype {
  const lengths = types.map(() => 1);
  const displs = types.map((_, i) => 32 * i);
  return MPI.Datatype.Create_struct(lengths, displs, types);
}

test('a signature is that of its basic types one by one', (t) => {
  const same = fc.property(datatypes, fc.integer({ min: 0, max: 5 }), ({ type, model: { map } }, count) => {
    const basics = Array.from({ length: count }, () => map.map(({ bytes }) => BASIC[bytes])).flat();
    t.deepEqual(repeated(typeSignature(type), count), typeSignature(spelledOut(basics)));
  });
  t.notThrows(() => fc.assert(same, { seed: testSeed, numRuns: 400 }));
});

test('lists of basic types that differ have signatures that differ', (t) => {
  const list = fc.array(fc.constantFrom(MPI.INT32_T, MPI.FLOAT, MPI.DOUBLE, MPI.INT64_T), { maxLength: 6 });
  const different = fc.property(list, list, (some, others) => {
    const equal = some.length === others.length && some.every((type, i) => type === others[i]);
    const [a, b] = [typeSignature(spelledOut(some)), typeSignature(spelledOut(others))];
    t.is(a.fingerprint === b.fingerprint && a.elements === b.elements, equal);
  });
  t.notThrows(() => fc.assert(different, { seed: testSeed, numRuns: 400 }));
});

test('types of one kind are equal by any name, others are not', (t) => {
  const print = (type: MPI.Datatype) => typeSignature(type).fingerprint;
  for (const [a, b] of [
    [MPI.INT, MPI.INT32_T],
    [MPI.LONG, MPI.INT64_T],
    [MPI.UINT8_T, MPI.BYTE],
  ])
    t.is(print(a), print(b), `${a.name} ${b.name}`);
  for (const [a, b] of [
    [MPI.INT, MPI.FLOAT],
    [MPI.FLOAT, MPI.UINT32_T],
    [MPI.INT32_T, MPI.UINT32_T],
    [MPI.DOUBLE, MPI.INT64_T],
    [MPI.C_FLOAT_COMPLEX, MPI.DOUBLE],
    [MPI.BYTE, MPI.SIGNED_CHAR],
  ])
    t.not(print(a), print(b), `${a.name} ${b.name}`);
});

test('counts up to 2^53', (t) => {
  const whole = repeated(typeSignature(MPI.DOUBLE), 2 ** 52);
  const pairs = repeated(typeSignature(MPI.DOUBLE.Create_contiguous(2)), 2 ** 51);
  t.deepEqual(whole, pairs);
  t.is(whole.elements, 2 ** 52);
  t.not(whole.fingerprint, repeated(typeSignature(MPI.DOUBLE), 2 ** 52 - 1).fingerprint);
});

test('a type nested deep, with itself twice at every level, is gone through once a level', (t) => {
  let type: MPI.Datatype = MPI.INT;
  for (let level = 0; level < 30; level++)
    type = MPI.Datatype.Create_struct([1, 1], [0, type.extent + 4 * (level + 1)], [type, type]);
  t.is(typeSignature(type).elements, 2 ** 30);
});
