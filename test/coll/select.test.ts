import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import fc from 'fast-check';
import { algorithms, type Collective } from '../../src/coll/algorithms.js';
import { Blocks, powerBelow } from '../../src/coll/blocks.js';
import { predefinedReducer, userReducer } from '../../src/coll/index.js';
import { memory, network } from '../../src/coll/model.js';
import { readOverride, select, selectionTable } from '../../src/coll/select.js';
import { multiplyMatrices } from './support/model.js';

const sum = predefinedReducer('SUM', 'float64');
const whole = userReducer(() => {}, { commute: true, array: Int32Array, datatype: null });
const ordered = userReducer(multiplyMatrices, {
  commute: false,
  array: Int32Array,
  datatype: null,
  grain: 16,
});

test('short and long messages get different algorithms', (t) => {
  t.is(select('bcast', memory, 8, 8), 'binomial');
  t.not(select('bcast', memory, 2 ** 20, 8), 'binomial');
  t.is(select('bcast', memory, 2 ** 20, 2), 'binomial');
  t.is(select('gather', memory, 2 ** 16, 4), 'linear');
  t.is(select('allgather', network, 8, 16), 'recursive-doubling');
  t.is(select('allgather', network, 8, 15), 'bruck');
  t.is(select('alltoall', network, 1, 64), 'bruck');
  t.is(select('reduce', memory, 2 ** 20, 8, sum), 'rabenseifner');
  t.is(select('allreduce', memory, 8, 8, sum), 'recursive-doubling');
  t.is(select('allreduce', memory, 2 ** 20, 8, sum), 'rabenseifner');
  t.is(select('allreduce', memory, 2 ** 20, 6, sum), 'ring');
});

test('every call finds an algorithm that serves it, of any length', (t) => {
  for (const collective of Object.keys(algorithms) as Collective[]) {
    for (const ranks of [1, 2, 3, 5, 8, 512]) {
      for (const bytes of [0, 1, 100, 2 ** 20, 2 ** 31, 2 ** 40]) {
        for (const reducer of [sum, whole, ordered]) {
          const name = select(collective, network, bytes, ranks, reducer);
          t.true(name in algorithms[collective], `${collective} ${ranks} ${bytes} ${name}`);
        }
      }
    }
  }
});

test('the table lists what is chosen', (t) => {
  const rows = selectionTable([2, 6]);
  for (const { collective, model, ranks, fromBytes, use } of rows) {
    t.is(select(collective, model === 'memory' ? memory : network, fromBytes, ranks), use as never);
  }
  t.deepEqual(
    new Set(rows.map(({ collective }) => collective)),
    new Set(Object.keys(algorithms) as Collective[]),
  );
});

test('an operation never gets an algorithm that cannot serve it, even by force', (t) => {
  for (const force of [undefined, 'ring', 'rabenseifner', 'recursive-doubling'] as const) {
    for (const ranks of [2, 3, 4, 512]) {
      for (const bytes of [0, 16, 2 ** 30]) {
        t.is(select('allreduce', memory, bytes, ranks, ordered, force), 'recursive-doubling');
        t.is(select('allreduce', memory, bytes, ranks, whole, force), 'recursive-doubling');
        t.is(select('allreduce', memory, bytes, ranks, sum, force ?? 'ring'), force ?? 'ring');
      }
    }
  }
  t.is(select('reduce', memory, 8, 4, ordered), 'ordered');
  t.is(select('reduce', memory, 8, 4, whole), 'binomial');
  t.is(select('reduce', memory, 8, 4, sum, 'ordered'), 'ordered');
  t.is(select('reduce_scatter', memory, 8, 4, whole), 'ordered');
  t.not(select('allgather', memory, 8, 6, undefined, 'recursive-doubling'), 'recursive-doubling');
  t.not(select('allgather', memory, 8, 5, undefined, 'neighbour-exchange'), 'neighbour-exchange');
});

test('the environment names an algorithm or is refused', (t) => {
  for (const collective of Object.keys(algorithms) as Collective[]) {
    const variable = `MPI4TS_COLL_${collective.toUpperCase()}`;
    t.is(readOverride(collective, {}), undefined);
    t.is(readOverride(collective, { [variable]: '' }), undefined);
    for (const name of Object.keys(algorithms[collective])) {
      t.is(readOverride(collective, { [variable]: name }), name);
    }
    const error = t.throws(() => readOverride(collective, { [variable]: 'toString' }), {
      instanceOf: RangeError,
    });
    t.true(error.message.startsWith(`${variable}=toString`));
    for (const name of Object.keys(algorithms[collective])) t.true(error.message.includes(name));
  }
});

test('select obeys the environment of the process', (t) => {
  const module = fileURLToPath(new URL('../../src/coll/select.js', import.meta.url));
  const model = fileURLToPath(new URL('../../src/coll/model.js', import.meta.url));
  const script =
    `import { select } from ${JSON.stringify(module)}; import { memory } from ${JSON.stringify(model)};` +
    `console.log(select('bcast', memory, 8, 2));`;
  const env = { ...process.env, MPI4TS_COLL_BCAST: 'scatter-allgather' };
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
  t.is(child.stdout, 'scatter-allgather\n');
});

test('blocks partition a message at whole grains, evenly', (t) => {
  const inputs = fc.record({
    grains: fc.oneof(fc.nat(20), fc.nat(2 ** 40)),
    parts: fc.integer({ min: 1, max: 512 }),
    grain: fc.constantFrom(1, 2, 4, 8, 16, 24),
  });
  fc.assert(
    fc.property(inputs, ({ grains, parts, grain }) => {
      const blocks = new Blocks(grains * grain, parts, grain);
      t.is(blocks.start(0), 0);
      t.is(blocks.start(parts), grains * grain);
      for (let i = 0; i < parts; i++) {
        const length = blocks.start(i + 1) - blocks.start(i);
        t.true(length === Math.floor(grains / parts) * grain || length === Math.ceil(grains / parts) * grain);
        t.is(blocks.start(i) % grain, 0);
      }
    }),
    { numRuns: 200 },
  );
});

test('powerBelow', (t) => {
  t.deepEqual([1, 2, 3, 4, 5, 7, 8, 9, 512].map(powerBelow), [1, 2, 2, 4, 4, 4, 8, 8, 512]);
});
