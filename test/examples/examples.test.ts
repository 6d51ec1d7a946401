/** Every example on 1 to 5 ranks. Each checks its own result and throws if it is wrong. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { launch } from '../support/launch.js';

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
};

const args: Record<string, string[]> = { ring: ['100'], pi: ['1000000'], matmul: ['60'] };

for (const [name, lines] of Object.entries(expected)) {
  for (let n = 1; n <= 5; n++) {
    test.serial(`${name} on ${n} ranks`, async (t) => {
      const { code, stdout, stderr } = await launch([
        '-n',
        String(n),
        `${examples}${name}.ts`,
        ...(args[name] ?? []),
      ]);
      t.is(stderr, '');
      t.is(code, 0);
      const printed = stdout.trimEnd().split('\n');
      const wanted = lines(n);
      t.is(printed.length, wanted.length, stdout);
      for (const [i, want] of wanted.entries()) {
        if (typeof want === 'string') t.is(printed[i], want);
        else t.regex(printed[i], want);
      }
    });
  }
}

test.serial('heat takes the same steps to the same temperature on any number of ranks', async (t) => {
  const runs = await Promise.all([1, 4].map((n) => launch(['-n', String(n), `${examples}heat.ts`])));
  const [one, four] = runs.map(({ stdout }) => stdout.replace(/on \d ranks/, ''));
  t.regex(one, /: \d+ steps/);
  t.is(one, four);
});
