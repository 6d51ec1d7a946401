import ava from 'ava';
import {
  HEADER_ABORT,
  HEADER_ABORT_CODE,
  layoutFor,
  RANK_STATE,
  RankState,
} from '../../src/transport/ring/layout.js';
import { launch, rankOptions } from '../support/launch.js';
import { nodes } from '../support/nodes.js';
import { block, directoryWith, seat } from './fixture.js';

// One job at a time: each has threads enough for the machine.
const test = ava.serial;

/** The job must be gone within a second; ten times that on a busy machine. */
const goneMsMax = 10_000;

/** Three ranks that nothing but the launcher can end: parked, looping, and idle in the event loop. */
const stubborn = `${seat}
console.log('up ' + rank);
if (rank === 1) ${block}
if (rank === 2) for (;;);
if (rank === 3) setInterval(() => {}, 1000);
`;

const when = /^(?=[\s\S]*up 0)(?=[\s\S]*up 1)(?=[\s\S]*up 2)(?=[\s\S]*up 3)/;

const failures: [string, string, number, RegExp][] = [
  [
    'an uncaught exception',
    `throw new RangeError('boom')`,
    1,
    /rank 0 of 4 failed.*\nRangeError: boom\n +at .*job\.mjs:\d+/,
  ],
  [
    'an unhandled rejection',
    `Promise.reject(new Error('rejected'))`,
    1,
    /rank 0 of 4 failed.*\nError: rejected\n/,
  ],
  ['a thrown value', `throw { a: 1 }`, 1, /rank 0 of 4 failed.*\nUncaught { a: 1 }\n/],
  [
    'process.exit(7)',
    `process.exit(7)`,
    7,
    /^mpirun: rank 0 of 4 ended with exit code 7, and the job with it\n$/,
  ],
];

for (const [what, code, exit, message] of failures)
  test(`${what} ends all ranks, blocked or looping, on every Node`, async (t) => {
    const job = `${stubborn}if (rank === 0) setTimeout(() => { ${code} }, 300);`;
    const directory = directoryWith(t, { 'job.mjs': job });
    for (const { path } of await nodes()) {
      const done = await launch(['-n', '4', 'job.mjs'], { node: path, cwd: directory, timeoutMs: 30_000 });
      t.is(done.code, exit);
      t.regex(done.stderr, message);
      t.is(done.stderr.match(/mpirun:/g)?.length, 1, 'only the first failure is told');
    }
  });

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  test(`${signal} ends all ranks with exit code ${code}`, async (t) => {
    const directory = directoryWith(t, { 'job.mjs': stubborn });
    const kill = { signal, when };
    const done = await launch(['-n', '4', 'job.mjs'], { cwd: directory, kill, timeoutMs: 30_000 });
    t.is(done.code, code);
    t.is(done.stderr, `mpirun: the job was ended by ${signal}\n`);
    t.true(done.elapsedMs < goneMsMax);
  });

test('--timeout ends all ranks with exit code 124', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': `${stubborn}setInterval(() => {}, 1000);` });
  const done = await launch(['--timeout', '1', '-n', '4', 'job.mjs'], { cwd: directory, timeoutMs: 30_000 });
  t.is(done.code, 124);
  t.is(done.stderr, 'mpirun: the job was ended: it ran longer than 1 s (--timeout)\n');
});

test('process.exit(0), an empty program and a program that just ends are no failures', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}if (rank === 0) process.exit(0); setTimeout(() => console.log('late', rank), 300);`,
    'empty.cjs': '',
  });
  const { code, stdout } = await launch(['-n', '2', 'job.mjs'], { cwd: directory });
  t.deepEqual([code, stdout], [0, 'late 1\n']);
  t.is((await launch(['-n', '3', 'empty.cjs'], { cwd: directory })).code, 0);
});

test('a top-level await that never settles is told', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': 'await new Promise(() => {});' });
  const { code, stderr } = await launch(['-n', '2', 'job.mjs'], { cwd: directory });
  t.is(code, 13);
  t.regex(stderr, /ended with exit code 13, .* \(a top-level await never settled\)/);
});

test('syntax errors and missing modules are shown with their place, on every Node', async (t) => {
  const directory = directoryWith(t, {
    'bad.cjs': 'const x = ;\n',
    'bad.mjs': "import './lib.mjs';\n",
    'lib.mjs': 'let ok;\nlet x = ;\n',
    'missing.mjs': "import './nowhere.mjs';\n",
    'export.mjs': "import { nothing } from './empty.mjs';\n",
    'empty.mjs': 'export {};\n',
  });
  for (const { path } of await nodes())
    for (const [program, message] of [
      ['bad.cjs', /bad\.cjs:1\nconst x = ;/],
      ['bad.mjs', /lib\.mjs:2\nlet x = ;/],
      ['missing.mjs', /ERR_MODULE_NOT_FOUND.*nowhere\.mjs' imported from .*missing\.mjs/],
      ['export.mjs', /export\.mjs:1\n.*\n.*\n.*does not provide an export named 'nothing'/],
    ] as const) {
      const { code, stderr } = await launch(['-n', '2', program], { node: path, cwd: directory });
      t.is(code, 1);
      t.regex(stderr, /^mpirun: rank [01] of 2 failed/m);
      t.regex(stderr, message);
      t.notRegex(stderr, /launcher\/rank|node:internal\/modules/);
    }
});

test("an error's cause and own properties are shown", async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `throw Object.assign(new Error('outer', { cause: new Error('inner') }), { detail: 42 });`,
  });
  const { stderr } = await launch(['-n', '1', 'job.mjs'], { cwd: directory });
  t.regex(stderr, /Error: outer\n[\s\S]* \{\n[\s\S]*detail: 42[\s\S]*\[cause\]: Error: inner/);
});

test('a rank that runs out of memory is named', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}if (rank === 1) for (const all = []; ; ) all.push(new Array(100_000).fill(rank + 0.5)); else ${block}`,
  });
  const options = { cwd: directory, nodeArgs: ['--max-old-space-size=64'], timeoutMs: 60_000 };
  const { code, stderr } = await launch(['-n', '2', 'job.mjs'], options);
  if (rankOptions.length > 0) {
    t.is(code, 134);
    t.regex(stderr, /heap out of memory[\s\S]*^mpirun: rank 1 of 2 was killed by SIGABRT/m);
    return;
  }
  t.is(code, 1);
  t.regex(stderr, /^mpirun: rank 1 of 2 failed.*\n.*memory limit/m);
});

test('MPI.Abort: its code is the exit code, whoever is heard of first', async (t) => {
  // What the runtime does for MPI.Abort: the job's abort words, then the end of the thread.
  const abort = (code: number) => `
    const words = new Int32Array(segment);
    Atomics.store(words, ${HEADER_ABORT_CODE >> 2}, ${code});
    Atomics.store(words, ${HEADER_ABORT >> 2}, 1);`;
  const directory = directoryWith(t, {
    'first.mjs': `${seat}if (rank === 1) { ${abort(9)} process.exit(9); } ${block}`,
    'later.mjs': `${seat}
      const words = new Int32Array(segment);
      if (rank === 1) { ${abort(9).replace('const words = new Int32Array(segment);', '')} setTimeout(() => process.exit(9), 50); }
      else { while (!Atomics.load(words, ${HEADER_ABORT >> 2})); throw new Error('woken by the abort'); }`,
  });
  for (const program of ['first.mjs', 'later.mjs']) {
    const { code, stderr } = await launch(['-n', '3', program], { cwd: directory });
    t.deepEqual([code, stderr], [9, 'mpirun: rank 1 of 3 called MPI.Abort(9)\n'], program);
  }
});

test('a rank may see the end of another only when the launcher marks it', async (t) => {
  const state = (layoutFor(2).rankBlocks + RANK_STATE) >> 2; // of rank 0
  const directory = directoryWith(t, {
    'job.mjs': `${seat}if (rank === 1) {
      const words = new Int32Array(segment);
      while (Atomics.load(words, ${state}) !== ${RankState.GONE});
      console.log('rank 0 is gone');
    }`,
  });
  const { code, stdout } = await launch(['-n', '2', 'job.mjs'], { cwd: directory });
  t.deepEqual([code, stdout], [0, 'rank 0 is gone\n']);
});

test('64 ranks start and end, and all go when one fails', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}console.log(rank);`,
    'fail.mjs': `${seat}if (rank === 63) throw new Error('last'); ${block}`,
  });
  const ran = await launch(['-n', '64', 'job.mjs'], { cwd: directory });
  t.is(ran.stdout.split('\n').length, 65);
  const failed = await launch(['-n', '64', 'fail.mjs'], { cwd: directory });
  t.is(failed.code, 1);
  t.regex(failed.stderr, /rank 63 of 64 failed.*\nError: last/);
});
