/** The LogGP fit on times drawn from known parameters, and one tiny run of the whole. */
import test from 'ava';
import fc from 'fast-check';
import {
  crossing,
  eagerLimit,
  fitRegime,
  generator,
  type Parameters,
  parameterNames,
  type SizeSamples,
} from '../../bench/logp/fit.js';
import { eagerBytesMax, regimesOf } from '../../bench/logp/regimes.js';
import { launch, mpi4tsPath } from '../support/launch.js';

const n = 16;

/** Times as the model has them. `noise` is a factor for each, 1 on average. */
function draw(
  truth: Parameters,
  sizes: readonly number[],
  repetitions: number,
  noise: () => number,
): SizeSamples[] {
  const repeat = (of: () => number) => Array.from({ length: repetitions }, () => of() * noise());
  return sizes.map((size) => {
    const x = Math.max(0, size - 1);
    const send = truth.o_s + truth.O_s * x;
    const receive = truth.o_r + truth.O_r * x;
    const one = 2 * (send + truth.L + receive);
    const gap = truth.g + truth.G * x;
    const d = 1.5 * one;
    return {
      size,
      one: repeat(() => one),
      many: repeat(() => one + (n - 1) * gap),
      spaced: repeat(() => one + (n - 1) * (send + d)),
      delay: Array.from({ length: repetitions }, () => d),
      late: repeat(() => send + d + receive),
      lateDelay: Array.from({ length: repetitions }, () => d),
    };
  });
}

const sizes = [64, 128, 256, 512, 1024, 2048, 4096];
const truth: Parameters = { L: 90, o_s: 60, o_r: 45, g: 80, G: 0.03, O_s: 0.02, O_r: 0.025 };

test('times without noise give back the parameters they were made of', (t) => {
  const positive = (max: number) => fc.double({ min: 1, max, noNaN: true });
  const perByte = fc.double({ min: 0, max: 1, noNaN: true });
  const parameters = fc.record({
    L: positive(5000),
    o_s: positive(1000),
    o_r: positive(1000),
    g: positive(2000),
    G: perByte,
    O_s: perByte,
    O_r: perByte,
  });
  fc.assert(
    fc.property(parameters, (known) => {
      const found = fitRegime(
        draw(known, sizes, 3, () => 1),
        n,
      );
      return parameterNames.every(
        (name) => Math.abs(found[name].value - known[name]) <= 1e-6 * (1 + known.L + known.o_s + known.g),
      );
    }),
    { numRuns: 25, seed: 1 },
  );
  t.pass();
});

/** One in twenty repetitions takes thrice the time, as when another program gets the core. */
function noisy(seed: number): () => number {
  const random = generator(seed);
  return () => {
    if (random() < 0.05) return 3;
    // Twelve uniform numbers are normal enough.
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random();
    return 1 + 0.005 * sum;
  };
}

test('noise and outliers are borne', (t) => {
  const found = fitRegime(draw(truth, sizes, 101, noisy(7)), n);
  for (const name of ['o_s', 'o_r', 'L', 'g'] as const) {
    t.true(Math.abs(found[name].value - truth[name]) <= 10, `${name} ${found[name].value}`);
  }
  for (const name of ['G', 'O_s', 'O_r'] as const) {
    t.true(Math.abs(found[name].value - truth[name]) <= 0.01, `${name} ${found[name].value}`);
  }
});

test('intervals hold the value about as often as they say', (t) => {
  let held = 0;
  const runs = 20;
  for (let seed = 1; seed <= runs; seed++) {
    const { g } = fitRegime(draw(truth, [8], 51, noisy(seed)), n);
    const known = truth.g + truth.G * 7;
    if (g.low <= known && known <= g.high) held++;
    t.true(g.low <= g.value && g.value <= g.high);
    t.true(g.high > g.low);
  }
  // 19 of 20 on average: 14 and fewer would be one case in three thousand.
  t.true(held >= 15, `${held} of ${runs}`);
});

test('one size has no slope', (t) => {
  const found = fitRegime(
    draw(truth, [8], 7, () => 1),
    n,
  );
  t.is(found.G.value, 0);
  t.true(Math.abs(found.g.value - (truth.g + truth.G * 7)) < 1e-6);
});

test('two lines cross where they are equal', (t) => {
  t.is(crossing({ at: 100, slope: 0.5 }, { at: 300, slope: 0.1 }), 501);
  t.is(crossing({ at: 100, slope: 0.5 }, { at: 50, slope: 0.1 }), 0);
  t.is(crossing({ at: 100, slope: 0.1 }, { at: 300, slope: 0.5 }), Number.POSITIVE_INFINITY);
  t.is(crossing({ at: 300, slope: 0.1 }, { at: 100, slope: 0.1 }), 0);
});

test('the eager limit is where the predicted costs meet', (t) => {
  // Half round trips: 195 + 0.045 (s-1) and 345 + 0.005 (s-1).
  const rendezvous = { ...truth, L: 240, O_s: 0.002, O_r: 0.003 };
  const noise = noisy(3);
  const limit = eagerLimit(
    draw(truth, sizes, 101, noise),
    draw(rendezvous, [8192, 16384, 65536], 101, noise),
  );
  t.true(Math.abs(limit.value - 3751) < 750, String(limit.value));
  t.true(limit.low <= limit.value && limit.value <= limit.high);
});

test('regimes divide the sizes among them', (t) => {
  for (const native of [true, false]) {
    const regimes = regimesOf('threads', native);
    t.deepEqual(
      regimes.map(({ name }) => name),
      ['inline', 'copied', 'rendezvous'],
    );
    const [inline, copied, rendezvous] = regimes.map((regime) => regime.sizes);
    t.is(inline[inline.length - 1], 48);
    t.is(copied[copied.length - 1], eagerBytesMax(native));
    t.true(rendezvous[0] > eagerBytesMax(native));
    const all = [...inline, ...copied, ...rendezvous];
    t.deepEqual(all, [...new Set(all)]);
    t.deepEqual(
      all,
      [...all].sort((a, b) => a - b),
    );
  }
  t.deepEqual(
    regimesOf('threads', true, [8]).map(({ name }) => name),
    ['inline'],
  );
});

interface Result {
  readonly regimes: {
    regime: { name: string; native: boolean; sizes: number[] };
    parameters: Record<string, { value: number; low: number; high: number }>;
    samples: SizeSamples[];
  }[];
  readonly limits: { native: boolean; inForce: number }[];
}

const logp = (line: string) =>
  launch(['bench', 'logp', ...line.split(' ')], { script: mpi4tsPath, timeoutMs: 240_000 });

test.beforeEach((t) => t.timeout(300_000));

test.serial('a tiny run measures every regime', async (t) => {
  const { code, stdout, stderr } = await logp(
    '--sizes 0,8,64,4096,20000,40000 --blocks 2 --iterations 1 --json',
  );
  t.is(code, 0, stderr);
  const { regimes, limits } = JSON.parse(stdout) as Result;
  t.deepEqual(
    regimes.map(({ regime }) => `${regime.name} ${regime.native}`),
    ['inline', 'copied', 'rendezvous']
      .map((name) => `${name} true`)
      .concat(['inline false', 'copied false', 'rendezvous false']),
  );
  for (const { parameters, samples } of regimes) {
    for (const name of parameterNames) t.true(Number.isFinite(parameters[name].value), name);
    for (const { size, ...times } of samples) {
      for (const [what, values] of Object.entries(times)) {
        t.is(values.length, 2);
        t.true(
          values.every((ns) => ns > 0 && Number.isFinite(ns)),
          `${what} of ${size}: ${values}`,
        );
      }
    }
  }
  t.deepEqual(
    limits.map(({ inForce }) => inForce),
    [eagerBytesMax(true), eagerBytesMax(false)],
  );
});

test.serial('the table has a row for each regime', async (t) => {
  const { code, stdout, stderr } = await logp('--sizes 8 --blocks 2 --iterations 1 --no-native');
  t.is(code, 0, stderr);
  t.regex(stdout, /^# mpi4ts logp, no addon\n# Regime .*\nthreads plain inline +8-8 /);
});
