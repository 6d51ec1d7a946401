/** Random datatypes, nested, each beside its model. */
import fc from 'fast-check';
import * as MPI from '../../../src/mpi/index.js';
import * as model from './model.js';

type Both = model.Both;

const basics: readonly Both[] = [
  { type: MPI.BYTE, model: model.basic(1) },
  { type: MPI.INT16_T, model: model.basic(2) },
  { type: MPI.INT32_T, model: model.basic(4) },
  { type: MPI.DOUBLE, model: model.basic(8) },
];

const few = fc.integer({ min: 0, max: 3 });
const place = fc.integer({ min: -5, max: 9 });
const bytePlace = fc.integer({ min: -40, max: 70 });
const blocks = (displ: fc.Arbitrary<number>) => fc.array(fc.tuple(few, displ), { maxLength: 4 });

type Made = (base: Both) => fc.Arbitrary<Both>;

const makers: readonly Made[] = [
  ({ type, model: of }) =>
    few.map((n) => ({ type: type.Create_contiguous(n), model: model.block(of, n, 0) })),
  ({ type, model: of }) =>
    fc.tuple(few, few, place).map(([n, length, stride]) => ({
      type: type.Create_vector(n, length, stride),
      model: model.hvector(of, n, length, stride * model.extent(of)),
    })),
  ({ type, model: of }) =>
    fc.tuple(few, few, bytePlace).map(([n, length, stride]) => ({
      type: type.Create_hvector(n, length, stride),
      model: model.hvector(of, n, length, stride),
    })),
  ({ type, model: of }) =>
    blocks(place).map((list) => {
      const lengths = list.map(([n]) => n);
      const displs = list.map(([, at]) => at);
      const bytes = displs.map((at) => at * model.extent(of));
      return {
        type: type.Create_indexed(lengths, displs),
        model: model.struct(
          lengths.map(() => of),
          lengths,
          bytes,
        ),
      };
    }),
  ({ type, model: of }) =>
    blocks(bytePlace).map((list) => {
      const lengths = list.map(([n]) => n);
      const displs = list.map(([, at]) => at);
      return {
        type: type.Create_hindexed(lengths, displs),
        model: model.struct(
          lengths.map(() => of),
          lengths,
          displs,
        ),
      };
    }),
  ({ type, model: of }) =>
    fc.tuple(few, fc.array(place, { maxLength: 4 })).map(([n, displs]) => ({
      type: type.Create_indexed_block(n, displs),
      model: model.struct(
        displs.map(() => of),
        displs.map(() => n),
        displs.map((at) => at * model.extent(of)),
      ),
    })),
  ({ type, model: of }) =>
    fc.tuple(few, fc.array(bytePlace, { maxLength: 4 })).map(([n, displs]) => ({
      type: type.Create_hindexed_block(n, displs),
      model: model.struct(
        displs.map(() => of),
        displs.map(() => n),
        displs,
      ),
    })),
  ({ type, model: of }) =>
    fc.tuple(bytePlace, fc.integer({ min: 0, max: 90 })).map(([lb, extent]) => ({
      type: type.Create_resized(lb, extent),
      model: model.resized(of, lb, extent),
    })),
  ({ type, model: of }) =>
    fc
      .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 3 })
      .chain((dims) => fc.tuple(fc.constant(dims), fc.constantFrom<'C' | 'F'>('C', 'F')))
      .map(([dims, order]) => {
        const sizes = dims.map(([n]) => n);
        const parts = dims.map(([n, part]) => 1 + (part % n));
        const starts = dims.map(([n, , start], d) => start % (n - parts[d] + 1));
        const owned = (index: readonly number[]) =>
          index.every((i, d) => i >= starts[d] && i < starts[d] + parts[d]);
        const wanted = order === 'C' ? MPI.ORDER_C : MPI.ORDER_FORTRAN;
        return {
          type: type.Create_subarray(sizes, parts, starts, wanted),
          model: model.array(of, sizes, order, owned),
        };
      }),
  ({ type, model: of }) => fc.constant({ type: type.Dup(), model: of }),
];

const structOf = (members: fc.Arbitrary<Both>): fc.Arbitrary<Both> =>
  fc.array(fc.tuple(members, few, bytePlace), { maxLength: 3 }).map((list) => {
    const lengths = list.map(([, n]) => n);
    const displs = list.map(([, , at]) => at);
    return {
      type: MPI.Datatype.Create_struct(
        lengths,
        displs,
        list.map(([{ type }]) => type),
      ),
      model: model.struct(
        list.map(([both]) => both.model),
        lengths,
        displs,
      ),
    };
  });

function nested(levels: number): fc.Arbitrary<Both> {
  const base = fc.constantFrom(...basics);
  if (levels === 0) return base;
  const inner = nested(levels - 1);
  return fc.oneof(
    { weight: 1, arbitrary: inner },
    { weight: 3, arbitrary: structOf(inner) },
    ...makers.map((make) => ({ weight: 1, arbitrary: inner.chain(make) })),
  );
}

/** Datatypes of up to four levels, of a size that the model can follow. */
export const datatypes: fc.Arbitrary<Both> = nested(4).filter(({ model: of }) => of.map.length <= 400);
