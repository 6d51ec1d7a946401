import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Kind, kinds, threads } from '../support/kinds.js';
import { launch } from '../support/launch.js';
import { testRanks } from '../support/ranks.js';
import { testAll, testSeed } from '../support/sampling.js';

testRanks(import.meta.url, './jobs/views.js');

const pathOf = (job: string) => fileURLToPath(new URL(`./jobs/${job}.js`, import.meta.url));

/** Runs a job that says when it has seen all, or that there is too little memory. */
function testLong(title: string, job: string, { name, args, env }: Kind, timeoutMs: number): void {
  test.serial(`${title}: ${name}`, async (t) => {
    const run = await launch([...args, '-n', '2', pathOf(job)], { env, timeoutMs });
    t.is(run.code, 0, run.stdout + run.stderr);
    t.regex(run.stdout, /^(skipped: .*|all seen)$/m);
    if (run.stdout.startsWith('skipped')) t.log(run.stdout.trim());
  });
}

for (const kind of kinds) testLong('views beyond 2 GiB', 'long-views', kind, 30_000);
// All bytes are moved here, many times over: a sampled run does so on every third day.
for (const kind of testAll ? kinds : [threads].slice(0, testSeed % 3 === 0 ? 1 : 0))
  testLong('messages beyond 2 GiB', 'long-counts', kind, 600_000);
