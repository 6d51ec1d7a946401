/** Figures, the table, the JSON object and the drawing of known samples. */
import test from 'ava';
import type { Contender, Sample } from '../../bench/contract.js';
import { metrics } from '../../bench/metric.js';
import { parseOptions } from '../../bench/options.js';
import { planOf } from '../../bench/plan.js';
import { jsonOf } from '../../bench/report/json.js';
import { loadDraw } from '../../bench/report/plot.js';
import { resultOf } from '../../bench/report/result.js';
import { tableOf } from '../../bench/report/table.js';
import type { Series } from '../../bench/run.js';

const iterations = 100;

function contender(name: string): Contender {
  return { peer: name, name, version: `${name} 1`, works: ['latency'], run: async () => [] };
}

/** Half round trips of so many µs in each block, the same for all sizes but for a factor. */
function series(name: string, blocks: readonly number[], sizes: readonly number[]): Series {
  const samples = (us: number): Sample[] =>
    sizes.map((size, i) => ({ size, iterations, seconds: (i + 1) * us * 2e-6 * iterations }));
  return {
    contender: contender(name),
    steps: sizes.map((size) => ({ size, iterations, warmup: 10 })),
    blocks: blocks.map(samples),
  };
}

const sizes = [0, 4096];
const seven = [1, 2, 3, 4, 5, 6, 7];
const plan = (line = '') => planOf('latency', parseOptions(`--sizes 0,4K ${line}`.trim().split(' ')));
const alone = () => resultOf(plan(), [series('mpi4ts', seven, sizes)]);
const compared = () =>
  resultOf(plan('--blocks 7 --versus mpich'), [
    series('mpi4ts', seven, sizes),
    series('a < b', [2, 4, 6, 8, 10, 12, 14], sizes),
  ]);

test('the figures of each work', (t) => {
  const sample = { size: 1000, iterations: 10, seconds: 0.001 };
  const near = (value: number, expected: number) =>
    t.true(Math.abs(value / expected - 1) < 1e-12, `${value}`);
  near(metrics.latency.of(sample, 2), 50);
  near(metrics['multi-latency'].of(sample, 8), 50);
  near(metrics.bandwidth.of(sample, 2), 640);
  near(metrics.bibw.of(sample, 2), 1280);
  near(metrics['message-rate'].of(sample, 2), 0.64);
  near(metrics.ring.of(sample, 4), 25);
  near(metrics.barrier.of(sample, 4), 100);
  near(metrics.allgather.of(sample, 4), 100);
  near(metrics['object-bcast'].of(sample, 4), 100);
});

test('the table alone: size, figure, interval', (t) => {
  const lines = tableOf(alone()).trimEnd().split('\n');
  t.is(lines[0], '# mpi4ts latency, 2 ranks, buffers reuse, 7 blocks of 0.1 s a size');
  t.regex(lines[1], /samples 1 and 7 of 7 in order, which hold the median with 98\.4 %/);
  t.deepEqual(
    lines.slice(2).map((line) => line.split(/\s{2,}/)),
    [
      ['# Size', 'Latency (us)', '[low, high]'],
      ['0', '4.00', '[1.00, 7.00]'],
      ['4096', '8.00', '[2.00, 14.00]'],
    ],
  );
});

test('the table of a comparison: one column each, and the ratio', (t) => {
  const lines = tableOf(compared()).trimEnd().split('\n');
  t.regex(lines[1], /ratio: ours by theirs, below 1 we are ahead/);
  t.deepEqual(
    lines.slice(3).map((line) => line.split(/\s{2,}/)),
    [
      ['# Size', 'mpi4ts', '[low, high]', 'a < b', 'ratio [low, high]'],
      ['0', '4.00', '[1.00, 7.00]', '8.00', '0.500 [0.500, 0.500]'],
      ['4096', '8.00', '[2.00, 14.00]', '16.00', '0.500 [0.500, 0.500]'],
    ],
  );
});

test('too few blocks have no interval, and the table says so', (t) => {
  const text = tableOf(resultOf(plan('--blocks 2'), [series('mpi4ts', [1, 2], sizes)]));
  t.regex(text, /a 95 % interval needs 6 blocks or more/);
  t.regex(text, /^0 +1\.50 +-$/m);
});

test('the JSON object has raw samples, environment, options, medians and intervals', (t) => {
  const json = JSON.parse(JSON.stringify(jsonOf(compared(), ['skipped: x'])));
  t.is(json.benchmark, 'latency');
  t.deepEqual(json.metric, { label: 'Latency', unit: 'us', better: 'lower' });
  t.deepEqual(json.notes, ['skipped: x']);
  t.is(json.options.versus[0], 'mpich');
  for (const key of ['mpi4ts', 'node', 'platform', 'kernel', 'cpu', 'cores', 'addon'])
    t.true(key in json.environment, key);
  const [ours, theirs] = json.contenders;
  t.is(theirs.version, 'a < b 1');
  t.is(ours.sizes[1].size, 4096);
  t.is(ours.sizes[0].iterations, iterations);
  t.is(ours.sizes[0].seconds.length, 7);
  t.is(ours.sizes[0].value.median.toFixed(6), '4.000000');
  t.deepEqual(ours.sizes[0].value.interval.ranks, [1, 7]);
  t.is(ours.sizes[0].ratio, undefined);
  t.is(theirs.sizes[0].ratio.median, 0.5);
});

test('the drawing names all contenders and sizes', async (t) => {
  const svg = (await loadDraw())(compared());
  t.regex(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  t.regex(svg, /<\/svg>\n$/);
  t.true(svg.includes('a &#60; b') && svg.includes('mpi4ts') && svg.includes('>4K<'));
  t.is(svg.match(/<circle/g)?.length, 4 + 2, 'a dot for each figure, and the legend');
  t.false(/NaN|undefined|Infinity/.test(svg));
});
