/** Jobs on hosts that are reached through a real sshd and joined by a real network, of namespaces of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ava, { type ExecutionContext } from 'ava';
import { emptied } from '../support/emptied.js';
import { type HostsOptions, hostsMissing, TestHosts } from '../support/hosts.js';
import type { Kind } from '../support/kinds.js';
import { type Launched, launch, mpirunPath } from '../support/launch.js';
import { failuresOf, sample, testSeed } from '../support/ranks.js';
import { directoryWith } from './fixture.js';
import { endOf, goneMsMax, head, outputOf } from './remote.js';

const missing = hostsMissing();

let hosts: TestHosts;

ava.before(async () => {
  if (missing === undefined) hosts = await TestHosts.make({ count: 3 });
});
ava.after.always(() => hosts?.close());

/** One job at a time. Where there can be no such hosts, the test says why it was skipped. */
function test(title: string, body: (t: ExecutionContext) => Promise<void>): void {
  ava.serial(title, async (t) => {
    if (missing === undefined) return body(t);
    t.log(`skipped: ${missing}`);
    t.pass();
  });
}

/** All ranks wait for each other for ever. */
const waiting = `${head}comm.Barrier();
if (rank === 0) console.log('running');
comm.Recv(new Int32Array(1), (rank + 1) % size, 9);`;

const shell = () => ['--rsh-agent', hosts.shell];

function run(t: ExecutionContext, job: string, words: readonly string[]): Promise<Launched> {
  const directory = directoryWith(t, { 'job.mjs': job });
  return launch([...shell(), ...words, 'job.mjs'], { cwd: directory, timeoutMs: 120_000 });
}

/** Ranks of the three hosts and of this machine, or of three hosts. */
const spread = (kind: string, slots: number): Kind => ({
  name: kind,
  args: [...shell(), kind, '--host', `${hosts.list(slots)},localhost:${slots}`],
  env: {},
});

const jobs = fileURLToPath(new URL('../mpi/jobs/', import.meta.url));
/** What is about one process or two ranks, or about gigabytes; what is about `--check` is `signatures*`. */
const elsewhere = [
  'guests.js',
  'long-counts.js',
  'long-views.js',
  'mixed.js',
  'slots.js',
  'nowhere.js',
  'world.js',
  'environment.js',
  'gone.js',
  'broken-collectives.js',
];
const conformance = readdirSync(jobs).filter(
  (file) => file.endsWith('.js') && !elsewhere.includes(file) && !file.startsWith('signatures'),
);

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const sizes: Readonly<Record<string, string[]>> = { ring: ['100'], pi: ['1000000'], matmul: ['60'] };
/** Each checks its own result. */
const EXAMPLES: readonly [name: string, result: RegExp][] = [
  ['hello', /^(hello from rank \d of 4 on \S+\n){4}$/],
  ['ring', /token 400, as expected/],
  ['pi', /^pi = 3\.14159265/],
  ['heat', /every cell as in the serial run/],
  ['matmul', /every element as in the serial product/],
  ['wordcount', /as in the serial count/],
];

for (const kind of ['--threads', '--processes']) {
  for (const file of sample(conformance, 4, `hosts/${kind}`))
    test(`conformance: ${file}, ${kind}, 4 ranks on 4 hosts and on 2`, async (t) => {
      for (const slots of [1, 2])
        t.deepEqual(
          await failuresOf({ file: join(jobs, file), ranks: 4, kind: spread(kind, slots), node: undefined }),
          [],
        );
    });

  test(`every example, ${kind}, 4 ranks on 3 hosts and this one`, async (t) => {
    for (const [name, result] of EXAMPLES) {
      const { code, stdout, stderr } = await launch(
        [...spread(kind, 1).args, '-n', '4', `${examples}${name}.ts`, ...(sizes[name] ?? [])],
        { timeoutMs: 120_000 },
      );
      t.is(code, 0, `${name}: ${stderr}`);
      t.regex(stdout, result, name);
    }
  });

  for (const file of ['collectives.js', 'reductions.js', 'meetings.js'])
    test(`collectives in two levels, memory and wire: ${file}, ${kind}`, async (t) => {
      const [one, two, three] = hosts.hosts.map(({ address }) => address);
      const args = [...shell(), kind, '--map-by', 'node', '--host', `${one}:3,${two}:1,${three}:2`];
      const uneven: Kind = { name: kind, args, env: {} };
      t.deepEqual(await failuresOf({ file: join(jobs, file), ranks: 6, kind: uneven, node: undefined }), []);
    });

  for (const file of ['collectives.js', 'reductions.js'])
    test(`collectives of hosts whose ranks follow each other: ${file}, ${kind}`, async (t) => {
      const [one, two] = hosts.hosts.map(({ address }) => address);
      const inOrder: Kind = { name: kind, args: [...shell(), kind, '--host', `${one}:2,${two}:3`], env: {} };
      t.deepEqual(await failuresOf({ file: join(jobs, file), ranks: 5, kind: inOrder, node: undefined }), []);
    });

  test(`torture, ${kind}`, async (t) => {
    const torture = fileURLToPath(new URL('../torture/jobs/torture.js', import.meta.url));
    const words = [kind, '--host', hosts.list(2), '-n', '5', torture, '4', String(testSeed)];
    const { code, stderr } = await launch([...shell(), ...words], { timeoutMs: 120_000 });
    t.is(code, 0, stderr);
  });

  test(`torture over WebSockets, IPv6, ${kind}`, async (t) => {
    const torture = fileURLToPath(new URL('../torture/jobs/torture.js', import.meta.url));
    const list = hosts.hosts.map(({ address6 }) => `[${address6}]:2`).join(',');
    const words = [kind, '--transport', 'ws', '--host', list, '-n', '5', torture, '4', String(testSeed)];
    const { code, stderr } = await launch([...shell(), ...words], { timeoutMs: 120_000 });
    t.is(code, 0, stderr);
    t.deepEqual(await hosts.leftovers(goneMsMax), []);
  });

  test(`a link is cut in the middle of a job, ${kind}`, async (t) => {
    const directory = directoryWith(t, { 'job.mjs': waiting });
    const child = start(directory, [kind, '--host', hosts.list(2), 'job.mjs']);
    await outputOf(child, /running/);
    const ended = endOf(child);
    hosts.cut(1);
    try {
      const { code, stderr } = await ended;
      t.is(code, 1, stderr);
      t.regex(stderr, new RegExp(`^mpirun: host ${hosts.hosts[1].address}: no sign of life for 2 s`, 'm'));
      t.regex(stderr, /\(ranks 2, 3 of the job\)\nMeanwhile other ranks were blocked:\n/);
      // The host that was cut off notices by itself.
      t.deepEqual(await agents(goneMsMax), []);
    } finally {
      hosts.mend(1);
    }
    t.deepEqual(await hosts.leftovers(goneMsMax), []);
  });

  test(`killed at a random moment, ${kind}`, async (t) => {
    let seed = testSeed;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const directory = directoryWith(t, { 'job.mjs': waiting });
    for (let round = 0; round < 6; round++) {
      const child = start(directory, [kind, '--host', hosts.list(2), 'job.mjs']);
      const ended = endOf(child);
      await sleep(random(1500));
      const everyone = hosts.hosts.flatMap((_, index) => hosts.processes(index));
      const victim = [{ pid: child.pid!, command: 'mpirun' }, ...everyone][random(everyone.length + 1)];
      t.log(`round ${round}: ${victim.command}`);
      try {
        process.kill(victim.pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile; the job is waiting all the same.
        child.kill('SIGKILL');
      }
      const { code } = await ended;
      t.not(code, 0);
      t.deepEqual(await hosts.leftovers(goneMsMax), [], victim.command);
    }
  });
}

test('IPv6, and listeners on the address of the job only', async (t) => {
  const list = hosts.hosts.slice(0, 2).map(({ address6 }) => `[${address6}]:1`);
  const done = await run(
    t,
    `import { readFileSync } from 'node:fs';
${head}comm.Barrier();
const listening = (file) => readFileSync(file, 'utf8').split('\\n').map((line) => line.trim().split(/\\s+/))
  .filter(([, , , state]) => state === '0A').map(([, local]) => local).filter((local) => !local.endsWith(':0016'));
console.log(JSON.stringify([rank, listening('/proc/self/net/tcp'), listening('/proc/self/net/tcp6')]));
comm.Barrier();`,
    ['--host', list.join(',')],
  );
  t.is(done.code, 0, done.stderr);
  for (const line of done.stdout.trim().split('\n')) {
    const [rank, four, six] = JSON.parse(line) as [number, string[], string[]];
    t.deepEqual(four, []);
    t.is(six.length, 1);
    // Words of the address, low byte first: the last one is the host's number.
    t.regex(six[0], new RegExp(`^[0-9A-F]{24}0${rank + 1}000000:`));
  }
});

/** A job on two hosts that have no network in common. Returns what it says. */
async function failApart(
  t: ExecutionContext,
  options: Omit<HostsOptions, 'count' | 'apart'>,
): Promise<string> {
  const apart = await TestHosts.make({ count: 2, apart: true, ...options });
  try {
    const directory = directoryWith(t, { 'job.mjs': `${head}comm.Barrier();` });
    const words = ['--rsh-agent', apart.shell, '--host', apart.list(1), 'job.mjs'];
    const { code, stderr } = await launch(words, { cwd: directory });
    t.is(code, 1, stderr);
    t.deepEqual(await apart.leftovers(goneMsMax), []);
    return stderr;
  } finally {
    apart.close();
  }
}

test('hosts that no network joins', async (t) => {
  t.regex(
    await failApart(t, { offset: 8 }),
    /mpirun: host [\d.]+: no network leads from there to host [\d.]+ at [\d.]+ \(ENETUNREACH\)/,
  );
});

test('hosts between which a firewall stands', async (t) => {
  const stderr = await failApart(t, { offset: 16, routed: true });
  t.regex(
    stderr,
    /mpirun: rank [01] of 2 \(host [\d.]+\) cannot reach rank [01] of 2 \(host [\d.]+\) at [\d.]+ port \d+: (no answer|EHOSTUNREACH)\nIs there a firewall/,
  );
  t.regex(stderr, /rank [01]: Barrier on MPI_COMM_WORLD/);
});

test('bad hosts: unknown, refusing, silent, and without the program', async (t) => {
  const [first, second] = hosts.hosts;
  const directory = directoryWith(t, { 'job.mjs': 'console.log("ran")' });
  const good = `${first.address}:1`;
  const cases: [string[], RegExp][] = [
    [
      ['--host', `${good},no-such-host.invalid`],
      /host no-such-host\.invalid: ssh ended with code 255:\n {2}ssh: Could not resolve/,
    ],
    [
      ['--rsh-agent', `${hosts.shell} -p 9`, '--host', good],
      /host [\d.]+: ssh ended with code 255:\n {2}ssh: connect to .*Connection refused/,
    ],
    [
      ['--start-timeout', '1', '--host', `${good},${second.address.replace(/\d+$/, '200')}`],
      /host [\d.]+\.200: (no answer from ssh within 1 s|ssh ended with code 255:\n {2}ssh: connect to .*No route to host)/,
    ],
    [
      ['--rsh-agent', join(directory, 'hide'), '--host', good],
      /host [\d.]+: the program '.*job\.mjs' does not exist there/,
    ],
  ];
  // Another host's view: nothing is where the job is.
  writeFileSync(
    join(directory, 'hide'),
    `#!/bin/sh
host=$1; shift
quoted=$(printf %s "$*" | sed "s/'/'\\\\\\\\''/g")
exec ${hosts.shell} $host "unshare -m sh -c 'mount -t tmpfs none ${directory}; exec sh -c \\"\\$1\\"' sh '$quoted'"
`,
    { mode: 0o755 },
  );
  for (const [words, message] of cases) {
    const done = await launch([...shell(), ...words, 'job.mjs'], { cwd: directory });
    t.not(done.code, 0);
    t.regex(done.stderr, message);
    t.is(done.stdout, '');
  }
  t.deepEqual(await hosts.leftovers(goneMsMax), []);
});

function start(directory: string, words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [mpirunPath, ...shell(), ...words], { cwd: directory });
}

/** Agents and ranks that are still there after at most `ms`: on a host that is cut off, its sshd cannot know yet. */
function agents(ms: number): Promise<string[]> {
  const left = () =>
    hosts.hosts
      .flatMap((_, index) => hosts.processes(index))
      .filter(({ pid }) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/launcher/');
        } catch {
          return false;
        }
      });
  return emptied(() => left().map(({ command }) => command), ms);
}
