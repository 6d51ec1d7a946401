import { fileURLToPath } from 'node:url';
import test from 'ava';
import { kinds } from '../support/kinds.js';
import { launch } from '../support/launch.js';
import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/views.js');

const LONG = fileURLToPath(new URL('./jobs/long-views.js', import.meta.url));

for (const { name, args, env } of kinds) {
  test.serial(`views beyond 2 GiB: ${name}`, async (t) => {
    const run = await launch([...args, '-n', '2', LONG], { env, timeoutMs: 30_000 });
    t.is(run.code, 0, run.stdout + run.stderr);
    t.regex(run.stdout, /^(skipped: .*|all seen)$/m);
    if (run.stdout.startsWith('skipped')) t.log(run.stdout.trim());
  });
}
