/** The peers that mpi4ts is compared with: what they answer, and how they fail. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { runBlock } from '../../bench/contenders/program.js';
import {
  type Block,
  type Contender,
  collectiveWorks,
  isCollective,
  isOfObjects,
  objectWorks,
  peerNames,
  type Work,
} from '../../bench/contract.js';
import { compile, findCommands, sourcePath } from '../../bench/peers/build.js';
import { Inbox } from '../../bench/peers/inbox.js';
import { floor, peers } from '../../bench/peers/index.js';
import { type Link, perform } from '../../bench/peers/pair.js';

const block = (work: Work, more: Partial<Block> = {}): Block => ({
  work,
  ranks: 2,
  steps: [0, 8, 5_000].map((size) => ({ size, iterations: 20, warmup: 2 })),
  buffers: 'reuse',
  validate: true,
  ...more,
});

async function answers(t: ExecutionContext, contender: Contender, asked: Block): Promise<void> {
  const samples = await contender.run(asked);
  const what = `${contender.name}, ${asked.work}, ${asked.buffers}`;
  t.deepEqual(
    samples.map(({ size, iterations }) => ({ size, iterations })),
    asked.steps.map(({ size, iterations }) => ({ size, iterations })),
    what,
  );
  for (const { seconds } of samples) t.true(seconds > 0 && seconds < 600, `${what}: ${seconds} s`);
}

async function doesItsWorks(t: ExecutionContext, contender: Contender): Promise<void> {
  if (contender.missing !== undefined) return t.log(contender.missing);
  for (const [at, work] of contender.works.entries())
    await answers(t, contender, block(work, { buffers: at % 2 === 0 ? 'rotate' : 'reuse' }));
  await answers(t, contender, block('latency', { validate: false }));
}

/** A directory for one test; what it compiles lands there too. */
async function temporary(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'mpi4ts-peers-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = directory;
  t.teardown(async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

function usePath(t: ExecutionContext, path: string): void {
  const before = process.env.PATH;
  process.env.PATH = path;
  t.teardown(() => {
    process.env.PATH = before;
  });
}

/** A command of this name in `directory` that is a shell script. */
async function script(directory: string, name: string, text: string): Promise<void> {
  await writeFile(join(directory, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(directory, name), 0o755);
}

const oneLine = (error: Error | undefined): string => {
  const message = error?.message ?? '';
  return message.includes('\n') ? `more than one line: ${message}` : message;
};

for (const name of peerNames)
  test.serial(`${name} does its works`, async (t) => {
    const found = await peers([name]);
    const best = name === 'openmpi' || name === 'mpich' ? [`${name}, at its best`] : [];
    const names = [name, ...best, ...(name === 'openmpi' ? ['openmpi, tuned collectives'] : [])];
    t.deepEqual(
      found.map((contender) => contender.name),
      names,
    );
    for (const contender of found) {
      t.is(contender.peer, name);
      await doesItsWorks(t, contender);
    }
  });

test.serial('collectives on more ranks than cores', async (t) => {
  const steps = [4, 1_000].map((size) => ({ size, iterations: 4, warmup: 2 }));
  for (const contender of await peers(['openmpi', 'mpich', 'mpi4py'])) {
    if (contender.missing !== undefined) {
      t.log(contender.missing);
      continue;
    }
    for (const work of contender.works.filter((each) => isCollective(each) || isOfObjects(each)))
      await answers(t, contender, block(work, { ranks: 4, steps }));
  }
  t.pass();
});

test.serial('the floor does its work', async (t) => {
  const contender = await floor();
  t.is(contender.peer, 'floor');
  await doesItsWorks(t, contender);
  const far = { steps: [{ size: 300_000, iterations: 20, warmup: 2 }], buffers: 'rotate' } as const;
  if (contender.missing === undefined) await answers(t, contender, block('latency', far));
});

test.serial('Open MPI on more ranks than cores', async (t) => {
  const [contender] = await peers(['openmpi']);
  if (contender.missing !== undefined) return t.pass(contender.missing);
  for (const work of ['latency', 'multi-latency', 'ring', 'barrier'] as const)
    await answers(t, contender, block(work, { ranks: 4, steps: [{ size: 8, iterations: 5, warmup: 1 }] }));
  const odd = await t.throwsAsync(contender.run(block('multi-latency', { ranks: 3 })));
  t.regex(oneLine(odd), /^openmpi, multi-latency: exit code \d+: /);
});

test.serial('what is not installed is named with the remedy', async (t) => {
  usePath(t, '');
  const all = await peers(['openmpi', 'mpich', 'mpi4py', 'openmpi-tcp', 'raw-tcp', 'raw-unix']);
  for (const contender of [...all, await floor()]) {
    const missing = contender.missing ?? '';
    t.regex(missing, /is not installed \(Debian: apt-get install [\w -]+\)$/);
    t.true(missing.startsWith(contender.peer));
    const error = await t.throwsAsync(contender.run(block('latency')));
    t.is(error?.message, missing);
  }
});

test.serial('a Python without mpi4py is passed over', async (t) => {
  const directory = await temporary(t);
  await script(directory, 'python3', 'exit 1');
  const [usual] = await peers(['mpi4py']);
  usePath(t, `${directory}:${process.env.PATH}`);
  const [found] = await peers(['mpi4py']);
  t.is(found.missing ?? 'found', usual.missing ?? 'found');
});

test('an unknown name is refused; who has two ranks only, and few works, says so', async (t) => {
  const unknown = await t.throwsAsync(peers(['postmessage', 'nobody']));
  t.is(unknown?.message, `no peer is called 'nobody': there are ${peerNames.join(', ')}`);
  const [postmessage] = await peers(['postmessage']);
  t.is(postmessage.ranks, 2);
  t.false(postmessage.works.includes('ring'));
});

test.serial('a source that does not compile is named with its first error', async (t) => {
  const directory = await temporary(t);
  await script(directory, 'mpirun.openmpi', 'echo "mpirun (Open MPI) 0.0"');
  await script(directory, 'mpicc.openmpi', 'echo "In file: note"; echo "mpi.c:6: error: broken" >&2; exit 1');
  usePath(t, directory);
  for (const { missing } of await peers(['openmpi']))
    t.is(missing, 'openmpi: mpi.c does not compile: mpi.c:6: error: broken');
});

test.serial('what is compiled is kept for the same source, compiler and flags', async (t) => {
  await temporary(t);
  const [compiler] = findCommands('cc');
  if (compiler === undefined) return t.pass('no C compiler');
  const first = await compile(compiler, 'floor.c', ['-pthread']);
  const { ino } = await stat(first);
  t.is(await compile(compiler, 'floor.c', ['-pthread']), first);
  t.is((await stat(first)).ino, ino);
  t.not(await compile(compiler, 'floor.c', ['-pthread', '-g']), first);
});

test('the sources lie where they are looked for', (t) => {
  for (const name of [
    'mpi.c',
    'floor.c',
    'raw.c',
    'messages.h',
    'collectives.h',
    'mpi4py.py',
    'collectives.py',
  ])
    t.true(existsSync(sourcePath(name)), name);
});

/** Two ends of a link in this thread; `spoil` may change what rank 1 receives. */
function links(spoil: (bytes: Uint8Array) => void): Link[] {
  const inboxes = [new Inbox<Uint8Array>(), new Inbox<Uint8Array>()];
  return [0, 1].map((rank) => ({
    send(bytes) {
      const copy = bytes.slice();
      if (rank === 0) spoil(copy);
      inboxes[1 - rank].push(copy);
    },
    receive: () => inboxes[rank].next(),
    close() {},
  }));
}

const performBoth = (ends: Link[], args: readonly string[], tell: (line: string) => void) =>
  Promise.race([
    Promise.all(ends.map((link, rank) => perform(link, rank, args, tell))),
    new Promise((_, reject) => setTimeout(reject, 60_000, new Error('too late')).unref()),
  ]);

test('validation finds one wrong byte in one message', async (t) => {
  for (const work of ['latency', 'bandwidth', 'bibw'])
    for (const buffers of ['reuse', 'rotate']) {
      const args = [work, buffers, '1', '100:5:1'];
      const lines: string[] = [];
      let messages = 0;
      await performBoth(
        links((bytes) => {
          if (bytes.length === 100) messages++;
        }),
        args,
        (line) => lines.push(line),
      );
      t.regex(lines.join(), /^100 5 \d+\.\d+$/);
      let left = messages;
      const spoil = (bytes: Uint8Array) => {
        if (bytes.length === 100 && --left === 0) bytes[99] ^= 1;
      };
      const error = await t.throwsAsync(performBoth(links(spoil), args, () => t.fail('a figure was told')));
      t.regex(error?.message ?? '', /^validation failed: rank 1, size 100, round 4, byte 99$/);
    }
});

test.serial('validation of the C program finds a wrong byte', async (t) => {
  const directory = await temporary(t);
  const [compiler] = findCommands('mpicc.openmpi');
  const [launcher] = findCommands('mpirun.openmpi');
  if (compiler === undefined || launcher === undefined) return t.pass('Open MPI is not installed');
  const spoiler = join(directory, 'spoil.c');
  await writeFile(
    spoiler,
    `#include <mpi.h>
    int MPI_Recv(void *b, int n, MPI_Datatype d, int s, int t, MPI_Comm c, MPI_Status *status) {
      int result = PMPI_Recv(b, n, d, s, t, c, status);
      if (n > 4) ((char *)b)[n - 1] ^= 1;
      return result;
    }`,
  );
  const program = {
    command: launcher,
    args: ['--oversubscribe', '-n', '2', await compile(compiler, 'mpi.c', [spoiler])],
    env: { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  };
  const error = await t.throwsAsync(runBlock('spoiled', program, block('latency')));
  t.regex(
    oneLine(error),
    /^spoiled, latency: exit code 1: validation failed: rank [01], size 8, round 0, byte 7$/,
  );
  await t.notThrowsAsync(runBlock('spoiled', program, block('latency', { validate: false })));
});

/** What a library in C does to the results of collectives before the program sees them. */
const spoilCollectives = `#include <mpi.h>
  #define SPOIL(name, parameters, call, bytes, buffer) \\
    int MPI_##name parameters { int result = PMPI_##name call; ((char *)buffer)[bytes - 1] ^= 1; return result; }
  #define TYPE MPI_Datatype
  SPOIL(Bcast, (void *b, int n, TYPE d, int r, MPI_Comm c), (b, n, d, r, c), n, b)
  SPOIL(Reduce, (const void *s, void *b, int n, TYPE d, MPI_Op o, int r, MPI_Comm c), (s, b, n, d, o, r, c), n * 4, b)
  SPOIL(Allreduce, (const void *s, void *b, int n, TYPE d, MPI_Op o, MPI_Comm c), (s, b, n, d, o, c), n * 4, b)
  SPOIL(Reduce_scatter_block, (const void *s, void *b, int n, TYPE d, MPI_Op o, MPI_Comm c), (s, b, n, d, o, c), n * 4, b)
  SPOIL(Scan, (const void *s, void *b, int n, TYPE d, MPI_Op o, MPI_Comm c), (s, b, n, d, o, c), n * 4, b)
  SPOIL(Gather, (const void *s, int m, TYPE e, void *b, int n, TYPE d, int r, MPI_Comm c), (s, m, e, b, n, d, r, c), 2 * n, b)
  SPOIL(Scatter, (const void *s, int m, TYPE e, void *b, int n, TYPE d, int r, MPI_Comm c), (s, m, e, b, n, d, r, c), n, b)
  SPOIL(Allgather, (const void *s, int m, TYPE e, void *b, int n, TYPE d, MPI_Comm c), (s, m, e, b, n, d, c), 2 * n, b)
  SPOIL(Alltoall, (const void *s, int m, TYPE e, void *b, int n, TYPE d, MPI_Comm c), (s, m, e, b, n, d, c), 2 * n, b)`;

test.serial('validation of the C program finds a wrong result of each collective', async (t) => {
  const directory = await temporary(t);
  const [compiler] = findCommands('mpicc.openmpi');
  const [launcher] = findCommands('mpirun.openmpi');
  if (compiler === undefined || launcher === undefined) return t.pass('Open MPI is not installed');
  const spoiler = join(directory, 'spoil.c');
  await writeFile(spoiler, spoilCollectives);
  const program = {
    command: launcher,
    args: ['--oversubscribe', '-n', '2', await compile(compiler, 'mpi.c', [spoiler])],
    env: { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  };
  const steps = [{ size: 8, iterations: 2, warmup: 1 }];
  for (const work of collectiveWorks) {
    const error = await t.throwsAsync(runBlock('spoiled', program, block(work, { steps })));
    const where = 'rank [01], size 8, round 0, block [01], (element 1|byte 7)';
    t.regex(oneLine(error), new RegExp(`^spoiled, ${work}: exit code 1: validation failed: ${where}$`));
    await t.notThrowsAsync(runBlock('spoiled', program, block(work, { steps, validate: false })));
  }
});

test.serial('validation with mpi4py finds a wrong result of each collective', async (t) => {
  const directory = await temporary(t);
  const [contender] = await peers(['mpi4py']);
  if (contender.missing !== undefined) return t.pass(contender.missing);
  const [launcher] = findCommands('mpirun.openmpi');
  const python = findCommands('python3').find(
    (each) => spawnSync(each, ['-c', 'import mpi4py']).status === 0,
  ) as string;
  // No call does anything: what the ranks get is what was there before.
  await writeFile(
    join(directory, 'spoil.py'),
    `import os, runpy, sys
from mpi4py import MPI
source = sys.argv.pop(1)
sys.path.append(os.path.dirname(source))
import collectives
for shape in collectives.SHAPES.values():
    shape.call = lambda *_: None
steps = collectives.ObjectStep
steps.bcast = steps.allreduce = lambda *_: None
runpy.run_path(source, run_name='__main__')
`,
  );
  const program = {
    command: launcher,
    args: ['--oversubscribe', '-n', '2', python, join(directory, 'spoil.py'), sourcePath('mpi4py.py')],
    env: { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  };
  const steps = [{ size: 8, iterations: 2, warmup: 1 }];
  for (const work of [...collectiveWorks, ...objectWorks]) {
    const error = await t.throwsAsync(runBlock('spoiled', program, block(work, { steps })));
    t.regex(
      oneLine(error),
      new RegExp(`^spoiled, ${work}: exit code 1: validation failed: rank [01], size 8`),
    );
  }
});
