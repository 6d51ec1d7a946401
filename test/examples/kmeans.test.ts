/** The main job: the same clusters on any number of ranks, a drawing, and times from jobs of their own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { launch } from '../support/launch.js';

const kmeans = fileURLToPath(new URL('../../../examples/kmeans.ts', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'mpi4ts-kmeans-'));
test.after.always(() => rmSync(directory, { recursive: true }));

/** The clusters of the first run, to compare the others with. */
let clusters: string | undefined;
let drawing: string | undefined;

for (let n = 1; n <= 5; n++) {
  test.serial(`k-means on ${n} ranks`, async (t) => {
    const svg = join(directory, `${n}.svg`);
    const timing = n === 4 ? [] : ['--no-timing'];
    const job = ['-n', String(n), kmeans, '--svg', svg, ...timing];
    const { code, stdout, stderr } = await launch(job, { timeoutMs: 240_000 });
    t.is(stderr, '');
    t.is(code, 0);
    t.true(stdout.startsWith(`231,083 flights, k = 8, ${n} ranks\n`), stdout);
    t.regex(stdout, /^check: all labels as in the serial run, inertia within \d\.\de[-+]\d+$/m);
    t.true(stdout.endsWith(`plot: ${svg}\n`));

    const inertias = [...stdout.matchAll(/^iteration +\d+ {2}inertia (\d+\.\d+)$/gm)].map(([, i]) =>
      Number(i),
    );
    t.true(inertias.length > 2);
    for (let i = 1; i < inertias.length; i++) t.true(inertias[i] <= inertias[i - 1]);

    const table = stdout.slice(stdout.indexOf('cluster  flights'), stdout.indexOf('check: '));
    const sizes = [...table.matchAll(/^ +\d {2} *([\d,]+) /gm)].map(([, size]) =>
      Number(size.replace(',', '')),
    );
    t.is(sizes.length, 8);
    t.is(
      sizes.reduce((sum, size) => sum + size, 0),
      231_083,
    );
    clusters ??= table;
    t.is(table, clusters);

    const drawn = readFileSync(svg, 'utf8');
    t.regex(drawn, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    t.true(drawn.trimEnd().endsWith('</svg>'));
    t.false(/NaN|undefined/.test(drawn));
    t.true((drawn.match(/<circle/g) ?? []).length > 2000);
    // The dots are coloured by label, so this also compares the labels of a sample.
    drawing ??= drawn;
    t.true(drawn === drawing, 'the drawings differ');

    const times = [...stdout.matchAll(/^ +([124]) +\d+\.\d{3} +\d+\.\d\d$/gm)].map(([, ranks]) =>
      Number(ranks),
    );
    t.deepEqual(times, n === 4 ? [1, 2, 4] : []);
  });
}
