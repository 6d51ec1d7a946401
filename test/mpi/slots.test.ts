import { fileURLToPath } from 'node:url';
import test from 'ava';
import { launch } from '../support/launch.js';

const JOB = fileURLToPath(new URL('./jobs/slots.js', import.meta.url));

for (const native of [true, false]) {
  for (const checked of [true, false]) {
    const title = `all slots in use, ${checked ? 'checked' : 'unchecked'}: ${native ? 'addon' : 'no addon'}`;
    test.serial(title, async (t) => {
      const env = { MPI4TS_NATIVE: native ? undefined : '0' };
      const args = ['-n', '2', JOB, ...(checked ? ['checked'] : [])];
      const run = await launch(checked ? ['--check', ...args] : args, { env, timeoutMs: 30_000 });
      t.is(run.code, 0, run.stdout + run.stderr);
      t.is(run.stdout.match(/seen by/g)?.length, 2, run.stdout);
    });
  }
}
