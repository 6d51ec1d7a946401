/** Validation finds every wrong byte, and messages that are stale or not where they belong. */
import test from 'ava';
import fc from 'fast-check';
import { messageWorks, WINDOW } from '../../bench/contract.js';
import { prepare } from '../../bench/jobs/checker.js';
import { Pattern } from '../../bench/jobs/pattern.js';
import { bytePool, countOf } from '../../bench/jobs/pool.js';
import { roleOf } from '../../bench/jobs/rounds.js';

const pattern = new Pattern(4096);

/** A round of `bandwidth` whose messages a test carries itself, and may spoil on the way. */
function carried(spoil: (messages: Uint8Array[]) => void, rounds = 1): (string | undefined)[] {
  const [send, recv] = [bytePool(100, WINDOW), bytePool(100, 2 * WINDOW)];
  return Array.from({ length: rounds }, (_, round) => {
    prepare(roleOf('bandwidth', 0, 2), 0, round, send, bytePool(100, 0), pattern);
    const verify = prepare(roleOf('bandwidth', 1, 2), 1, round, bytePool(100, 0), recv, pattern);
    const messages = Array.from({ length: WINDOW }, () => send.next().slice());
    if (round === rounds - 1) spoil(messages);
    for (const message of messages) recv.next().set(message);
    return verify();
  });
}

test('right messages pass, round after round', (t) => {
  t.deepEqual(
    carried(() => {}, 5),
    [undefined, undefined, undefined, undefined, undefined],
  );
});

test('any wrong byte of any message is found and named', (t) => {
  const byte = fc.record({
    message: fc.nat(WINDOW - 1),
    at: fc.nat(99),
    change: fc.integer({ min: 1, max: 255 }),
  });
  fc.assert(
    fc.property(byte, ({ message, at, change }) => {
      const [wrong] = carried((messages) => {
        messages[message][at] ^= change;
      });
      t.regex(
        wrong ?? '',
        new RegExp(`^rank 1, round 0, message ${message} from rank 0: byte ${at} of 100 is`),
      );
    }),
    { numRuns: 50 },
  );
});

test('two messages that changed places are found', (t) => {
  const [wrong] = carried((messages) => {
    [messages[3], messages[4]] = [messages[4], messages[3]];
  });
  t.regex(wrong ?? '', /message 3 from rank 0/);
});

test('a message of the round before is found', (t) => {
  let before: Uint8Array[] = [];
  carried((messages) => {
    before = messages;
  });
  const [, wrong] = carried((messages) => {
    messages[10] = before[10];
  }, 2);
  t.regex(wrong ?? '', /round 1, message 10/);
});

test('a message that is off by one byte is found', (t) => {
  const buffer = new Uint8Array(64);
  pattern.fill(buffer, 7);
  t.is(pattern.check(buffer, 7), undefined);
  buffer.copyWithin(1, 0);
  t.regex(pattern.check(buffer, 7) ?? '', /byte \d+ of 64 is/);
});

test('each work sends as much as it receives', (t) => {
  for (const work of messageWorks) {
    const roles = Array.from({ length: 4 }, (_, rank) => roleOf(work, rank, 4));
    const sum = (of: (role: (typeof roles)[0]) => number) =>
      roles.reduce((total, role) => total + of(role), 0);
    const forwarded = work === 'ring' ? 3 : 0;
    t.is(
      sum((role) => role.receives),
      sum((role) => role.sends) + forwarded,
      work,
    );
    for (const { receives, source } of roles) if (receives > 0) t.true(roles[source].sends > 0, work);
  }
});

test('buffers are used in turn', (t) => {
  const pool = bytePool(8, 3);
  const first = [pool.next(), pool.next(), pool.next()];
  t.is(new Set(first).size, 3);
  t.deepEqual([pool.next(), pool.next()], first.slice(0, 2));
  t.is(pool.upcoming(4)[0], first[2]);
  t.is(pool.upcoming(4)[1], first[0]);
});

test('rotate has 64 MiB of buffers, at least 2, in lines of their own', (t) => {
  const many = 1e9;
  t.is(countOf('reuse', 8, many), 1);
  t.is(countOf('reuse', 8, 0), 0);
  t.is(countOf('rotate', 8, many), 2 ** 20);
  t.is(countOf('rotate', 65, many), 2 ** 19);
  t.is(countOf('rotate', 4 * 1024 ** 2, many), 16);
  t.is(countOf('rotate', 1024 ** 3, many), 2);
  t.is(countOf('rotate', 8, 30), 30, 'no more than there are messages');
  const pool = bytePool(8, 2);
  t.is(pool.next().byteOffset % 64, 0);
  t.is(pool.next().byteOffset, 64);
  const large = bytePool(4096, 2);
  t.not(large.next().buffer, large.next().buffer);
});
