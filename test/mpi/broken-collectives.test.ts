import { fileURLToPath } from 'node:url';
import test from 'ava';
import { launch } from '../support/launch.js';

const job = fileURLToPath(new URL('./jobs/broken-collectives.js', import.meta.url));

for (const name of ['lengths', 'shorter', 'throwing', 'timeout', 'signal', 'gone', 'gone, awaited']) {
  test(`a collective that ends half-way: ${name}`, async (t) => {
    const { stdout, stderr, code } = await launch(['-n', '3', job, name]);
    t.is(stderr, '');
    t.is(stdout.split('\n').filter((line) => line.endsWith('as it should be')).length, 3);
    t.is(code, 0);
  });
}
