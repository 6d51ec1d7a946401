/** Every example on 1 to 5 ranks, and over other kinds of ranks. Each checks its own result and throws if it is wrong. */
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { type Kind, kinds, threads } from '../support/kinds.js';
import { launch } from '../support/launch.js';
import { sample } from '../support/ranks.js';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** What an example prints on `n` ranks, as lines or patterns of lines, in order. */
const expected: Record<string, (n: number) => readonly (string | RegExp)[]> = {
  hello: (n) =>
    Array.from({ length: n }, (_, rank) => new RegExp(`^hello from rank ${rank} of ${n} on \\S+$`)),
  ring: (n) => [`100 laps of ${n} ranks: token ${100 * n}, as expected`, /^\d+\.\d\d µs per hop$/],
  pi: (n) => [
    /^pi = 3\.14159265\d+, error \d\.\de-\d+$/,
    new RegExp(`^1000000 steps on ${n} ranks in \\d+\\.\\d ms$`),
  ],
  heat: (n) => [
    new RegExp(`^64 x 64 cells on ${n} ranks: \\d+ steps, last change \\S+e-3$`),
    /^centre \d+\.\d{3} degrees; every cell as in the serial run$/,
  ],
  matmul: (n) => [
    `60 x 60 on ${n} ranks: trace -174, every element as in the serial product`,
    /^\d+\.\d ms, \d+\.\d\d Gflop\/s$/,
  ],
  wordcount: (n) => [
    new RegExp(`^\\d+ texts on ${n} ranks: \\d+ words, \\d+ different, as in the serial count$`),
    ...Array<RegExp>(5).fill(/^ *\d+ {2}\p{L}+$/u),
  ],
  'conjugate-gradient': (n) => [
    new RegExp(`^900 unknowns on ${n} ranks: \\d+ iterations, residual \\d\\.\\de-1\\d$`),
    'every unknown as in the serial run, within 1e-8',
  ],
  heat2d: (n) => [
    new RegExp(`^48 x 60 cells on ${n === 4 ? '2 x 2' : `${n} x 1`} ranks: 400 steps$`),
    'mean 25.018 degrees; every cell as in the serial run',
  ],
  'sample-sort': (n) => [
    `20000 numbers on ${n} ranks: every one in the place of the serial sort`,
    /^\d+\.\d ms; the fullest rank has \d\.\d\d of its share$/,
  ],
  transpose: (n) => [`70 x 50 on ${n} ranks: every element in its place`, /^\d+\.\d\d ms, \d+\.\d\d GB\/s$/],
};

const args: Record<string, string[]> = {
  ring: ['100'],
  pi: ['1000000'],
  matmul: ['60'],
  'conjugate-gradient': ['30'],
  'sample-sort': ['20000'],
  transpose: ['70', '50'],
};

/** Runs an example, and compares what it prints. */
async function check(
  t: ExecutionContext,
  name: string,
  n: number,
  { args: options, env }: Kind,
): Promise<void> {
  const words = [...options, '-n', String(n), `${examples}${name}.ts`, ...(args[name] ?? [])];
  const { code, stdout, stderr } = await launch(words, { env });
  t.is(stderr, '');
  t.is(code, 0);
  const printed = stdout.trimEnd().split('\n');
  const wanted = expected[name](n);
  t.is(printed.length, wanted.length, stdout);
  for (const [i, want] of wanted.entries()) {
    if (typeof want === 'string') t.is(printed[i], want);
    else t.regex(printed[i], want);
  }
}

for (const name of Object.keys(expected)) {
  for (let n = 1; n <= 5; n++) test.serial(`${name} on ${n} ranks`, (t) => check(t, name, n, threads));
  for (const kind of sample(kinds.slice(1), 2, name))
    test.serial(`${name} on 3 ranks, ${kind.name}`, (t) => check(t, name, 3, kind));
}

test.serial('heat takes the same steps to the same temperature on any number of ranks', async (t) => {
  const runs = await Promise.all([1, 4].map((n) => launch(['-n', String(n), `${examples}heat.ts`])));
  const [one, four] = runs.map(({ stdout }) => stdout.replace(/on \d ranks/, ''));
  t.regex(one, /: \d+ steps/);
  t.is(one, four);
});
