/** Wakeup, startup and memory on tiny inputs: what they print, never how fast it was. */
import test from 'ava';
import { columns, digits, table } from '../../bench/single/report.js';
import { launch, mpi4tsPath } from '../support/launch.js';

const bench = (line: string, env: Record<string, string> = {}) =>
  launch(['bench', ...line.split(' ')], { script: mpi4tsPath, env, timeoutMs: 240_000 });

test.beforeEach((t) => t.timeout(300_000));

interface Estimate {
  readonly median: number;
  readonly interval: { low: number; high: number } | null;
}

const positive = (values: readonly number[]) => values.every((value) => value > 0 && Number.isFinite(value));

test('columns are as wide as their widest cell', (t) => {
  const text = table([
    ['# a', 'value'],
    ['longer', '1'],
  ]);
  t.is(text, '# a     value\nlonger      1\n');
});

test('an estimate without an interval says so', (t) => {
  t.deepEqual(columns({ median: 2048, interval: null }, 1024), ['2.00', '-', '-']);
  const interval = { low: 1, high: 300, ranks: [1, 6], confidence: 0.96 } as const;
  t.deepEqual(columns({ median: 20, interval }), ['20.0', '1.00', '300']);
  t.is(digits(-0.0123), '-0.012');
  t.is(digits(Number.POSITIVE_INFINITY), 'Infinity');
});

for (const addon of ['', ' --no-native'])
  test.serial(`wakeup${addon}`, async (t) => {
    const { code, stdout, stderr } = await bench(`wakeup --iterations 7 --blocks 1 --json${addon}`);
    t.is(code, 0, stderr);
    const { samples, summary, options } = JSON.parse(stdout);
    t.is(options.native, addon === '');
    t.is(samples.latencyUs.length, 7);
    t.true(positive(samples.latencyUs), String(samples.latencyUs));
    t.is(samples.cpuPercent.length, 1);
    // Of one core; the process has several threads.
    t.true(samples.cpuPercent[0] >= 0 && samples.cpuPercent[0] < 100 * 64);
    const { median, interval } = summary.latencyUs as Estimate;
    t.true(interval !== null && interval.low <= median && median <= interval.high);
    t.is(summary.cpuPercent.interval, null);
  });

test.serial('wakeup prints a table', async (t) => {
  const { code, stdout, stderr } = await bench('wakeup --iterations 2 --blocks 1');
  t.is(code, 0, stderr);
  t.regex(stdout, /^# mpi4ts wakeup\n# Blocked Recv .*\nWake-up latency \(us\) +[\d.]+ +- +- +2\nCPU /);
});

test.serial('startup names everybody, and who is missing', async (t) => {
  const { code, stdout, stderr } = await bench('startup --ranks 2 --blocks 1 --json');
  t.is(code, 0, stderr);
  const { rows, missing, reference } = JSON.parse(stdout);
  const names = rows.map(({ name }: { name: string }) => name);
  const ours = ['mpirun -n 2, JavaScript', 'mpirun -n 2, TypeScript', 'node -e 0'];
  t.deepEqual(names.slice(0, 3), ours);
  t.is(names.length + missing.length, 4);
  t.is(reference, names[names.length - 1]);
  for (const { milliseconds, ratio } of rows) {
    t.is(milliseconds.length, 1);
    t.true(positive([...milliseconds, ratio.median]));
  }
  t.is(rows[rows.length - 1].ratio.median, 1);
});

test.serial('startup without Open MPI says so and goes on', async (t) => {
  const { code, stdout, stderr } = await bench('startup --ranks 1 --blocks 1', { PATH: '/nonexistent' });
  t.is(code, 0, stderr);
  t.regex(stdout, /# ratio to: node -e 0\n# missing: mpirun\.openmpi is not installed/);
});

test.serial('memory of a rank and of a message', async (t) => {
  const { code, stdout, stderr } = await bench('memory --ranks 5 --blocks 1 --iterations 500 --json');
  t.is(code, 0, stderr);
  const { atRest, steady, ranks } = JSON.parse(stdout);
  t.is(ranks, 5);
  t.true(positive([atRest.rank.median, atRest.worker.median]));
  t.is(atRest.difference.median, atRest.rank.median - atRest.worker.median);
  t.deepEqual(
    steady.map(({ way, rank }: { way: string; rank: number }) => `${way} ${rank}`),
    ['Send and Recv 0', 'Send and Recv 1', 'persistent requests 0', 'persistent requests 1'],
  );
  for (const { messages, bytesAllocated, collections } of steady) {
    t.is(messages, 500);
    t.true(bytesAllocated >= 0 && Number.isFinite(bytesAllocated));
    t.true(Number.isInteger(collections) && collections >= 0);
  }
});

test.serial('memory prints its tables', async (t) => {
  const { code, stdout, stderr } = await bench('memory --ranks 2 --blocks 1 --iterations 10');
  t.is(code, 0, stderr);
  t.regex(stdout, /^# mpi4ts memory\n# At rest, 2 ranks +MiB .*\nA rank that talked to all +[\d.]+ +- +-\n/);
  t.regex(stdout, /\npersistent requests +1 +10 +[\d.]+ +\d+\n$/);
});

test.serial('what cannot be done is one line', async (t) => {
  for (const [line, words] of [
    ['memory --ranks 1', /^mpi4ts bench: --ranks 1: .*give at least 2\n$/],
    ['wakeup --plot x.svg', /^mpi4ts bench: --plot: wakeup has no curve.*\n$/],
  ] as const) {
    const { code, stdout, stderr } = await bench(line);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, words);
  }
});
