import { fileURLToPath } from 'node:url';
import test from 'ava';
import { launch } from '../support/launch.js';
import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/views.js');

const LONG = fileURLToPath(new URL('./jobs/long-views.js', import.meta.url));

for (const native of [true, false]) {
  test.serial(`views beyond 2 GiB: ${native ? 'addon' : 'no addon'}`, async (t) => {
    const env = { MPI4TS_NATIVE: native ? undefined : '0' };
    const run = await launch(['-n', '2', LONG], { env, timeoutMs: 30_000 });
    t.is(run.code, 0, run.stdout + run.stderr);
    t.regex(run.stdout, /^(skipped: .*|all seen)$/m);
    if (run.stdout.startsWith('skipped')) t.log(run.stdout.trim());
  });
}
