/** Processes that may not read or write each other's memory, as in some containers: long messages are streamed. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { directoryWith } from '../launcher/fixture.js';
import { launch } from '../support/launch.js';

const source = fileURLToPath(new URL('../../../test/support/deny.c', import.meta.url));
const torture = fileURLToPath(new URL('../torture/jobs/torture.js', import.meta.url));
const runtime = new URL('../../src/index.js', import.meta.url).href;

// Numbers of system calls on x64.
const READ = 310;
const WRITE = 311;

const job = `import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
const other = 1 - comm.rank;
for (const bytes of [5000, 70_000, 1_000_000, 9_000_000]) {
  const out = new Uint8Array(bytes).fill(comm.rank + 1);
  const into = new Uint8Array(bytes);
  for (let i = 0; i < 3; i++) {
    const request = comm.Irecv(into.fill(0), other);
    comm.Send(out, other);
    request.Wait();
    if (into.some((byte) => byte !== other + 1)) throw new Error('other bytes than were sent');
  }
}
console.log('done');`;

for (const [what, calls] of [
  ['reading and writing', [READ, WRITE]],
  ['reading', [READ]],
  ['writing', [WRITE]],
] as const)
  test.serial(`processes, where the kernel denies ${what} the memory of others`, async (t) => {
    if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync('/usr/bin/cc')) {
      t.log('skipped: needs Linux on x64 and a C compiler');
      return t.pass();
    }
    const directory = directoryWith(t, { 'job.mjs': job });
    const deny = join(directory, 'deny');
    execFileSync('cc', ['-O1', '-o', deny, source]);
    const options = { node: deny, nodeArgs: [calls.join(','), process.execPath], cwd: directory };
    const done = await launch(['--processes', '-n', '2', 'job.mjs'], options);
    t.is(done.code, 0, done.stderr);
    t.is(done.stdout, 'done\ndone\n');
    const tortured = await launch(['--processes', '-n', '3', torture, '2', '7'], {
      ...options,
      timeoutMs: 120_000,
    });
    t.is(tortured.code, 0, tortured.stderr);
  });
