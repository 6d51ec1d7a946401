/**
 * Jobs on several hosts, which are this machine: the remote shell is a script that runs what it is given. What needs
 * real hosts is in `namespaces.test.ts`.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ava from 'ava';
import { agentOf, begin, endOf, fixture, gone, head, outputOf, run } from './remote.js';

// One job at a time: each has processes enough for the machine.
const test = ava.serial;

for (const kind of ['--threads', '--processes']) {
  test(`${kind}: ranks are where the mapping says, and talk`, async (t) => {
    const job = fixture(
      t,
      `${head}const own = [rank, process.env.HOST ?? 'here', process.cwd(), process.env.X];
const sum = new Float64Array(40000);
comm.Allreduce(new Float64Array(40000).fill(rank + 1), sum);
if (rank > 0) comm.send(own, 0);
else for (let source = 0; source < size; source++)
  console.log((source === 0 ? own : comm.recv(source)).join(' '), sum[39999]);`,
    );
    const expected = (hosts: string) => hosts.split('').map((host) => (host === 'h' ? 'here' : host));
    for (const [words, hosts] of [
      [['--host', 'a:2,b:2'], 'aabb'],
      [['--transport', 'tcp', '--host', 'a:2,b:2'], 'aabb'],
      [['--zerocopy', '--host', 'a:1,b:1'], 'ab'],
      [['--host', 'a:2,localhost:1,b:2', '--map-by', 'node'], 'ahbab'],
      [['--host', 'a:1,b:1', '--oversubscribe', '-n', '5'], 'ababa'],
      [
        ['--host', 'a,b,a,noisy'],
        ['a', 'a', 'b', 'noisy'],
      ],
    ] as const) {
      const done = await run(job, [kind, ...words, '-x', 'X=1', 'job.mjs']);
      t.is(done.code, 0, done.stderr);
      const places = typeof hosts === 'string' ? expected(hosts) : hosts;
      const sum = (places.length * (places.length + 1)) / 2;
      t.deepEqual(
        done.stdout.trimEnd().split('\n'),
        places.map((host, rank) => `${rank} ${host} ${job.directory} 1 ${sum}`),
      );
      if (places.includes('noisy'))
        t.deepEqual(done.stderr.trim().split('\n').sort(), ['Last login: never', 'Welcome!']);
    }
    t.deepEqual(await gone(job), []);
  });

  test(`${kind}: lines stay whole, and the last ones are not lost`, async (t) => {
    const job = fixture(
      t,
      `${head}for (let i = 0; i < 300; i++) console.log(String(rank).repeat(20_000) + '.' + i);
process.stderr.write('end of ' + rank);`,
    );
    const done = await run(job, [kind, '--host', 'a:2,b:2', 'job.mjs']);
    t.is(done.code, 0, done.stderr);
    const lines = done.stdout.trimEnd().split('\n');
    t.is(lines.length, 1200);
    for (let rank = 0; rank < 4; rank++) {
      const own = lines.filter((line) => line.startsWith(String(rank)));
      t.true(own.every((line, i) => line === `${String(rank).repeat(20_000)}.${i}`));
      t.true(done.stderr.includes(`end of ${rank}`));
    }
  });

  test(`${kind}: standard input goes to the rank that reads it, wherever it is`, async (t) => {
    const job = fixture(
      t,
      `${head}let text = '';
for await (const chunk of process.stdin) text += chunk;
console.log(rank, text.length, text.slice(-4));`,
    );
    const text = `${'x'.repeat(300_000)}end\n`;
    const last = await run(job, [kind, '--host', 'a:1,b:1', '--stdin', '1', 'job.mjs'], text);
    t.regex(last.stdout, /^1 300004 end$/m, last.stderr);
    t.regex(last.stdout, /^0 0 $/m);
    const all = await run(job, [kind, '--host', 'a:1,b:1', '--stdin', 'all', 'job.mjs'], text);
    for (const rank of [0, 1]) t.regex(all.stdout, new RegExp(`^${rank} 300004 end$`, 'm'));
  });

  test(`${kind}: a failing rank ends the job everywhere`, async (t) => {
    const job = fixture(
      t,
      `${head}const way = process.argv[2];
comm.Barrier();
if (rank === 3) {
  // Its messages leave only while it is in a call.
  try { comm.Recv(new Int32Array(1), 0, 8, undefined, { timeout: 400 }); } catch {}
  if (way === 'throw') throw new RangeError('far away');
  if (way === 'exit') process.exit(7);
  if (way === 'abort') comm.Abort(5);
  if (way === 'kill') process.kill(process.pid, 'SIGKILL');
}
comm.Recv(new Int32Array(1), 3, 9);`,
    );
    const ways = [
      [
        'throw',
        1,
        /rank 3 of 4 \(host b\) failed, and the job with it:\nRangeError: far away\n {4}at .*job\.mjs:9/,
      ],
      ['exit', 7, /rank 3 of 4 \(host b\) ended with exit code 7/],
      ['abort', 5, /rank 3 of 4 \(host b\) called MPI.Abort\(5\)/],
      ...(kind === '--processes'
        ? ([['kill', 137, /rank 3 of 4 \(host b\) was killed by SIGKILL/]] as const)
        : []),
    ] as const;
    for (const [way, code, message] of ways) {
      const done = await run(job, [kind, '--host', 'a:2,b:2', 'job.mjs', way]);
      t.is(done.code, code, done.stderr);
      t.regex(done.stderr, message);
      if (way !== 'abort')
        t.regex(
          done.stderr,
          /blocked:(.|\n)*Recv on (MPI_COMM_WORLD \(source 3, tag 9\)|rank \d of MPI_COMM_WORLD can never complete: rank 3 has ended)/,
        );
      t.deepEqual(await gone(job), []);
    }
  });

  test(`${kind}: whoever is killed, nothing is left`, async (t) => {
    const job = fixture(
      t,
      `${head}comm.Barrier();
if (rank === 0) console.log('running');
comm.Recv(new Int32Array(1), (rank + 1) % size, 9);`,
    );
    for (const victim of ['agent', 'launcher', 'stopped']) {
      const child = begin(job, [kind, '--host', 'a:2,b:2', 'job.mjs']);
      await outputOf(child, /running/);
      const ended = endOf(child);
      if (victim === 'launcher') child.kill('SIGKILL');
      else process.kill(agentOf(job, 'b'), victim === 'stopped' ? 'SIGSTOP' : 'SIGKILL');
      const { code, stderr } = await ended;
      if (victim !== 'launcher') {
        t.is(code, 1, stderr);
        const why = victim === 'stopped' ? 'no sign of life for 2 s' : 'sh .*ended';
        t.regex(stderr, new RegExp(`^mpirun: host b: ${why}`, 'm'));
        t.regex(stderr, /\(ranks 2, 3 of the job\)/);
      }
      t.deepEqual(await gone(job), [], victim);
    }
  });
}

test('threads over WebSockets need no addon, here nor there', async (t) => {
  const job = fixture(
    t,
    `${head}const sum = new Int32Array(1);
comm.Allreduce(Int32Array.of(rank), sum);
console.log(sum[0], rank, process.env.HOST);`,
  );
  const words = ['--transport', 'ws', '--host', 'noaddon:2,a:1', 'job.mjs'];
  const done = await run({ ...job, env: { ...job.env, MPI4TS_NATIVE: '0' } }, words);
  t.is(done.code, 0, done.stderr);
  t.deepEqual(done.stdout.trim().split('\n').sort(), ['3 0 noaddon', '3 1 noaddon', '3 2 a']);
  t.deepEqual(await gone(job), []);
});

const wrong: [name: string, words: string[], message: RegExp][] = [
  [
    'refused connection',
    ['--host', 'a:1,refused:1'],
    /host refused: sh ended with code 255:\n {2}ssh: connect to host refused port 22/,
  ],
  [
    'hanging shell',
    ['--start-timeout', '1', '--host', 'a:1,hanging:1'],
    /host hanging: no answer from sh within 1 s/,
  ],
  [
    'no package there',
    ['--host', 'a:1,missing:1'],
    /host missing: sh ended with code 127; it needs Node.js, and mpi4ts at/,
  ],
  ['other version', ['--host', 'a:1,older:1'], /host older: it has mpi4ts 0\.0\.1, and the launcher /],
  [
    'other Node',
    ['--host', 'a:1,othernode:1'],
    /host othernode: it has Node\.js 18\.1\.0, and the launcher /,
  ],
  [
    'no addon there',
    ['--host', 'a:1,noaddon:1'],
    /host noaddon: the native addon is needed, and is absent there \(/,
  ],
  ['no common network', ['--host', 'a:1,away:1'], /the hosts have no network in common: a has .*; away has /],
  ['a host that dies after its greeting', ['--host', 'dies:1,slow:1'], /host dies: sh ended with code 3/],
  [
    'a host that dies before its ranks are known',
    ['--host', 'slow:2,dies:2'],
    /host dies: sh ended with code 3\n {2}\(ranks 2, 3 of the job\)/,
  ],
  ['what is no agent', ['--host', 'odd:1,slow:1'], /host odd: it says what no agent says \(a frame of /],
  [
    'no remote shell',
    ['--rsh-agent', 'no-such-shell', '--host', 'a:1,b:1'],
    /host a: 'no-such-shell' cannot be started \(ENOENT\)/,
  ],
  [
    'no working directory there',
    ['--wdir', '/nowhere', '--host', 'a:1,b:1'],
    /host [ab]: the working directory '\/nowhere' cannot be entered there \(ENOENT\)/,
  ],
];

for (const [name, words, message] of wrong)
  test(`bad hosts: ${name}`, async (t) => {
    const job = fixture(t, 'console.log("ran");');
    const done = await run(job, [...words, join(job.directory, 'job.mjs')]);
    t.not(done.code, 0);
    t.regex(done.stderr, message);
    t.is(done.stdout, '');
    t.deepEqual(await gone(job), []);
  });

test('a reader that takes its time loses nothing, and no host', async (t) => {
  const job = fixture(
    t,
    `for (let i = 0; i < 3000; i++) console.log('x'.repeat(9990) + String(i).padStart(8));`,
  );
  const child = begin(job, ['--heartbeat', '0.5', '--host', 'a:1,b:1', 'job.mjs']);
  child.stdout.pause();
  await sleep(3000);
  child.stdout.resume();
  const { code, stdout, stderr } = await endOf(child);
  t.is(code, 0, stderr);
  t.is(stdout.length, 2 * 3000 * 9999);
});

test('a host that begins late hears what was said before', async (t) => {
  const job = fixture(t, `${head}if (rank === 1) comm.send('late', 0);\nelse console.log(comm.recv());`);
  const done = await run(job, ['--timeout', '20', '--host', 'a:1,late:1', 'job.mjs']);
  t.is(done.code, 0, done.stderr);
  t.is(done.stdout, 'late\n');
});

test('output that nobody reads any more ends the job quietly', async (t) => {
  const job = fixture(t, `for (;;) console.log('x'.repeat(1000));`);
  const child = begin(job, ['--host', 'a:1,b:1', 'job.mjs']);
  await outputOf(child, /x/);
  child.stdout.destroy();
  const { code, stderr } = await endOf(child);
  t.is(code, 141, stderr);
  t.is(stderr, '');
  t.deepEqual(await gone(job), []);
});

test('a job that runs too long says what its ranks were blocked in', async (t) => {
  const job = fixture(t, `${head}comm.Recv(new Int32Array(1), 1 - rank, 4);`);
  const done = await run(job, ['--timeout', '2', '--host', 'a:1,b:1', 'job.mjs']);
  t.is(done.code, 124, done.stderr);
  t.regex(done.stderr, /rank 0: Recv on MPI_COMM_WORLD \(source 1, tag 4\)\n {2}rank 1: Recv/);
  t.deepEqual(await gone(job), []);
});
