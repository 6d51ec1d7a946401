import { fileURLToPath } from 'node:url';
import test from 'ava';
import { kinds } from '../support/kinds.js';
import { launch } from '../support/launch.js';

const JOB = fileURLToPath(new URL('./jobs/slots.js', import.meta.url));

for (const { name, args, env } of kinds) {
  for (const checked of [true, false]) {
    const title = `all slots in use, ${checked ? 'checked' : 'unchecked'}: ${name}`;
    test.serial(title, async (t) => {
      const words = checked ? ['--check', '-n', '2', JOB, 'checked'] : ['-n', '2', JOB];
      const run = await launch([...args, ...words], { env, timeoutMs: 30_000 });
      t.is(run.code, 0, run.stdout + run.stderr);
      t.is(run.stdout.match(/seen by/g)?.length, 2, run.stdout);
    });
  }
}
