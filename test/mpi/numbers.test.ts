/** How the numbers of communicators are given and come back. */
import test from 'ava';
import fc from 'fast-check';
import { communicatorsMax } from '../../src/base/limits.js';
import { Numbers } from '../../src/mpi/comm/numbers.js';

test('leaders never choose the same number, nor that of COMM_WORLD or COMM_SELF', (t) => {
  const size = 3;
  const leaders = [0, 1, 2].map((rank) => new Numbers(rank, size, 30));
  const seen = leaders.flatMap((leader) => Array.from({ length: 8 }, () => leader.take()));
  t.is(new Set(seen).size, 24);
  t.true(seen.every((number) => number > 1 && number < 30));
});

test('numbers come back in turn, and only those that were given back', (t) => {
  const leader = new Numbers(0, 1, 10);
  const all = Array.from({ length: 8 }, () => leader.take());
  t.deepEqual(all, [2, 3, 4, 5, 6, 7, 8, 9]);
  t.is(leader.take(), -1);
  leader.give(7);
  leader.give(4);
  t.is(leader.take(), 4);
  t.is(leader.take(), 7);
  t.is(leader.take(), -1);
  t.is(leader.count, 8);
});

test('a number that nobody used is the next again', (t) => {
  const leader = new Numbers(1, 2, 100);
  for (let i = 0; i < 200; i++) {
    const number = leader.take();
    t.is(number, 5);
    leader.giveUnused(number);
  }
  leader.giveUnused(-1);
  t.is(leader.take(), 5);
  t.is(leader.take(), 7);
});

test('a number that is still in use here is not joined', (t) => {
  const member = new Numbers(1, 2);
  t.true(member.join(4));
  t.false(member.join(4));
  member.give(4);
  t.true(member.join(4));
});

test('a job of any size: the contexts of all numbers are 32-bit words, none of them the last', (t) => {
  t.true(communicatorsMax * 4 <= 2 ** 32 - 4);
});

test('random takes and gives: no number is given twice', (t) => {
  const steps = fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 200 });
  const property = fc.property(fc.integer({ min: 1, max: 4 }), steps, (size, script) => {
    const leader = new Numbers(size - 1, size, 12 * size);
    const live: number[] = [];
    for (const step of script) {
      if (step === undefined) {
        const number = leader.take();
        if (live.length === 10) t.is(number, -1);
        else {
          t.false(live.includes(number));
          t.is(number % size, size - 1);
          live.push(number);
        }
      } else if (live.length > 0) leader.give(live.splice(step % live.length, 1)[0]);
    }
  });
  fc.assert(property);
});
