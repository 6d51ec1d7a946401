import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { run, start, UsageError } from '../../launcher/index.js';
import { launch } from '../support/launch.js';
import { nodes } from '../support/nodes.js';
import { block, directoryWith, seat } from './fixture.js';

// One job at a time: each has threads enough for the machine.
const test = ava.serial;

test('run() resolves with the code, and with what failed', async (t) => {
  const directory = directoryWith(t, {
    'ok.mjs': '',
    'exit.mjs': `${seat}if (rank === 1) process.exit(3); ${block}`,
    'throw.mjs': `throw new TypeError('from a rank');`,
  });
  const job = (program: string, ranks = 2) =>
    run({ programs: [{ program: join(directory, program), ranks }] });
  t.deepEqual(await job('ok.mjs'), { code: 0, waits: [], stuck: [], unwritten: false });
  t.deepEqual(await job('exit.mjs'), {
    code: 3,
    failure: { kind: 'exit', rank: 1, code: 3 },
    waits: [],
    stuck: [],
    unwritten: false,
  });
  const { code, failure } = await job('throw.mjs', 1);
  t.is(code, 1);
  t.like(failure, { kind: 'exception', rank: 0, error: { message: 'from a rank' } });
});

test('run() refuses what cannot be carried out', async (t) => {
  const directory = directoryWith(t, { 'ok.mjs': '' });
  const program = join(directory, 'ok.mjs');
  await t.throwsAsync(run({ programs: [] }), { instanceOf: UsageError, message: /no program/ });
  for (const ranks of [0, -1, 1.5, Number.NaN, 513])
    await t.throwsAsync(run({ programs: [{ program, ranks }] }), { instanceOf: UsageError });
  await t.throwsAsync(run({ programs: [{ program: 'nowhere.js', ranks: 1 }] }), { message: /nowhere\.js/ });
});

test('start() gives a job that can be ended', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': block });
  const job = await start({ programs: [{ program: join(directory, 'job.mjs'), ranks: 3 }] });
  job.fail({ kind: 'signal', signal: 'SIGTERM' });
  job.fail({ kind: 'timeout', seconds: 1 }); // too late to be the reason
  t.deepEqual(await job.result, {
    code: 143,
    failure: { kind: 'signal', signal: 'SIGTERM' },
    waits: [],
    stuck: [],
    unwritten: false,
  });
});

test('a rank inside a system call is left behind, and the exit code is still the failing one', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}
      import { spawnSync } from 'node:child_process';
      import { existsSync } from 'node:fs';
      const inside = process.argv[2];
      if (rank === 1) spawnSync('sh', ['-c', 'touch ' + inside + '; exec sleep 20'], { stdio: 'ignore' });
      else setInterval(() => { if (existsSync(inside)) process.exit(5); }, 20);`,
  });
  for (const { path, version } of await nodes())
    for (const addon of ['', '0']) {
      const done = await launch(['-n', '2', 'job.mjs', `in-${version}-${addon}`], {
        node: path,
        cwd: directory,
        env: { MPI4TS_NATIVE: addon },
        timeoutMs: 15_000,
      });
      t.regex(done.stderr, /rank 0 of 2 ended with exit code 5.*\nmpirun: rank 1 does not stop/);
      if (addon === '0' && version.startsWith('20.')) t.is(done.signal, 'SIGKILL');
      else t.is(done.code, 5);
    }
});

test('a second signal does not wait for a rank inside a system call', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `
      import { spawnSync } from 'node:child_process';
      console.log('up');
      spawnSync('sh', ['-c', 'sleep 0.3; kill -INT $PPID; sleep 0.2; kill -INT $PPID; sleep 20'], { stdio: 'ignore' });`,
  });
  const { code, signal } = await launch(['-n', '1', 'job.mjs'], { cwd: directory, timeoutMs: 15_000 });
  t.true(code === 130 || signal === 'SIGINT');
});

test('a job leaves no file behind, however it ends', async (t) => {
  const directory = directoryWith(t, {
    'ok.mjs': `${seat}console.log(rank);`,
    'fail.mjs': `${seat}if (rank === 0) throw new Error('x'); ${block}`,
    'tmp/keep': '',
  });
  const env = { TMPDIR: join(directory, 'tmp') };
  const shared = () => readdirSync('/dev/shm').length;
  const before = process.platform === 'linux' ? shared() : 0;
  for (const program of ['ok.mjs', 'fail.mjs']) await launch(['-n', '3', program], { cwd: directory, env });
  t.deepEqual(readdirSync(join(directory, 'tmp')), ['keep']);
  t.deepEqual(readdirSync(directory).sort(), ['fail.mjs', 'ok.mjs', 'tmp']);
  if (process.platform === 'linux') t.is(shared(), before);
});
