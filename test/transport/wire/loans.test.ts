/** What is lent to the kernel is the sender's again when every call is returned, in whatever order they are. */
import test from 'ava';
import { lentBytesMax } from '../../../src/base/limits.js';
import type { Bulk } from '../../../src/transport/ring/remote.js';
import { Loans } from '../../../src/transport/wire/loans.js';
import type { Sockets } from '../../../src/transport/wire/sockets.js';

/** A kernel that takes what it is told to, and returns what the test has it return. */
function borrower() {
  const takes: number[] = [];
  const returned: [number, number][] = [];
  const log: string[] = [];
  const sockets = {
    socketLend: (_socket: number, _hold: number, _offset: number, bytes: number) =>
      Math.min(bytes, takes.shift() ?? bytes),
    socketReturned: (_socket: number, ranges: Uint32Array) => {
      const now = returned.splice(0, ranges.length >> 1);
      now.forEach((range, i) => {
        ranges.set(range, 2 * i);
      });
      return now.length;
    },
  } as unknown as Sockets;
  const bulk = (name: string, bytes: number): Bulk => {
    return { hold: 1, byteOffset: 0, bytes, sent: () => log.push(name) };
  };
  const loans = new Loans(sockets, 1, () => log.push('lent'));
  /** Lends all of it. Returns in how many calls. */
  const lend = (what: Bulk) => {
    let calls = 0;
    for (let done = 0; done < what.bytes; calls++) done += loans.lend(what, done);
    loans.finish(what);
    return calls;
  };
  return { takes, returned, log, loans, bulk, lend };
}

test('a payload is sent when the last of its calls is returned, and not before', (t) => {
  const { loans, log, returned, bulk, lend } = borrower();
  t.is(lend(bulk('a', 3 * lentBytesMax)), 3);
  t.is(lend(bulk('b', lentBytesMax + 1)), 2);
  t.deepEqual(log, ['lent', 'lent']);
  for (const [range, sent] of [
    [[1, 1], []],
    [[3, 4], ['b']],
    [[2, 2], ['b']],
    [
      [0, 0],
      ['b', 'a'],
    ],
  ] as const) {
    returned.push([range[0], range[1]]);
    t.is(loans.takeBack(), 1);
    t.deepEqual(log.slice(2), sent);
  }
  t.false(loans.open);
});

test('one range may return the calls of several payloads', (t) => {
  const { loans, log, returned, bulk, lend } = borrower();
  for (const name of 'abc') lend(bulk(name, 2 * lentBytesMax));
  returned.push([1, 4], [0, 0]);
  t.is(loans.takeBack(), 2);
  t.deepEqual(log.slice(3), ['a', 'b']);
  returned.push([5, 5]);
  loans.takeBack();
  t.deepEqual(log.slice(5), ['c']);
});

test('a payload that is still leaving is not sent, although all that was lent is returned', (t) => {
  const { loans, log, returned, takes, bulk } = borrower();
  const a = bulk('a', 1000);
  takes.push(400);
  t.is(loans.lend(a, 0), 400);
  returned.push([0, 0]);
  loans.takeBack();
  t.true(loans.open);
  t.is(loans.lend(a, 400), 600);
  loans.finish(a);
  t.deepEqual(log, ['lent']);
  returned.push([1, 1]);
  loans.takeBack();
  t.deepEqual(log, ['lent', 'a']);
});

test('what the kernel refuses counts for nothing, and what it never borrowed is sent at once', (t) => {
  const { loans, log, returned, takes, bulk } = borrower();
  takes.push(-105, 0);
  const a = bulk('a', 1000);
  t.is(loans.lend(a, 0), -105);
  t.is(loans.lend(a, 0), 0);
  t.false(loans.open);
  loans.finish(a);
  t.deepEqual(log, ['a']);
  const b = bulk('b', 1000);
  loans.lend(b, 0);
  loans.finish(b);
  returned.push([0, 0]);
  loans.takeBack();
  t.deepEqual(log, ['a', 'lent', 'b']);
});

test('at the end of the connection all is sent that has left whole', (t) => {
  const { loans, log, takes, bulk, lend } = borrower();
  lend(bulk('a', 1000));
  takes.push(400);
  loans.lend(bulk('b', 1000), 0);
  loans.end();
  t.deepEqual(log, ['lent', 'lent', 'a']);
  t.false(loans.open);
});
