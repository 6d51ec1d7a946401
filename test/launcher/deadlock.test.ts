/** The report of a deadlock: who is blocked in what and where, why, and how the job ends. */
import ava, { type ExecutionContext } from 'ava';
import { launch } from '../support/launch.js';
import { directoryWith } from './fixture.js';
import { fixture, head, run } from './remote.js';

const test = ava.serial;

/** What EDEADLK is on Linux. */
const DEADLOCK = 35;

interface Case {
  readonly ranks: number;
  /** The program, from its fourth line on. */
  readonly job: string;
  /** Whole lines of the report, after the first. */
  readonly lines: readonly string[];
}

const world = 'MPI_COMM_WORLD';

const cases: Record<string, Case> = {
  'two ranks that receive first': {
    ranks: 2,
    job: `comm.Recv(new Float64Array(1), 1 - rank, 7);
comm.Send(new Float64Array(1), 1 - rank, 7);`,
    lines: [
      `  rank 0: Recv on ${world} (source 1, tag 7) at job.mjs:4:6`,
      `  rank 1: Recv on ${world} (source 0, tag 7) at job.mjs:4:6`,
      'rank 0 waits for 1, which waits for 0',
    ],
  },
  'a cycle of five, which others wait for': {
    ranks: 7,
    job: `const from = rank < 5 ? (rank + 1) % 5 : 2;
comm.recv(from);`,
    lines: [
      `  rank 0: recv on ${world} (source 1, any tag) at job.mjs:5:6`,
      `  rank 4: recv on ${world} (source 0, any tag) at job.mjs:5:6`,
      `  ranks 1, 5, 6: recv on ${world} (source 2, any tag) at job.mjs:5:6`,
      'rank 0 waits for 1, which waits for 2, which waits for 3, which waits for 4, which waits for 0',
    ],
  },
  'long messages sent head to head': {
    ranks: 2,
    job: `comm.Send(new Float64Array(1e6), 1 - rank);
comm.Recv(new Float64Array(1e6), 1 - rank);`,
    lines: [
      `  rank 0: Send on ${world} (dest 1, tag 0) at job.mjs:4:6`,
      `  rank 1: Send on ${world} (dest 0, tag 0) at job.mjs:4:6`,
      'rank 0 waits for 1, which waits for 0',
    ],
  },
  'synchronous sends around a ring': {
    ranks: 3,
    job: 'comm.Ssend(new Float64Array(1), (rank + 1) % 3, 2);',
    lines: [
      `  rank 2: Ssend on ${world} (dest 0, tag 2) at job.mjs:4:6`,
      'rank 0 waits for 1, which waits for 2, which waits for 0',
    ],
  },
  'another tag than that of the message': {
    ranks: 2,
    job: `const one = new Float64Array(1);
if (rank === 0) comm.Send(one, 1, 8);
if (rank === 0) comm.Recv(one, 1, 9);
else comm.Recv(one, 0, 7);`,
    lines: [
      `  rank 0: Recv on ${world} (source 1, tag 9) at job.mjs:6:22`,
      `  rank 1: Recv on ${world} (source 0, tag 7) at job.mjs:7:11`,
      'rank 0 waits for 1, which waits for 0',
      'a message from 0 with tag 8 has come to 1, which receives tag 7',
    ],
  },
  'a sender and a receiver that disagree about the tag': {
    ranks: 2,
    job: `if (rank === 0) comm.Ssend(new Float64Array(1), 1, 8);
else comm.Recv(new Float64Array(1), 0, 7);`,
    lines: ['rank 0 waits for 1, which waits for 0', 'rank 0 sends to 1 with tag 8, where 1 receives tag 7'],
  },
  'a barrier that one rank does not join': {
    ranks: 4,
    job: `if (rank === 2) comm.recv(1);
else comm.Barrier();`,
    lines: [
      `  ranks 0, 1, 3: Barrier on ${world} at job.mjs:5:11`,
      `  rank 2: recv on ${world} (source 1, any tag) at job.mjs:4:22`,
      `Barrier on ${world}: ranks 0, 1, 3 are in it, rank 2 is not (it is in recv)`,
    ],
  },
  'different collectives': {
    ranks: 2,
    job: `if (rank === 0) comm.Allreduce(new Float64Array(1), new Float64Array(1));
else comm.recv(0, 3);`,
    lines: [`Allreduce on ${world}: rank 0 is in it, rank 1 is not (it is in recv)`],
  },
  'Waitall, Waitany, Wait and Probe': {
    ranks: 5,
    job: `const one = () => new Float64Array(1);
if (rank === 0) MPI.Request.Waitall([comm.Irecv(one(), 1, 1), comm.Isend(one(), 1)]);
if (rank === 1) MPI.Request.Waitany([comm.Irecv(one(), 2, 1), comm.Irecv(one(), 3, 2)]);
if (rank === 2) comm.Irecv(one(), 0, 4).Wait();
if (rank === 3) comm.Probe(4, 3);
if (rank === 4) comm.Mprobe(MPI.ANY_SOURCE, 5);`,
    lines: [
      `  rank 0: Waitall: Irecv on ${world} (source 1, tag 1) at job.mjs:5:29`,
      `  rank 1: Waitany of 2 requests, the first: Irecv on ${world} (source 2, tag 1) at job.mjs:6:29`,
      `  rank 2: Wait: Irecv on ${world} (source 0, tag 4) at job.mjs:7:41`,
      `  rank 3: Probe on ${world} (source 4, tag 3) at job.mjs:8:22`,
      `  rank 4: Mprobe on ${world} (any source, tag 5) at job.mjs:9:22`,
      'ranks 1, 4 wait for any of several messages, and nobody is left who could help',
    ],
  },
  'a chain of Sendrecv that is not closed': {
    ranks: 3,
    job: `const a = new Float64Array(1e5);
const b = new Float64Array(1e5);
comm.Sendrecv(a, (rank + 1) % 3, 0, b, (rank + 2) % 3, rank === 1 ? 5 : 0);`,
    lines: [`  rank 1: Sendrecv on ${world} (source 0, tag 5) at job.mjs:6:6`],
  },
  'a rank that has finalized, and goes on': {
    ranks: 3,
    job: `if (rank === 0) {
  MPI.Finalize();
  setInterval(() => {}, 1000);
} else comm.recv(3 - rank);`,
    lines: ['  finalized: rank 0', 'rank 1 waits for 2, which waits for 1'],
  },
  'ranks that have ended, and one that leaves a message behind': {
    ranks: 5,
    job: `if (rank === 1) comm.Issend(new Float64Array(1), 2, 6);
if (rank === 2) comm.recv(3, 1);
if (rank === 3) comm.recv(2, 1);`,
    lines: [
      `  rank 1: Finalize, 1 message not received, the first: Issend on ${world} (dest 2, tag 6)`,
      'rank 2 waits for 3, which waits for 2',
    ],
  },
  'buffered messages that are not received': {
    ranks: 2,
    job: `MPI.Attach_buffer(new Uint8Array(1e6));
comm.Bsend(new Float64Array(1e4), 1 - rank, 3);
MPI.Detach_buffer();`,
    lines: ['rank 0 waits for 1, which waits for 0'],
  },
};

/** Jobs at a time: each sleeps for most of its two seconds, and has threads enough for the machine. */
const jobsMax = 4;

async function isTold(t: ExecutionContext, words: readonly string[], name: string): Promise<void> {
  const { ranks, job, lines } = cases[name];
  const cwd = directoryWith(t, { 'job.mjs': head + job });
  const done = await launch([...words, '-n', `${ranks}`, 'job.mjs'], { cwd });
  const told = done.stderr.split('\n');
  t.is(
    told[0],
    'mpirun: deadlock: every rank is blocked, and nothing is under way',
    `${name}: ${done.stderr}`,
  );
  t.is(done.code, DEADLOCK, `${name}: ${done.stderr}`);
  for (const line of lines) t.true(told.includes(line), `${name}: no '${line}' in\n${done.stderr}`);
}

const all = Object.keys(cases);
const some = all.filter((_, index) => index % 4 === 1);
const kinds: [what: string, words: readonly string[], names: readonly string[]][] = [
  ['threads', [], all],
  ['processes', ['--processes'], some],
  ['tcp between processes', ['--processes', '--transport', 'tcp'], all],
  ['Unix-domain sockets', ['--transport', 'unix'], some],
  ['WebSockets', ['--transport', 'ws'], some],
];

for (const [what, words, names] of kinds)
  test(`is told: ${what}`, async (t) => {
    const left = [...names];
    const work = async () => {
      for (let name = left.shift(); name !== undefined; name = left.shift()) await isTold(t, words, name);
    };
    await Promise.all(Array.from({ length: jobsMax }, work));
  });

for (const kind of ['--threads', '--processes', '--transport=ws'])
  test(`is told across hosts: ${kind}`, async (t) => {
    const job = fixture(
      t,
      `${head}if (rank === 3) MPI.Finalize(), setInterval(() => {}, 1000);
else if (rank === 0) comm.recv(2, 4);
else comm.Ssend(new Float64Array(10), 3 - rank, 5);`,
    );
    const done = await run(job, [kind, '--host', 'a:2,b:2', 'job.mjs']);
    t.is(done.code, DEADLOCK, done.stderr);
    for (const line of [
      `  rank 0 (host a): recv on ${world} (source 2, tag 4) at job.mjs:5:27`,
      `  rank 1 (host a): Ssend on ${world} (dest 2, tag 5) at job.mjs:6:11`,
      `  rank 2 (host b): Ssend on ${world} (dest 1, tag 5) at job.mjs:6:11`,
      '  finalized: rank 3',
      'rank 1 waits for 2, which waits for 1',
    ])
      t.true(done.stderr.split('\n').includes(line), done.stderr);
  });

test('lines are those of the TypeScript, also where it was compiled', async (t) => {
  for (const first of ['type Color = 1;', 'enum Color { Red }']) {
    const source = `${first}
import { MPI } from 'mpi4ts';

interface Point { readonly x: number }
function wait(point: Point): void {
  MPI.COMM_WORLD.recv(point.x);
}
wait({ x: 1 - MPI.COMM_WORLD.rank });`;
    const cwd = directoryWith(t, { 'job.ts': source });
    const done = await launch(['-n', '2', 'job.ts'], { cwd });
    t.regex(done.stderr, /^ {2}rank 0: recv .* at job\.ts:6:\d+$/m);
  }
});

test('a program with its own ways with stacks is told of without a line, or with one', async (t) => {
  const job = `Object.defineProperty(Error, 'prepareStackTrace', { value: () => 7 });
comm.recv(1 - rank);`;
  const cwd = directoryWith(t, { 'job.mjs': head + job });
  const done = await launch(['-n', '2', 'job.mjs'], { cwd });
  t.is(done.code, DEADLOCK, done.stderr);
});

test('--deadlock=report tells once and goes on waiting; off says nothing', async (t) => {
  const cwd = directoryWith(t, { 'job.mjs': `${head}comm.recv(1 - rank);` });
  const words = ['-n', '2', '--timeout', '5', 'job.mjs'];
  const [reported, silent] = await Promise.all([
    launch(['--deadlock', 'report', ...words], { cwd }),
    launch(['--deadlock=off', ...words], { cwd }),
  ]);
  t.is(reported.code, 124);
  t.is(reported.stderr.match(/deadlock: every rank is blocked/g)?.length, 1, reported.stderr);
  t.is(silent.code, 124);
  t.notRegex(silent.stderr, /deadlock/);
  const wrong = await launch(['--deadlock', 'never', ...words], { cwd });
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /--deadlock never: give abort or report or off/);
});
