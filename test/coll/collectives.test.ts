/** Every algorithm × ranks × roots × sizes × operations, on real threads, against a serial model. */
import test from 'ava';
import fc from 'fast-check';
import { algorithms } from '../../src/coll/algorithms.js';
import { type Case, hostsNamed, type Operation } from './support/cases.js';
import { Ranks } from './support/ranks.js';

const seed = 20240229;
const matrices: Operation = { op: 'matrices', grain: 16 };
const wholeMatrices: Operation = { op: 'matrices', grain: 0 };
const positions: Operation = { op: 'positions' };
const sums: Operation = { op: 'SUM', kind: 'float64' };
const operations: Operation[] = [
  sums,
  { op: 'MAX', kind: 'int8' },
  { op: 'PROD', kind: 'uint16' },
  { op: 'BXOR', kind: 'byte' },
  { op: 'MIN', kind: 'int64' },
  { op: 'LAND', kind: 'bool' },
];

function sizes(ranks: number): number[] {
  return [0, 1, 3, ranks, 8 * ranks + 5];
}

/** All roots up to 5 ranks; above, those that differ in kind, and all on request. */
function roots(ranks: number): number[] {
  if (ranks <= 5 || process.env.MPI4TS_TEST_ALL) return [...Array(ranks).keys()];
  return [0, 1, ranks - 1];
}

function rootedCases(ranks: number): Case[] {
  const cases: Case[] = [];
  const add = (
    collective: Case['collective'],
    root: number,
    count: number,
    more: Partial<Case> = {},
  ): void => {
    const names = Object.keys(algorithms[collective as 'bcast'] ?? { default: {} });
    for (const name of names) {
      const algorithm = name === 'default' ? undefined : name;
      const synchronous = cases.length % 2 === 0;
      cases.push({ collective, algorithm, root, count, seed: seed + cases.length, synchronous, ...more });
    }
  };
  for (const root of roots(ranks)) {
    for (const count of sizes(ranks)) {
      add('bcast', root, count);
      for (const inPlace of [false, true]) {
        add('gather', root, count, { inPlace });
        add('scatter', root, count, { inPlace });
        add('gatherv', root, count, { inPlace });
        add('scatterv', root, count, { inPlace });
        add('reduce', root, count, { inPlace, operation: sums });
        add('reduce', root, count, { inPlace, operation: matrices });
      }
    }
    cases.push({ collective: 'barrier', root: 0, count: 0, seed });
  }
  return cases;
}

/** All from all; every algorithm. */
function exchangeCases(ranks: number): Case[] {
  const cases: Case[] = [];
  for (const count of sizes(ranks)) {
    for (const collective of ['allgather', 'allgatherv', 'alltoall', 'alltoallv'] as const) {
      for (const algorithm of Object.keys(algorithms[collective])) {
        for (const inPlace of [false, true]) {
          const synchronous = cases.length % 2 === 0;
          const more = { inPlace, synchronous, seed: seed + cases.length };
          cases.push({ collective, algorithm, root: 0, count, ...more });
        }
      }
    }
    for (const collective of ['neighbours', 'objects'] as const) {
      for (const synchronous of [false, true]) {
        cases.push({ collective, root: count % ranks, count, synchronous, seed: seed + cases.length });
      }
    }
  }
  return cases;
}

/** Scans and reduce-scatters. */
function scanCases(ranks: number): Case[] {
  const cases: Case[] = [];
  for (const collective of ['scan', 'exscan', 'reduce_scatter'] as const) {
    for (const algorithm of Object.keys(algorithms[collective])) {
      for (const count of sizes(ranks)) {
        for (const operation of [sums, matrices, wholeMatrices]) {
          const inPlace = cases.length % 3 === 0;
          const synchronous = cases.length % 2 === 0;
          const shift = cases.length % 5 === 0 ? 1 : 0;
          const more = { operation, inPlace, shift, synchronous, seed: seed + cases.length };
          cases.push({ collective, algorithm, root: 0, count, ...more });
        }
      }
    }
  }
  return cases;
}

function allreduceCases(ranks: number): Case[] {
  const cases: Case[] = [];
  for (const algorithm of Object.keys(algorithms.allreduce)) {
    for (const count of sizes(ranks)) {
      for (const operation of [...operations, matrices, wholeMatrices]) {
        const inPlace = cases.length % 3 === 0;
        const shift = cases.length % 5 === 0 ? 1 : 0;
        const synchronous = cases.length % 2 === 0;
        const more = { operation, inPlace, shift, synchronous, seed: seed + cases.length };
        cases.push({ collective: 'allreduce', algorithm, root: 0, count, ...more });
      }
    }
  }
  return cases;
}

/** Long enough for every row of the selection table, chosen by the table. */
function longCases(ranks: number): Case[] {
  const cases: Case[] = [];
  for (const count of [5_001, 20_001, 150_001]) {
    const root = count % ranks;
    for (const collective of ['bcast', 'gather', 'scatter'] as const) {
      const perRank = collective === 'bcast' ? count : Math.ceil(count / ranks);
      cases.push({ collective, root, count: perRank, seed: seed + count });
    }
    for (const operation of [sums, matrices, wholeMatrices]) {
      const short = Math.ceil(count / 16);
      cases.push({ collective: 'allreduce', root, count: short, operation, seed: seed + count });
      cases.push({ collective: 'reduce', root, count: short, operation, seed: seed + count });
    }
    for (const algorithm of Object.keys(algorithms.allreduce)) {
      cases.push({ collective: 'allreduce', algorithm, root, count: 2_500, operation: sums, seed });
    }
    for (const algorithm of Object.keys(algorithms.bcast)) {
      cases.push({ collective: 'bcast', algorithm, root, count, seed });
    }
  }
  return cases;
}

for (let ranks = 1; ranks <= 9; ranks++) {
  test.serial(`every algorithm, root and size on ${ranks} ranks`, async (t) => {
    const job = new Ranks(ranks, seed);
    t.teardown(() => job.end());
    t.deepEqual(await job.run(rootedCases(ranks)), []);
    t.deepEqual(await job.run(exchangeCases(ranks)), []);
    t.deepEqual(await job.run(allreduceCases(ranks)), []);
    t.deepEqual(await job.run(scanCases(ranks)), []);
    t.deepEqual(await job.run(longCases(ranks)), []);
  });
}

function anyCase(ranks: number): fc.Arbitrary<Case> {
  const collective = fc.constantFrom(
    ...(Object.keys(algorithms) as (keyof typeof algorithms)[]),
    ...(['gatherv', 'scatterv', 'neighbours', 'objects'] as const),
  );
  const names = fc.array(fc.nat(2), { minLength: ranks, maxLength: ranks });
  return collective.chain((name) =>
    fc.record({
      collective: fc.constant(name),
      algorithm: fc.constantFrom(undefined, ...Object.keys(algorithms[name as 'bcast'] ?? {})),
      hosts: fc.option(names.map(hostsNamed), { nil: undefined }),
      root: fc.nat(ranks - 1),
      count: fc.oneof(fc.nat(40), fc.nat(3000)),
      operation: fc.constantFrom(...operations, matrices, wholeMatrices, positions),
      inPlace: fc.boolean(),
      shift: fc.nat(8),
      seed: fc.integer(),
      synchronous: fc.boolean(),
    }),
  );
}

for (const ranks of [2, 3, 4, 6, 7]) {
  test.serial(`any sequence of collectives on ${ranks} ranks`, async (t) => {
    const job = new Ranks(ranks, seed);
    t.teardown(() => job.end());
    const sequences = fc.array(anyCase(ranks), { minLength: 1, maxLength: 12 });
    // A failed run may leave messages behind that would fail the smaller ones too: no shrinking.
    const property = fc.asyncProperty(fc.noShrink(sequences), async (cases) => {
      const failures = await job.run(cases);
      if (failures.length > 0) throw new Error(failures.join('\n'));
    });
    await t.notThrowsAsync(fc.assert(property, { numRuns: 25, seed }));
  });
}
