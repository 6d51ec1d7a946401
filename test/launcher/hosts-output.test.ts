/** Output, input and environment of ranks on other hosts, where programs and their readers do not behave. */
import { setTimeout as sleep } from 'node:timers/promises';
import ava from 'ava';
import { begin, endOf, fixture, gone, head, run } from './remote.js';

const test = ava.serial;

/** Twenty times what is promised after a failure: machines are busy. */
const endMsMax = 40_000;

for (const kind of ['--threads', '--processes'])
  test(`${kind}: many short lines, and one write of many megabytes`, async (t) => {
    const job = fixture(
      t,
      `for (let i = 0; i < 60_000; i++) process.stdout.write('line ' + i + '\\n');
process.stdout.write(Buffer.alloc(150e6, '0123456789\\n'));`,
    );
    const child = begin(job, [kind, '--host', 'a:1', '-n', '1', 'job.mjs']);
    let bytes = 0;
    let lines = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines++;
    });
    const { code, stderr } = await endOf(child);
    t.is(code, 0, stderr);
    t.is(lines, 60_000 + Math.floor(150e6 / 11));
    t.is(bytes, 150e6 + 60_000 * 6 + 288_890);
    t.deepEqual(await gone(job), []);
  });

test('a job whose output nobody reads ends when it has to', async (t) => {
  for (const way of ['--timeout', 'SIGINT', 'SIGTERM'] as const) {
    const job = fixture(t, `for (;;) console.log('x'.repeat(1000));`);
    const limit = way === '--timeout' ? ['--timeout', '1'] : [];
    const child = begin(job, [...limit, '--host', 'a:1,b:1', 'job.mjs']);
    await new Promise((resolve) => child.stdout.once('readable', resolve));
    await sleep(300);
    if (way !== '--timeout') child.kill(way);
    const ended = new Promise<string>((resolve) => child.once('exit', () => resolve('ended')));
    t.is(await Promise.race([ended, sleep(endMsMax, 'still there', { ref: false })]), 'ended', way);
    child.stdout.destroy();
    t.deepEqual(await gone(job), []);
  }
});

test('the last output can be waited for, and given up', async (t) => {
  const job = fixture(t, `process.stdout.write(Buffer.alloc(3e6, 'x'));`);
  const child = begin(job, ['--host', 'a:1', '-n', '1', 'job.mjs']);
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  await sleep(1500);
  t.is(child.exitCode, null, 'it waits for its reader');
  child.kill('SIGINT');
  const ended = new Promise<string>((resolve) => child.once('exit', () => resolve('ended')));
  t.is(await Promise.race([ended, sleep(endMsMax, 'still there', { ref: false })]), 'ended');
});

test('who reads standard input behind the back of its rank finds nothing', async (t) => {
  const job = fixture(
    t,
    `import { spawnSync } from 'node:child_process';
${head}const { stdout } = spawnSync('cat', { stdio: ['inherit', 'pipe', 'inherit'] });
console.log(rank, stdout.length);
comm.Barrier();`,
  );
  const done = await run(job, ['--host', 'a:1,b:1', 'job.mjs'], 'text for rank 0\n');
  t.is(done.code, 0, done.stderr);
  t.deepEqual(done.stdout.trim().split('\n').sort(), ['0 0', '1 0']);
});

test('a shell whose streams others keep open does not hold the job up', async (t) => {
  const job = fixture(t, `console.log('ran');`);
  const begun = performance.now();
  const done = await run(job, ['--host', 'held:1,a:1', 'job.mjs']);
  t.is(done.code, 0, done.stderr);
  t.is(done.stdout, 'ran\nran\n');
  t.true(performance.now() - begun < 25_000, 'not as long as what the shell left behind');
});

test('what must be the same for all ranks is', async (t) => {
  const job = fixture(t, `console.log(process.env.MPI4TS_COLL_BCAST, process.env.MARKED);`);
  const done = await run({ ...job, env: { ...job.env, MPI4TS_COLL_BCAST: 'binomial' } }, [
    '-x',
    "MARKED=a b'c",
    '--host',
    'a:1,localhost:1',
    'job.mjs',
  ]);
  t.is(done.stdout, "binomial a b'c\nbinomial a b'c\n", done.stderr);
});

test('hosts that get no rank are left alone', async (t) => {
  const job = fixture(t, `console.log('ran');`);
  const done = await run(job, ['-n', '1', '--host', 'a:300000,refused:1', 'job.mjs']);
  t.is(done.code, 0, done.stderr);
  t.is(done.stdout, 'ran\n');
});

test('a start that waits for a host can be given up', async (t) => {
  const job = fixture(t, `console.log('ran');`);
  const child = begin(job, ['--host', 'a:1,hanging:1', 'job.mjs']);
  await sleep(1000);
  child.kill('SIGINT');
  const { code, stdout } = await endOf(child);
  t.is(code, 130);
  t.is(stdout, '');
  t.deepEqual(await gone(job), []);
});

test('forty processes may start on one host', async (t) => {
  const job = fixture(t, `if (process.argv[2] === 'x') console.log('ran');`);
  const done = await run(job, ['--processes', '--host', 'a:40,b:1', 'job.mjs', 'x']);
  t.is(done.code, 0, done.stderr);
  t.is(done.stdout.trim().split('\n').length, 41);
});
