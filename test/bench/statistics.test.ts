/** Medians, their intervals and ratios: known values, and what must hold for any samples. */
import test from 'ava';
import fc from 'fast-check';
import { confidenceMin, estimate, intervalRanks, ratio } from '../../bench/statistics.js';

const numbers = (min: number) =>
  fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: min, maxLength: 60 });

test('the ranks are those of the tables for the sign test', (t) => {
  const tables: [number, [number, number]][] = [
    [6, [1, 6]],
    [7, [1, 7]],
    [9, [2, 8]],
    [15, [4, 12]],
    [20, [6, 15]],
    [25, [8, 18]],
    [50, [18, 33]],
    [100, [40, 61]],
  ];
  for (const [n, ranks] of tables) t.deepEqual(intervalRanks(n)?.ranks, ranks, `${n} samples`);
  t.true(Math.abs(intervalRanks(6)!.confidence - (1 - 2 / 64)) < 1e-12);
});

test('fewer than six samples have no interval', (t) => {
  for (const n of [0, 1, 2, 3, 4, 5]) t.is(intervalRanks(n), null);
  t.deepEqual(estimate([3, 1]), { median: 2, interval: null });
});

test('the interval is as narrow as it may be', (t) => {
  for (let n = 6; n <= 200; n++) {
    const { ranks, confidence } = intervalRanks(n)!;
    t.true(confidence >= confidenceMin);
    // One sample further in on both sides would hold the median with less than 95 %.
    let chance = 1;
    for (let k = 1; k <= ranks[0]; k++) chance *= (n - k + 1) / k;
    t.true(confidence - 2 * chance * 0.5 ** n < confidenceMin, `${n} samples`);
  }
});

test('known samples', (t) => {
  const samples = [15, 3, 8, 1, 12, 5, 9, 2, 14, 7, 4, 11, 6, 13, 10];
  const { median, interval } = estimate(samples);
  t.is(median, 8);
  t.deepEqual([interval?.low, interval?.high], [4, 12]);
  t.is(samples[0], 15, 'the samples keep their order');
});

test('low ≤ median ≤ high, both are samples, and order does not matter', (t) => {
  fc.assert(
    fc.property(numbers(6), (samples) => {
      const { median, interval } = estimate(samples);
      const reversed = estimate([...samples].reverse());
      t.deepEqual(reversed, { median, interval });
      return (
        interval !== null &&
        interval.low <= median &&
        median <= interval.high &&
        samples.includes(interval.low) &&
        samples.includes(interval.high)
      );
    }),
  );
  t.pass();
});

test('it holds the median of a distribution as often as it says', (t) => {
  // Uniform numbers from a small generator: their median is 1/2.
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const trials = 2000;
  let held = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { interval } = estimate(Array.from({ length: 15 }, next));
    if (interval!.low <= 0.5 && 0.5 <= interval!.high) held++;
  }
  const { confidence } = intervalRanks(15)!;
  t.true(Math.abs(held / trials - confidence) < 0.02, `${held} of ${trials}, expected ${confidence}`);
});

test('a ratio is taken block by block', (t) => {
  // Each block is disturbed, both contenders alike.
  const disturbed = [1, 10, 2, 7, 1, 3, 5];
  const ours = disturbed.map((x) => 2 * x);
  t.deepEqual(ratio(ours, disturbed), {
    median: 2,
    interval: { low: 2, high: 2, ...intervalRanks(7)! },
  });
  t.throws(() => ratio([1], [1, 2]), { instanceOf: RangeError });
});

test('the ratio of a series with itself is 1', (t) => {
  fc.assert(fc.property(numbers(1), (samples) => ratio(samples, samples).median === 1));
  t.pass();
});
