/** Ranks over sockets that end: what they sent arrives, and nobody waits for one that is ending too. */
import ava from 'ava';
import { directoryWith } from '../../launcher/fixture.js';
import { processes, tcp, unix, ws, wsProcesses } from '../../support/kinds.js';
import { launch } from '../../support/launch.js';

// One job at a time: each has ranks enough for the machine.
const test = ava.serial;

const runtime = new URL('../../../src/index.js', import.meta.url).href;
const kinds = [
  tcp,
  unix,
  ws,
  wsProcesses,
  { ...tcp, name: 'tcp, processes', args: [...tcp.args, ...processes.args] },
];

for (const { name, args, env } of kinds) {
  test(`what a rank sent before it ended arrives, though its receiver is busy: ${name}`, async (t) => {
    const directory = directoryWith(t, {
      'job.mjs': `
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
const count = 240;
if (comm.rank === 0) {
  comm.recv(1);
  for (let i = 0; i < count; i++) comm.Send(new Uint8Array(1024).fill(i), 1, i);
} else {
  comm.send('ready', 0);
  const until = performance.now() + 300;
  while (performance.now() < until);
  const got = new Uint8Array(1024);
  for (let i = 0; i < count; i++) {
    comm.Recv(got, 0, i);
    if (got[1023] !== i % 256) throw new Error('message ' + i);
  }
  console.log('all ' + count);
}`,
    });
    const done = await launch([...args, '-n', '2', 'job.mjs'], { env, cwd: directory, timeoutMs: 30_000 });
    t.is(done.stdout, 'all 240\n', done.stderr);
    t.is(done.code, 0, done.stderr);
  });

  test(`two ranks that send each other what neither receives end: ${name}`, async (t) => {
    const directory = directoryWith(t, {
      'job.mjs': `
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
comm.Isend(new Uint8Array(1_000_000), 1 - comm.rank);`,
    });
    for (let i = 0; i < 5; i++) {
      const done = await launch([...args, '-n', '2', 'job.mjs'], { env, cwd: directory, timeoutMs: 30_000 });
      t.is(done.code, 0, done.stderr);
    }
  });

  test(`many ranks that all connect to one, and to each other, at once: ${name}`, async (t) => {
    const directory = directoryWith(t, {
      'job.mjs': `
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const got = Array.from({ length: size }, () => new Int32Array(1));
const requests = got.flatMap((into, peer) => [comm.Irecv(into, peer), comm.Isend(Int32Array.of(rank * size + peer), peer)]);
MPI.Request.Waitall(requests);
got.forEach((value, peer) => { if (value[0] !== peer * size + rank) throw new Error('from ' + peer); });
if (rank === 0) console.log('all to all');`,
    });
    const done = await launch([...args, '-n', '12', 'job.mjs'], { env, cwd: directory, timeoutMs: 60_000 });
    t.is(done.stdout, 'all to all\n', done.stderr);
    t.is(done.code, 0, done.stderr);
  });
}
