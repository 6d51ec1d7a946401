/** The rule by which a job is deadlocked, and the causes that are told. */
import test from 'ava';
import { causesOf } from '../../launcher/deadlock/causes.js';
import { describeDeadlock } from '../../launcher/deadlock/describe.js';
import { isStill, signatureOf } from '../../launcher/deadlock/judge.js';
import { listRanks } from '../../launcher/deadlock/ranks.js';
import { type BlockedRank, type Deadlock, DeadlockWatch } from '../../launcher/deadlock/watch.js';
import type { Look, Want } from '../../src/bootstrap/stall.js';

const recv = (peer: number, tag = 0): Want => ({ kind: 'recv', peer, tag, context: 0 });
const send = (peer: number, tag = 0, context = 0): Want => ({ kind: 'send', peer, tag, context });

function blocked(rank: number, wants: Want[], more: Partial<BlockedRank> = {}): BlockedRank {
  return { rank, call: `call ${rank}`, comm: 'WORLD', wants, any: false, ...more };
}

function look(rank: number, traffic: [peer: number, sent: number, taken: number, over?: boolean][]): Look {
  return {
    rank,
    stamp: `${rank}`,
    stall: blocked(rank, [recv(1 - rank)]),
    traffic: traffic.map(([peer, sent, taken, over = false]) => ({ peer, sent, taken, over })),
  };
}

test('lines on their way between two ranks keep a job from being still', (t) => {
  t.true(isStill([look(0, [[1, 5, 3]]), look(1, [[0, 3, 5]])]));
  t.false(isStill([look(0, [[1, 5, 3]]), look(1, [[0, 3, 4]])]));
  t.false(isStill([look(0, [[1, 5, 3]]), look(1, [[0, 4, 5]])]));
  // One of them knows nothing of the other.
  t.false(isStill([look(0, [[1, 5, 3]]), look(1, [])]));
  t.true(isStill([look(0, []), look(1, [])]), 'they share memory');
});

test('of a rank that has ended, those with other memory must know', (t) => {
  t.false(isStill([look(0, [[1, 5, 3]])]));
  t.true(isStill([look(0, [[1, 5, 3, true]])]));
  const left: Look = { rank: 1, stamp: 'left', traffic: [] };
  t.false(isStill([look(0, [[1, 5, 3]]), left]));
  t.true(isStill([look(0, [[1, 5, 3, true]]), left]));
  t.false(isStill([left]), 'nobody is blocked');
  t.false(isStill([]));
});

test('a signature is of all ranks and their stamps, in any order', (t) => {
  const [one, other] = [look(0, []), look(1, [])];
  t.is(signatureOf([one, other]), signatureOf([other, one]));
  t.not(signatureOf([one, other]), signatureOf([one, { ...other, stamp: '2.7' }]));
  t.not(signatureOf([one, other]), signatureOf([one]));
});

test('a deadlock is told once, after rounds that find the same', async (t) => {
  t.timeout(60_000);
  const both = [look(0, []), look(1, [])];
  const moved = [look(0, []), { ...look(1, []), stamp: 'later' }];
  // By round: equal ones are interrupted by work, and by another stamp.
  const rounds = [both, both, undefined, both, both, moved, moved, moved, moved, undefined];
  const told: [round: number, Deadlock][] = [];
  let round = 0;
  await new Promise<void>((resolve) => {
    const watch = new DeadlockWatch(
      () => {
        if (round < rounds.length) return rounds[round++];
        watch.stop();
        resolve();
        return undefined;
      },
      (deadlock) => told.push([round, deadlock]),
    );
    const alive = setInterval(() => {
      if (round === rounds.length) clearInterval(alive);
    }, 100);
    t.teardown(() => clearInterval(alive));
  });
  t.deepEqual(
    told.map(([at]) => at),
    [8],
  );
  t.deepEqual(
    told[0][1].blocked.map(({ rank }) => rank),
    [0, 1],
  );
});

test('cycles are told once, from their lowest rank on', (t) => {
  const ranks = [3, 2, 4, 1, 0, 0].map((peer, rank) => blocked(rank, [recv(peer)]));
  t.deepEqual(causesOf({ blocked: ranks, finalized: [] }), [
    'rank 0 waits for 3, which waits for 1, which waits for 2, which waits for 4, which waits for 0',
  ]);
  const pairs = [1, 0, 3, 2, 4].map((peer, rank) => blocked(rank, [send(peer)]));
  t.deepEqual(causesOf({ blocked: pairs, finalized: [] }), [
    'rank 0 waits for 1, which waits for 0',
    'rank 2 waits for 3, which waits for 2',
    'rank 4 waits for itself',
  ]);
  const long = Array.from({ length: 100 }, (_, rank) => blocked(rank, [recv((rank + 1) % 100)]));
  const [cause] = causesOf({ blocked: long, finalized: [] });
  t.regex(cause, /^rank 0 waits for 1, .*, and so on through 0-99, which waits for 0$/);
});

test('partners that are gone, and anybody', (t) => {
  const deadlock = {
    blocked: [
      blocked(0, [recv(3)]),
      blocked(1, [send(4)]),
      blocked(2, [send(4)]),
      blocked(5, [recv(-1)]),
      blocked(6, [recv(0), recv(1)], { any: true }),
    ],
    finalized: [4],
  };
  t.deepEqual(causesOf(deadlock), [
    'rank 0 waits for 3, which has ended',
    'ranks 1, 2 wait for 4, which has finalized',
    'ranks 5, 6 wait for any of several messages, and nobody is left who could help',
  ]);
});

test('near misses name tags and communicators', (t) => {
  const deadlock = {
    blocked: [
      blocked(0, [recv(1, 7)], { unreceived: [{ source: 1, tag: 9, context: 0 }] }),
      blocked(1, [send(0, 8)]),
      blocked(2, [recv(3, 1)]),
      blocked(3, [send(2, 1, 4)], { comm: 'OTHER' }),
    ],
    finalized: [],
  };
  t.deepEqual(causesOf(deadlock).slice(2), [
    'rank 1 sends to 0 with tag 8, where 0 receives tag 7',
    'a message from 1 with tag 9 has come to 0, which receives tag 7',
    'rank 3 sends to 2 on OTHER, where 2 receives on WORLD',
  ]);
});

test('a report has a line for those that wait for the same', (t) => {
  const barrier = {
    call: 'Barrier on WORLD',
    at: 'job.ts:3:1',
    collective: { name: 'Barrier', members: [0, 1, 2, 3] },
  };
  const text = describeDeadlock({
    blocked: [0, 2, 3].map((rank) => blocked(rank, [recv(1)], barrier)),
    finalized: [1],
  });
  t.deepEqual(text.split('\n'), [
    'deadlock: every rank is blocked, and nothing is under way',
    '  ranks 0, 2, 3: Barrier on WORLD at job.ts:3:1',
    '  finalized: rank 1',
    'Barrier on WORLD: ranks 0, 2, 3 are in it, rank 1 is not (it has finalized)',
    'ranks 0, 2, 3 wait for 1, which has finalized',
  ]);
  t.is(listRanks([0, 2, 3, 4, 7]), '0, 2-4, 7');
});
