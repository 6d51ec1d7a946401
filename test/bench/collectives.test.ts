/** Validation of the collective works: a right result passes, and any element that is not right is found. */
import { serialize } from 'node:v8';
import test from 'ava';
import fc from 'fast-check';
import { type CollectiveWork, collectiveWorks, reductions } from '../../bench/contract.js';
import { prepareBlocks } from '../../bench/jobs/blocks.js';
import { type Bytes, type Shape, shapes } from '../../bench/jobs/collectives.js';
import { itemOf } from '../../bench/jobs/objects.js';
import { Pattern } from '../../bench/jobs/pattern.js';

const LENGTH = 12;

/** The ranks' buffers of one round, in which a test does what MPI would do. */
function round(work: CollectiveWork, ranks: number, turn: number) {
  const shape = shapes[work];
  const create = (all: boolean): Bytes => {
    const length = all ? ranks * LENGTH : LENGTH;
    return reductions.includes(work) ? new Float32Array(length) : new Uint8Array(length);
  };
  const pattern = new Pattern(LENGTH * 4);
  return Array.from({ length: ranks }, (_, rank) => {
    const send = create(shape.sendsAll);
    const recv = work === 'bcast' ? send : create(shape.receivesAll);
    const verify = prepareBlocks({ shape, rank, ranks }, turn, send, recv, pattern);
    return { send, recv, verify };
  });
}

type Part = ReturnType<typeof round>[number];

const blockOf = ({ send }: Part, { sendsAll }: Shape, dest: number): Bytes =>
  sendsAll ? send.subarray(dest * LENGTH, (dest + 1) * LENGTH) : send;

/** Does what the standard says of the collective. */
function carryOut(work: CollectiveWork, parts: readonly Part[], turn: number): void {
  const shape = shapes[work];
  const root = turn % parts.length;
  for (const [rank, { recv }] of parts.entries()) {
    if (shape.atRoot && rank !== root) continue;
    if (shape.source === 'root') {
      recv.set(blockOf(parts[root], shape, rank));
      continue;
    }
    if (shape.source === 'each') {
      for (const [from, part] of parts.entries()) recv.set(blockOf(part, shape, rank), from * LENGTH);
      continue;
    }
    const those = parts.filter((_, i) => shape.source === 'all' || (turn % 2 === 0 ? i <= rank : i >= rank));
    recv.fill(0);
    for (const part of those)
      for (const [at, value] of blockOf(part, shape, rank).entries()) recv[at] += value;
  }
}

const rankAndTurn = fc.record({ ranks: fc.integer({ min: 2, max: 9 }), turn: fc.nat(100) });

for (const work of collectiveWorks) {
  test(`${work}: what MPI says is right`, (t) => {
    fc.assert(
      fc.property(rankAndTurn, ({ ranks, turn }) => {
        const parts = round(work, ranks, turn);
        carryOut(work, parts, turn);
        t.deepEqual(new Set(parts.map(({ verify }) => verify())), new Set([undefined]));
      }),
      { numRuns: 50 },
    );
  });

  test(`${work}: any one element that is wrong is found, and named`, (t) => {
    const spoiled = fc.record({
      place: rankAndTurn,
      at: fc.nat(10_000),
      by: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(spoiled, ({ place: { ranks, turn }, at, by }) => {
        const parts = round(work, ranks, turn);
        carryOut(work, parts, turn);
        const rank = shapes[work].atRoot ? turn % ranks : at % ranks;
        const { recv, verify } = parts[rank];
        recv[at % recv.length] += by;
        const where = `rank ${rank}, round ${turn}, block ${Math.floor((at % recv.length) / LENGTH)}`;
        t.is(verify()?.split(':')[0], where);
        t.true(verify()?.includes(`element ${at % LENGTH} of ${LENGTH} is`));
      }),
      { numRuns: 50 },
    );
  });

  test(`${work}: a call that does nothing, and one that repeats the round before, are found`, (t) => {
    for (const ranks of [2, 3, 4, 8])
      for (const turn of [0, 1, 2, 7]) {
        const wrong = round(work, ranks, turn).filter(({ verify }) => verify() !== undefined);
        // The root of a bcast has what it gives.
        t.is(wrong.length, shapes[work].atRoot ? 1 : work === 'bcast' ? ranks - 1 : ranks);
        const before = round(work, ranks, turn);
        carryOut(work, before, turn);
        const after = round(work, ranks, turn + 1);
        for (const [rank, { recv }] of after.entries()) recv.set(before[rank].recv);
        for (const [rank, { verify }] of after.entries())
          t.is(verify() === undefined, shapes[work].atRoot && rank !== (turn + 1) % ranks);
      }
  });
}

test('an item takes about as many bytes as it should', (t) => {
  for (const size of [64, 256, 1024, 65_536])
    t.true(Math.abs(serialize(itemOf(size, 3)).length - size) <= 32, `${size}`);
  t.is(itemOf(0, 3).name, '');
  t.notDeepEqual(itemOf(100, 1), itemOf(100, 2));
});
