/** The I/O worker of a rank: what it is loaded with, and when it ends. */
import test from 'ava';
import { directoryWith } from '../../launcher/fixture.js';
import { ws, wsProcesses } from '../../support/kinds.js';
import { launch } from '../../support/launch.js';

const runtime = new URL('../../../src/index.js', import.meta.url).href;
const launcher = new URL('../../../launcher/index.js', import.meta.url).href;

for (const { name, args, env } of [ws, wsProcesses])
  test(`what the program is loaded with does not reach the worker: ${name}`, async (t) => {
    const cwd = directoryWith(t, {
      'package.json': '{"type":"module"}',
      'preload.cjs': `require('node:fs').writeSync(1, 'preloaded\\n');`,
      // Of no use to anybody but tsx, and loaded by it.
      'job.ts': `import { MPI } from '${runtime}';
import { sum } from './sum';
enum Tag { ONE = 1 }
const comm = MPI.COMM_WORLD;
const got = new Int32Array(1);
comm.Sendrecv(Int32Array.of(comm.rank), 1 - comm.rank, Tag.ONE, got, 1 - comm.rank, Tag.ONE);
console.log('sum', sum(comm.rank, got[0]), await Promise.resolve('awaited'));`,
      'plain.mjs': `import { MPI } from '${runtime}';\nMPI.COMM_WORLD.Barrier();`,
      'sum.ts': 'export const sum = (a: number, b: number): number => a + b;',
    });
    const job = (file: string, NODE_OPTIONS?: string) =>
      launch([...args, '-n', '2', file], { env: { ...env, NODE_OPTIONS }, cwd, timeoutMs: 30_000 });
    const compiled = await job('job.ts');
    t.is(compiled.stdout, 'sum 1 awaited\n'.repeat(2), compiled.stderr);
    const preloaded = await job('plain.mjs', '--require ./preload.cjs');
    t.is(preloaded.stdout, 'preloaded\n'.repeat(3), 'the launcher, and two ranks');
  });

test('a rank that is ended takes its worker along, and a finished one needs none', async (t) => {
  if (process.platform !== 'linux') return t.pass('skipped: threads are counted in /proc');
  const cwd = directoryWith(t, {
    'blocked.mjs': `import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
comm.Barrier();
if (comm.rank === 0) process.exit(3);
comm.Recv(new Uint8Array(1), 1 + (comm.rank % 2));`,
    'finished.mjs': `import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
comm.Barrier();
const threads = () => readdirSync('/proc/self/task').length;
const before = threads();
comm.Barrier();
MPI.Finalize();
while (threads() > before - comm.size) await sleep(10);`,
    'main.mjs': `import { readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '${launcher}';
const threads = () => readdirSync('/proc/self/task').length;
const job = (program) => run({ transport: 'ws', programs: [{ program, ranks: 3 }] });
// Node's own threads begin with the first such call.
await Promise.all(Array.from({ length: 16 }, () => stat('.')));
const before = threads();
console.log((await job('finished.mjs')).code, (await job('blocked.mjs')).code);
while (threads() > before) await sleep(10);
console.log('all threads are gone');`,
  });
  const done = await launch([], { script: `${cwd}/main.mjs`, cwd, timeoutMs: 30_000 });
  t.is(done.stdout, '0 3\nall threads are gone\n', done.stderr);
});
