/** Running a contender's program: what it may print, and how it may end. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Program } from '../../bench/command.js';
import { runBlock } from '../../bench/contenders/program.js';
import type { Block } from '../../bench/contract.js';

const block: Block = {
  work: 'latency',
  ranks: 2,
  steps: [0, 8].map((size) => ({ size, iterations: 20, warmup: 2 })),
  buffers: 'reuse',
  validate: true,
};

const shell = (text: string): Program => ({ command: '/bin/sh', args: ['-c', text, 'sh'] });

test('a program that prints anything else, or dies, gives one clear line', async (t) => {
  const cases: [text: string, expected: RegExp][] = [
    ['echo hello', /^x, latency: printed "hello" instead of '0 20 SECONDS'$/],
    ['echo 0 20 1.5', /^x, latency: printed "" instead of '8 20 SECONDS'$/],
    ['echo 0 20 1.5; echo 8 19 1.5', /printed "8 19 1.5" instead of '8 20 SECONDS'$/],
    ['echo 0 20 1.5; echo 8 20 0.0', /printed "8 20 0.0" instead/],
    ['echo 0 20 1.5; echo 8 20 nan', /printed "8 20 nan" instead/],
    ['echo 0 20 1.5; echo 8 20 1.5; echo bye', /printed 3 lines for 2 sizes$/],
    ['echo 0 20 1.5; echo 8 20 1.5; exit 3', /exit code 3: it printed no reason$/],
    ['echo first >&2; echo last >&2; echo -- >&2; exit 2', /exit code 2: last$/],
    ['echo validation failed: rank 1 >&2; echo more >&2; exit 1', /exit code 1: validation failed: rank 1$/],
    ['echo noise >&2; echo TypeError: t >&2; echo "  at f" >&2; exit 1', /exit code 1: TypeError: t$/],
    ['kill -SEGV $$', /ended by SIGSEGV/],
  ];
  for (const [text, expected] of cases)
    t.regex((await t.throwsAsync(runBlock('x', shell(text), block)))?.message ?? '', expected);
  const absent = { command: '/no/such/program', args: [] };
  t.regex(
    (await t.throwsAsync(runBlock('x', absent, block)))?.message ?? '',
    /^x, latency: cannot be started/,
  );
});

test('what is printed as the contract says is read', async (t) => {
  t.deepEqual(await runBlock('x', shell('echo 0 20 1.5; echo 8 20 0.000001'), block), [
    { size: 0, iterations: 20, seconds: 1.5 },
    { size: 8, iterations: 20, seconds: 1e-6 },
  ]);
});

test('a program that does not end is ended with all its processes', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mpi4ts-program-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const file = join(directory, 'pid');
  const text = `trap '' TERM; echo $$ > ${file}; sleep 60 & sleep 60; sleep 60`;
  const error = await t.throwsAsync(runBlock('x', shell(text), block, 500));
  t.is(error?.message, 'x, latency: did not end within 1 s');
  const pid = Number(await readFile(file, 'utf8'));
  let alive = true;
  for (let i = 0; i < 100 && alive; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      process.kill(-pid, 0);
    } catch {
      alive = false;
    }
  }
  t.false(alive);
});
