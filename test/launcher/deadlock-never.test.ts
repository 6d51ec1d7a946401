/** No deadlock is reported where something can still happen, however long nothing does. */
import { setTimeout as sleep } from 'node:timers/promises';
import ava from 'ava';
import { launch } from '../support/launch.js';
import { directoryWith } from './fixture.js';
import { begin, endOf, fixture, head, outputOf, run } from './remote.js';

const test = ava.serial;

/** Longer than it takes to be sure of a deadlock. */
const pauseMs = 4000;

/** Jobs in which all but rank 0 are blocked. */
const jobs: Record<string, string> = {
  'a rank computes': 'const end = performance.now() + pause; while (performance.now() < end);',
  'a rank sleeps': 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);',
  'a rank waits for a timer': 'await new Promise((done) => setTimeout(done, pause));',
  'a rank awaits a message that comes late': `const late = comm.Irecv(buf, MPI.ANY_SOURCE, 9);
setTimeout(() => comm.Send(buf, 0, 9), pause);
await late;`,
  'a rank waits with a timeout': `try { comm.Recv(buf, 1, 9, null, { timeout: pause }); } catch {}`,
  'a rank polls with Test': `const never = comm.Irecv(buf, 1, 9);
for (const end = performance.now() + pause; performance.now() < end; ) never.Test();
never.Cancel();
never.Wait();`,
  'a rank polls with Iprobe':
    'for (const end = performance.now() + pause; performance.now() < end; ) comm.Iprobe(1, 9);',
  'a rank catches the end of another': 'try { comm.Recv(buf, size - 1, 9); } catch {}',
  'a rank has a Worker of its own': `const { Worker } = await import('node:worker_threads');
const worker = new Worker('setTimeout(() => {}, ' + pause + ')', { eval: true });
await new Promise((done) => worker.on('exit', done));`,
};

const program = (body: string) => `${head}const pause = ${pauseMs};
const buf = new Float64Array(10);
if (rank === 0) {
${body}
  for (let peer = 1; peer < size; peer++) try { comm.Send(buf, peer, 1); } catch {}
} else if (rank === 2 && ${body.includes('size - 1')}) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
else comm.Recv(buf, 0, 1);
console.log('done ' + rank);`;

const kinds: Record<string, readonly string[]> = {
  threads: [],
  'processes, oversubscribed': ['--processes'],
  tcp: ['--transport', 'tcp'],
};

for (const [kind, words] of Object.entries(kinds))
  test(`never: ${kind}`, async (t) => {
    await Promise.all(
      Object.entries(jobs).map(async ([what, body]) => {
        const cwd = directoryWith(t, { 'job.mjs': program(body) });
        const done = await launch([...words, '-n', '3', 'job.mjs'], { cwd });
        t.is(done.code, 0, `${what}: ${done.stderr}`);
        t.is(done.stdout.match(/done/g)?.length, 3, what);
      }),
    );
  });

test('never: ranks with long messages and long pauses, which are stopped and go on', async (t) => {
  const job = fixture(
    t,
    `${head}const big = new Float64Array(1 << 20);
if (rank === 0) console.log('pids ' + process.pid);
for (let i = 0; i < 40; i++) {
  if (rank === 0) { comm.Send(big, 1); comm.Recv(big, 1); }
  else { comm.Recv(big, 0); comm.Send(big, 0); }
  if (i % 10 === 0) console.log('round ' + i);
  if (i % 10 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
}`,
  );
  for (const words of [[], ['--transport', 'tcp']]) {
    const child = begin(job, ['--processes', ...words, '-n', '2', 'job.mjs']);
    const end = endOf(child);
    let pid = 0;
    child.stdout.on('data', (text) => {
      pid ||= Number(/pids (\d+)/.exec(String(text))?.[1] ?? 0);
    });
    await outputOf(child, /round 10/);
    process.kill(pid, 'SIGSTOP');
    await sleep(pauseMs);
    process.kill(pid, 'SIGCONT');
    const done = await end;
    t.is(done.code, 0, done.stderr);
    t.is(done.stderr, '');
  }
});

test('never: a message is on its way to a rank that was blocked for long, and is stopped', async (t) => {
  const job = fixture(
    t,
    `${head}const one = new Float64Array(1);
if (rank === 1) {
  comm.Recv(one, 0);
  console.log('pid ' + process.pid);
  comm.Recv(one, 0);
  comm.Send(one, 0);
} else {
  comm.Ssend(one, 1);
  // The other one has told that it is blocked by then, and is stopped.
  await new Promise((done) => setTimeout(done, 3000));
  comm.Send(one, 1);
  comm.Recv(one, 1);
}`,
  );
  const watch = async (words: readonly string[]) => {
    const child = begin(job, ['--processes', ...words, '-n', '2', 'job.mjs']);
    const end = endOf(child);
    let pid = 0;
    child.stdout.on('data', (text) => {
      pid = Number(/pid (\d+)/.exec(String(text))?.[1]);
    });
    await outputOf(child, /pid \d/);
    await sleep(2000);
    process.kill(pid, 'SIGSTOP');
    await sleep(1000 + pauseMs);
    process.kill(pid, 'SIGCONT');
    const done = await end;
    t.is(done.code, 0, `${words}: ${done.stderr}`);
    t.is(done.stderr, '');
  };
  await Promise.all([[], ['--transport', 'tcp'], ['--host', 'a:1,b:1']].map(watch));
});

test('never: across hosts', async (t) => {
  const job = fixture(t, program(jobs['a rank sleeps']));
  const done = await run(job, ['--host', 'a:2,b:2', 'job.mjs']);
  t.is(done.code, 0, done.stderr);
});

/** Random pauses, around what it takes to be blocked for long, between random messages; each rank has the same plan. */
const torture = `${head}
let state = Number(process.env.SEED);
const random = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const nap = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const end = performance.now() + 9000;
for (let go = 1; go === 1; ) {
  const [from, by, kind, sleeper] = [random(size), 1 + random(size - 1), random(5), random(size)];
  const [ms, length] = [[0, 5, 900, 1100, 1900, 2600][random(6)], [1, 600, 30000, 300000][random(4)]];
  const to = (from + by) % size;
  const buf = new Float64Array(length);
  if (rank === sleeper) nap(ms);
  if (rank === from) kind === 0 ? comm.Ssend(buf.fill(ms), to, kind) : comm.Send(buf.fill(ms), to, kind);
  if (rank === to) {
    if (kind === 1) comm.Probe(from, kind);
    if (kind === 2) while (!comm.Iprobe(from, kind));
    if (kind === 3) await comm.Irecv(buf, from, kind);
    else if (kind === 4) MPI.Request.Waitany([comm.Irecv(buf, from, kind)]);
    else comm.Recv(buf, MPI.ANY_SOURCE, kind);
    if (buf[length - 1] !== ms) throw new Error('wrong bytes');
  }
  if (random(4) === 0) {
    const all = new Int32Array(1);
    comm.Allreduce(new Int32Array([performance.now() < end ? 1 : 0]), all, MPI.MIN);
    go = all[0];
  }
}`;

test('never: seeded pauses and messages', async (t) => {
  const seed = Number(process.env.MPI4TS_TEST_SEED ?? 1);
  const kindsOfJob = [[], ['--processes'], ['--transport', 'tcp'], ['--transport', 'unix', '--processes']];
  await Promise.all(
    kindsOfJob.map(async (words, index) => {
      const cwd = directoryWith(t, { 'job.mjs': torture });
      const SEED = String(seed * 100 + index);
      const done = await launch([...words, '-n', String(2 + index), 'job.mjs'], { cwd, env: { SEED } });
      t.is(done.code, 0, `seed ${SEED}, ${words.join(' ')}: ${done.stderr}`);
    }),
  );
});
