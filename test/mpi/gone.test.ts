/** A wait that only a rank already gone could satisfy ends with an error that names it. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { launch } from '../support/launch.js';
import { sample } from '../support/ranks.js';

const JOB = fileURLToPath(new URL('./jobs/gone.js', import.meta.url));
const natives = [true, false];

const calls = [
  'Recv',
  'Irecv and Wait',
  'Waitall',
  'Waitany',
  'Probe',
  'Mprobe',
  'recv',
  'Ssend',
  'large Send',
  'Sendrecv',
  'Barrier',
];

/** Runs a case and expects exit code 0 and the word of `witnesses` ranks. */
function passes(ranks: number, native: boolean, args: string[], witnesses: number): void {
  test.serial(`${args.join(' ')}: ${ranks} ranks, ${native ? 'addon' : 'no addon'}`, async (t) => {
    const env = { MPI4TS_NATIVE: native ? undefined : '0' };
    const run = await launch(['-n', String(ranks), JOB, ...args], { env, timeoutMs: 30_000 });
    t.is(run.stdout.match(/seen by/g)?.length ?? 0, witnesses, run.stdout + run.stderr);
    t.is(run.code, 0, run.stderr);
  });
}

const matrix = ['late', 'early'].flatMap((when) =>
  calls.flatMap((call) =>
    natives.flatMap((native) => [2, 3].map((ranks) => ({ when, call, native, ranks }))),
  ),
);
for (const { when, call, native, ranks } of sample(matrix, 14, 'gone')) {
  passes(ranks, native, [when, call], ranks - 1);
}

for (const native of natives) {
  passes(2, native, ['awaited'], 1);
  passes(2, native, ['any'], 1);
  passes(4, native, ['any'], 1);
  passes(3, native, ['mixed'], 1);
  passes(2, native, ['sent'], 1);
  passes(2, native, ['finalized'], 2);
  passes(2, native, ['tested'], 1);
  passes(2, native, ['failed'], 1);
  passes(3, native, ['flooded'], 1);
  passes(2, native, ['forsaken'], 2);
}

test.serial('process.exit(0) in a rank that others need ends the job like a failure', async (t) => {
  const run = await launch(['-n', '2', JOB, 'exit'], { timeoutMs: 30_000 });
  t.not(run.code, 0, run.stdout);
  t.regex(run.stderr, /rank 0\b/);
});
