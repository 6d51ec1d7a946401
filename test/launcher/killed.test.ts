/** Ranks that are processes, killed and left behind: what remains, what the others hear, and how soon. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import ava from 'ava';
import { launch } from '../support/launch.js';
import { directoryWith } from './fixture.js';

// One job at a time: each has processes enough for the machine.
const test = ava.serial;

/** The peers must hear of it within 100 ms; ten times that on a busy machine. */
const heardMsMax = 1000;
/** An orphan must be gone within two seconds; tenfold. */
const goneMsMax = 20_000;

const runtime = new URL('../../src/index.js', import.meta.url).href;

/** Rank 1 is killed while all others wait for it; what they see, they print. */
const victim = `
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
const at = new Float64Array(1);
if (comm.rank === 1) {
  comm.recv(0);
  comm.Bcast(Float64Array.of(Date.now()), 1);
  process.kill(process.pid, process.argv[2]);
}
if (comm.rank === 0) setTimeout(() => comm.send('now', 1), 300);
if (comm.rank === 0) await new Promise((done) => setTimeout(done, 310));
comm.Bcast(at, 1);
try {
  if (comm.rank === 0) comm.Recv(new Int32Array(1), 1, 5);
  else comm.Ssend(new Int32Array(1), 1);
} catch (error) {
  console.log(JSON.stringify({ rank: comm.rank, ms: Date.now() - at[0], error: error.message }));
}
`;

for (const [signal, code] of [
  ['SIGKILL', 137],
  ['SIGSEGV', 139],
] as const)
  test(`a rank killed by ${signal} is named, and so is what the others did`, async (t) => {
    const directory = directoryWith(t, { 'job.mjs': victim });
    const words = ['--processes', '-n', '3', 'job.mjs', signal];
    const done = await launch(words, { cwd: directory, timeoutMs: 30_000 });
    t.is(done.code, code, done.stderr);
    t.regex(
      done.stderr,
      new RegExp(`^mpirun: rank 1 of 3 was killed by ${signal}, and the job with it`, 'm'),
    );
    const seen = done.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    t.is(seen.length, 2, done.stdout);
    for (const { ms, error } of seen) {
      t.regex(error, /MPI_ERR_PROC_FAILED.*rank 1 has ended/);
      t.true(ms < heardMsMax, `${ms} ms`);
    }
  });

test('a failure tells what the other ranks were blocked in', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
const one = new Int32Array(1);
if (comm.rank === 0) comm.Recv(one, 1, 5);
else if (comm.rank === 2) comm.Probe();
else if (comm.rank === 3) MPI.Request.Waitany([comm.Irecv(one, 1), comm.Irecv(one, 0)]);
else setTimeout(() => process.exit(4), 500);`,
  });
  for (const kind of [[], ['--processes']]) {
    const done = await launch([...kind, '-n', '4', 'job.mjs'], { cwd: directory, timeoutMs: 30_000 });
    t.is(done.code, 4);
    t.is(
      done.stderr,
      `mpirun: rank 1 of 4 ended with exit code 4, and the job with it
Meanwhile other ranks were blocked:
  rank 0: Recv on MPI_COMM_WORLD (source 1, tag 5)
  rank 2: Probe on MPI_COMM_WORLD (any source, any tag)
  rank 3: Waitany of 2 requests, the first: Irecv on MPI_COMM_WORLD (source 1, any tag)
`,
    );
  }
});

function isAlive(pid: number): boolean {
  try {
    // A zombie has ended.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('ranks die with a launcher that is killed, whatever they are doing', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `
import { MPI } from '${runtime}';
const { rank } = MPI.COMM_WORLD;
console.log('pid ' + process.pid);
if (rank === 0) MPI.COMM_WORLD.Recv(new Int32Array(1), 1);
if (rank === 1) for (;;);
setInterval(() => {}, 1000);`,
  });
  const when = /(pid \d+\n[\s\S]*){3}/;
  const before = readdirSync('/dev/shm');
  const { stdout } = await launch(['--processes', '-n', '3', 'job.mjs'], {
    cwd: directory,
    kill: { signal: 'SIGKILL', when },
  });
  const pids = [...stdout.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  t.is(pids.length, 3);
  for (let ms = 0; ms < goneMsMax && pids.some(isAlive); ms += 20) await sleep(20);
  t.deepEqual(pids.filter(isAlive), []);
  t.deepEqual(readdirSync('/dev/shm'), before);
});

test("a rank's own children get neither its seat nor its descriptors", async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `
import { MPI } from '${runtime}';
import { execFileSync } from 'node:child_process';
const code = "import('${runtime}').then(({ MPI }) => console.log(MPI.COMM_WORLD.size, require('fs').readdirSync('/proc/self/fd').length))";
const inside = String(execFileSync(process.execPath, ['-e', code]));
if (MPI.COMM_WORLD.rank === 0) console.log(inside.trim());
else if (MPI.COMM_WORLD.rank === 1) console.log(String(execFileSync(process.execPath, ['-e', code], { env: { PATH: process.env.PATH } })).trim());`,
    'alone.mjs': `
import { execFileSync } from 'node:child_process';
const code = "import('${runtime}').then(({ MPI }) => console.log(MPI.COMM_WORLD.size, require('fs').readdirSync('/proc/self/fd').length))";
console.log(String(execFileSync(process.execPath, ['-e', code])).trim());`,
  });
  const inRank = await launch(['--processes', '-n', '2', 'job.mjs'], { cwd: directory });
  const alone = await launch(['alone.mjs'], { cwd: directory, script: '--no-warnings' });
  t.is(inRank.code, 0, inRank.stderr);
  const [expected] = alone.stdout.split('\n');
  t.regex(expected, /^1 \d+$/);
  t.deepEqual(inRank.stdout.trimEnd().split('\n'), [expected, expected]);
});
