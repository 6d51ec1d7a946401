/** A wait that only a rank already gone could satisfy ends with an error that names it. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Kind, kinds } from '../support/kinds.js';
import { launch } from '../support/launch.js';
import { sample } from '../support/ranks.js';

const JOB = fileURLToPath(new URL('./jobs/gone.js', import.meta.url));

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
function passes(ranks: number, kind: Kind, args: string[], witnesses: number): void {
  test.serial(`${args.join(' ')}: ${ranks} ranks, ${kind.name}`, async (t) => {
    const words = [...kind.args, '-n', String(ranks), JOB, ...args];
    const run = await launch(words, { env: kind.env, timeoutMs: 30_000 });
    t.is(run.stdout.match(/seen by/g)?.length ?? 0, witnesses, run.stdout + run.stderr);
    t.is(run.code, 0, run.stderr);
  });
}

const matrix = ['late', 'early'].flatMap((when) =>
  calls.flatMap((call) => kinds.flatMap((kind) => [2, 3].map((ranks) => ({ when, call, kind, ranks })))),
);
for (const { when, call, kind, ranks } of sample(matrix, 14, 'gone')) {
  passes(ranks, kind, [when, call], ranks - 1);
}

for (const kind of kinds) {
  passes(2, kind, ['awaited'], 1);
  passes(2, kind, ['any'], 1);
  passes(4, kind, ['any'], 1);
  passes(3, kind, ['mixed'], 1);
  passes(2, kind, ['sent'], 1);
  passes(2, kind, ['finalized'], 2);
  passes(2, kind, ['tested'], 1);
  passes(2, kind, ['failed'], 1);
  passes(3, kind, ['flooded'], 1);
  passes(2, kind, ['forsaken'], 2);
}

test.serial('process.exit(0) in a rank that others need ends the job like a failure', async (t) => {
  const run = await launch(['-n', '2', JOB, 'exit'], { timeoutMs: 30_000 });
  t.not(run.code, 0, run.stdout);
  t.regex(run.stderr, /rank 0\b/);
});
