/** The local operations do what they are measured at, and are measured. */
import test from 'ava';
import { loadBenchmark } from '../../bench/micro/benchmark.js';
import { operations } from '../../bench/micro/index.js';
import { launch, mpi4tsPath } from '../support/launch.js';

const micro = (line: string) =>
  launch(['bench', 'micro', ...line.split(' ')], { script: mpi4tsPath, timeoutMs: 240_000 });

test.beforeEach((t) => t.timeout(300_000));

test('every operation does its work, time after time', (t) => {
  const all = operations([1, 8, 64, 1024, 8192]);
  t.is(new Set(all.map(({ name }) => name)).size, all.length);
  for (const { name, expected, run } of all) {
    // Often enough for the ring to be full several times over.
    for (let i = 0; i < 2000; i++) if (run() !== expected) t.fail(`${name}: ${i}`);
  }
  t.is(all.length, 5 + 6 + 4 + 4);
});

test('a package that is missing is named', (t) => {
  t.throws(() => loadBenchmark('benchmark-absent'), { message: /'benchmark-absent' is not installed: npm / });
});

test('a record that no ring takes is refused', (t) => {
  t.throws(() => operations([8193]), { message: /--sizes 8193: .* 1 to 8192 bytes/ });
  t.throws(() => operations([0]), { message: /--sizes 0: / });
});

for (const addon of ['', ' --no-native'])
  test.serial(`a tiny run${addon}`, async (t) => {
    const { code, stdout, stderr } = await micro(`--sizes 8 --time 0.001 --json${addon}`);
    t.is(code, 0, stderr);
    const { rows } = JSON.parse(stdout);
    t.is(rows.length, 1 + 6 + 4 + 4);
    for (const { name, nanoseconds, samples } of rows) {
      t.true(samples.length >= 6, name);
      t.true(
        samples.every((ns: number) => ns > 0 && Number.isFinite(ns)),
        `${name}: ${samples}`,
      );
      const { median, interval } = nanoseconds;
      t.true(interval.low <= median && median <= interval.high, name);
    }
  });

test.serial('the table', async (t) => {
  const { code, stdout, stderr } = await micro('--sizes 64 --time 0.001');
  t.is(code, 0, stderr);
  t.regex(stdout, /^# mpi4ts micro\n# Operation .*\nring: write and read 64 bytes +[\d.]+ /);
});
