/** `mpi4ts bench` from end to end on tiny inputs. What is checked is what it prints, never how fast it was. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { collectiveWorks, isOfObjects, objectWorks, reductions, works } from '../../bench/contract.js';
import { launch, mpi4tsPath } from '../support/launch.js';

const bench = (line: string, env: Record<string, string> = {}) =>
  launch(['bench', ...line.split(' ')], { script: mpi4tsPath, env, timeoutMs: 240_000 });

test.beforeEach((t) => t.timeout(300_000));

/** Sizes of the table's rows; each has a figure greater than 0. */
function rowsOf(stdout: string): number[] {
  const rows = stdout.split('\n').filter((line) => /^\d/.test(line));
  return rows.map((row) => {
    const [size, figure] = row.split(/\s+/).map(Number);
    if (!(figure > 0)) throw new Error(`no figure: ${row}`);
    return size;
  });
}

for (const work of works)
  test.serial(`${work} prints a table, validated or not, with either kind of buffers`, async (t) => {
    const fixed = { ring: [8], barrier: [0] }[work as string];
    const own = reductions.includes(work) ? [4, 8, 300, 102_400] : [1, 2, 4, 300, 102_400];
    const sizes = fixed === undefined ? `--sizes ${own} ` : '';
    const rotating = isOfObjects(work) ? [] : [' --buffers rotate --validate'];
    for (const more of ['', ' --validate', ...rotating]) {
      const { code, stdout, stderr } = await bench(`${work} ${sizes}--iterations 6 --blocks 1${more}`);
      t.is(code, 0, stderr);
      t.is(stderr, '');
      t.deepEqual(rowsOf(stdout), fixed ?? own);
      t.is(stdout.includes('validated'), more.includes('--validate'));
    }
  });

test.serial('latency of two ranks among others that wait', async (t) => {
  const { code, stdout, stderr } = await bench(
    'latency --ranks 4 --sizes 0:8 --iterations 5 --blocks 1 --validate',
  );
  t.is(code, 0, stderr);
  t.deepEqual(rowsOf(stdout), [0, 1, 2, 4, 8]);
  t.regex(stdout, /4 ranks/);
});

test.serial('more ranks than cores: ring, barrier and pairs', async (t) => {
  for (const work of ['ring', 'barrier', 'multi-latency --sizes 8']) {
    const { code, stdout, stderr } = await bench(`${work} --ranks 6 --iterations 3 --blocks 1 --validate`);
    t.is(code, 0, stderr);
    t.is(rowsOf(stdout).length, 1);
  }
});

test.serial('collectives of more ranks than cores, odd and even', async (t) => {
  for (const work of [...collectiveWorks, ...objectWorks])
    for (const ranks of [3, 4]) {
      const line = `${work} --ranks ${ranks} --sizes 4,1000,20K --iterations ${2 * ranks} --blocks 1 --validate`;
      const { code, stdout, stderr } = await bench(line);
      t.is(code, 0, `${line}: ${stderr}`);
      t.deepEqual(rowsOf(stdout), [4, 1000, 20_480]);
    }
});

test.serial('collectives between processes, over sockets, and without the addon', async (t) => {
  for (const way of ['--transport processes', '--transport unix', '--no-native'])
    for (const work of ['bcast', 'allreduce', 'object-bcast']) {
      const line = `${work} ${way} --sizes 64,20K --iterations 4 --blocks 1 --validate`;
      const { code, stdout, stderr } = await bench(line);
      t.is(code, 0, `${line}: ${stderr}`);
      t.deepEqual(rowsOf(stdout), [64, 20_480]);
    }
});

test.serial('a comparison with ourselves, as JSON and as a drawing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mpi4ts-bench-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'plot.svg');
  const sizes = '--sizes 0,64 --iterations 5 --blocks 2';
  const { code, stdout, stderr } = await bench(
    `latency ${sizes} --json --plot ${file} --versus no-native,mixed`,
  );
  t.is(code, 0, stderr);
  const { contenders, options } = JSON.parse(stdout);
  t.deepEqual(
    contenders.map(({ name }: { name: string }) => name),
    ['mpi4ts', 'mpi4ts, no addon', 'mpi4ts, mixed'],
  );
  t.is(options.iterations, 5);
  for (const [i, { sizes }] of contenders.entries()) {
    t.is(sizes.length, 2);
    for (const row of sizes) {
      t.is(row.seconds.length, 2);
      t.true(row.seconds.every((seconds: number) => seconds > 0));
      t.is(row.ratio !== undefined, i > 0);
    }
  }
  t.regex(await readFile(file, 'utf8'), /^<svg [\s\S]*mpi4ts, mixed[\s\S]*<\/svg>\n$/);
});

test.serial('without the addon, after a mixed beginning, calibrated by time', async (t) => {
  const { code, stdout, stderr } = await bench('bibw --no-native --mixed --sizes 8 --time 0.001 --blocks 1');
  t.is(code, 0, stderr);
  t.regex(stdout, /^# mpi4ts, no addon, mixed bibw/);
  t.deepEqual(rowsOf(stdout), [8]);
});

test.serial('a job that fails gives one line, exit code 1 and no figure', async (t) => {
  const env = { MPI4TS_COLL_ALLREDUCE: 'no-such-algorithm' };
  const { code, stdout, stderr } = await bench('barrier --mixed --iterations 2 --blocks 2', env);
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(
    stderr,
    /^mpi4ts bench: mpi4ts, mixed, barrier: exit code 1: RangeError: MPI4TS_COLL_ALLREDUCE.*\n$/,
  );
});

const refused: [string, RegExp][] = [
  ['latancy', /^mpi4ts bench: unknown benchmark latancy: give one of latency, bandwidth, .*micro\n$/],
  ['latency --ranks 1', /^mpi4ts bench: --ranks 1: latency needs at least 2\n$/],
  ['latency --versus lam', /^mpi4ts bench: --versus lam: give some of openmpi.*\n$/],
  ['latency --sizes big', /^mpi4ts bench: --sizes big: 'big' is no size.*\n$/],
  ['latency --plot no/such/dir/a.svg', /^mpi4ts bench: --plot no\/such\/dir\/a.svg: .*written \(ENOENT\)\n$/],
  ['latency --plot .', /^mpi4ts bench: --plot .: this is a directory; give a file.*\n$/],
];
for (const [line, message] of refused)
  test.serial(`refused with exit code 2: ${line}`, async (t) => {
    const { code, stdout, stderr } = await bench(line);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.false(existsSync('no'));
  });

test.serial('help, and no name at all', async (t) => {
  const help = await bench('latency --help');
  t.is(help.code, 0);
  t.regex(help.stdout, /^Usage: mpi4ts bench NAME/);
  const nothing = await launch(['bench'], { script: mpi4tsPath });
  t.is(nothing.code, 2);
  t.is(nothing.stderr, 'mpi4ts bench: no benchmark given (see mpi4ts bench --help)\n');
});
