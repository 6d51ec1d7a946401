/** Random nested datatypes against the standard's model of them (MPI-4.1 §5.1). */
import test from 'ava';
import fc from 'fast-check';
import { landing, packed, Resolved, resolve } from '../../../src/mpi/buffer.js';
import { fused } from '../../../src/mpi/datatype/form.js';
import { Walk } from '../../../src/mpi/datatype/walk.js';
import * as MPI from '../../../src/mpi/index.js';
import { testSeed } from '../../support/sampling.js';
import * as model from './model.js';
import { datatypes } from './random.js';

const runs = { seed: testSeed, numRuns: 400 };

/** Memory around an address such that `count` elements fit, filled. */
function memoryFor({ model: of }: model.Both, count: number): { memory: Uint8Array; at: number } {
  const [low, high] = count === 0 ? [0, 0] : model.span(of, count);
  const at = Math.max(0, -low);
  const memory = Uint8Array.from({ length: at + Math.max(high, 0) + 8 }, (_, i) => (i * 37 + 11) & 255);
  return { memory, at };
}

test('size, bounds and true bounds', (t) => {
  const same = fc.property(datatypes, ({ type, model: of }) => {
    t.deepEqual(
      [type.size, type.lb, type.extent, type.true_lb, type.true_ub],
      [model.size(of), model.lb(of), model.extent(of), model.trueLb(of), model.trueUb(of)],
    );
    t.deepEqual(type.Get_extent(), [type.lb, type.extent]);
    t.deepEqual(type.Get_true_extent(), [type.true_lb, type.true_extent]);
    t.is(type.ub, type.lb + type.extent);
  });
  t.notThrows(() => fc.assert(same, runs));
});

const counts = fc.integer({ min: 0, max: 3 });

test('packing and unpacking, by the addon and without', (t) => {
  const same = fc.property(datatypes, counts, fc.nat(), (both, count, cut) => {
    const { memory, at } = memoryFor(both, count);
    const { layout } = both.type;
    const expected = model.pack(both.model, memory, at, count);
    if (layout.form === null) return expected.length === 0;
    const form = fused(layout.form);
    const bytes = new Uint8Array(expected.length);
    new Walk(memory, bytes, false).elements(form, at, count, layout.extent);
    t.deepEqual([...bytes], expected);
    const packing = both.type.Commit().packing(() => '');
    const native = new Uint8Array(expected.length);
    packing?.pack(memory, at, count, native);
    if (packing !== null) t.deepEqual([...native], expected);

    // A message may be shorter than the receive.
    const part = bytes.subarray(0, expected.length === 0 ? 0 : cut % (expected.length + 1));
    const wanted = new Uint8Array(memory.length);
    model.unpack(both.model, wanted, at, part);
    const walked = new Uint8Array(memory.length);
    new Walk(walked, part, true).elements(form, at, count, layout.extent);
    t.deepEqual(walked, wanted);
    const landed = new Uint8Array(memory.length);
    packing?.unpack(landed, at, count, part);
    if (packing !== null) t.deepEqual(landed, wanted);
    return true;
  });
  t.notThrows(() => fc.assert(same, runs));
});

test('a buffer spec takes the bytes that the type map says, or is refused', (t) => {
  const scope = MPI.COMM_SELF;
  const same = fc.property(datatypes, counts, fc.nat(3), fc.nat(400), (both, count, displ, room) => {
    const memory = Uint8Array.from({ length: room }, (_, i) => (i * 37 + 11) & 255);
    const at = displ * model.extent(both.model);
    const [low, high] = count === 0 || model.size(both.model) === 0 ? [0, 0] : model.span(both.model, count);
    const empty = low === high;
    const fits = empty || (at + low >= 0 && at + high <= room);
    const spec = [memory, [count, displ], both.type.Commit()] as const;
    if (!fits) {
      t.throws(() => resolve(new Resolved(), spec, 'Send', scope, 'buf'), { instanceOf: MPI.Exception });
      return;
    }
    const resolved = resolve(new Resolved(), spec, 'Send', scope, 'buf');
    const bytes = packed(resolved);
    t.deepEqual([...bytes], model.pack(both.model, memory, at, count));

    const into = new Uint8Array(memory.length);
    const target = landing(resolve(resolved, [into, [count, displ], both.type], 'Recv', scope, 'buf'));
    const wanted = new Uint8Array(memory.length);
    model.unpack(both.model, wanted, at, bytes);
    target.bytes.set(bytes);
    target.land();
    t.deepEqual(into, wanted);
  });
  t.notThrows(() => fc.assert(same, runs));
});

test('Get_contents and decode tell how to make the same datatype again', (t) => {
  const again = ([base, combiner, given]: MPI.Decoded): MPI.Datatype => {
    switch (combiner) {
      case 'NAMED':
        return base;
      case 'DUP':
        return base.Dup();
      case 'CONTIGUOUS':
        return base.Create_contiguous(given.count);
      case 'VECTOR':
        return base.Create_vector(given.count, given.blocklength, given.stride);
      case 'HVECTOR':
        return base.Create_hvector(given.count, given.blocklength, given.stride);
      case 'INDEXED':
        return base.Create_indexed(given.blocklengths, given.displacements);
      case 'HINDEXED':
        return base.Create_hindexed(given.blocklengths, given.displacements);
      case 'INDEXED_BLOCK':
        return base.Create_indexed_block(given.blocklength, given.displacements);
      case 'HINDEXED_BLOCK':
        return base.Create_hindexed_block(given.blocklength, given.displacements);
      case 'STRUCT':
        return MPI.Datatype.Create_struct(given.blocklengths, given.displacements, given.datatypes);
      case 'SUBARRAY':
        return base.Create_subarray(given.sizes, given.subsizes, given.starts, given.order);
      case 'DARRAY':
        return base.Create_darray(
          given.size,
          given.rank,
          given.gsizes,
          given.distribs,
          given.dargs,
          given.psizes,
          given.order,
        );
      case 'RESIZED':
        return base.Create_resized(given.lb, given.extent);
    }
  };
  const same = fc.property(datatypes, ({ type }) => {
    const made = again(type.decode());
    t.deepEqual(made.layout, type.layout);
    t.deepEqual(made.Get_envelope(), type.Get_envelope());
    if (type.is_named) return;
    const lists = type.Get_contents();
    t.deepEqual([...lists.map((list) => list.length), type.combiner], type.Get_envelope());
    t.deepEqual(made.Get_contents().slice(0, 3), lists.slice(0, 3));
  });
  t.notThrows(() => fc.assert(same, runs));
});

test('basic elements in any number of packed bytes', (t) => {
  const same = fc.property(datatypes, fc.nat(60), ({ type, model: of }, elements) => {
    const status = new MPI.Status();
    if (of.map.length === 0) return;
    status.Set_elements(type, elements);
    const whole = Math.floor(elements / of.map.length);
    const rest = of.map.slice(0, elements % of.map.length).reduce((sum, { bytes }) => sum + bytes, 0);
    t.is(status.count, whole * model.size(of) + rest);
    t.is(status.Get_elements(type), elements);
    t.is(status.Get_count(type), elements % of.map.length === 0 ? whole : MPI.UNDEFINED);
  });
  t.notThrows(() => fc.assert(same, runs));
});
