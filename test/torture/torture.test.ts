/** The torture jobs with fixed seeds, at each number of ranks, with each kind of rank: messages for a few seconds, some collectives. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { kinds } from '../support/kinds.js';
import { launch } from '../support/launch.js';

const pathOf = (job: string): string => fileURLToPath(new URL(`./jobs/${job}.js`, import.meta.url));
const job = pathOf('torture');

const SECONDS = 3.5;
/** An epoch that has begun is ended, and the machine may be busy. */
const endMsMax = 120_000;

const CELLS = [
  { ranks: 2, seed: 1 },
  { ranks: 3, seed: 2 },
  { ranks: 4, seed: 3 },
  { ranks: 8, seed: 4 },
];

/** What every cell does some of, however slow the machine. */
const ALWAYS = ['messages', 'bytes', 'Isend', 'Issend', 'Ibsend', 'Bsend', 'Send', 'Ssend', 'Irecv'];

for (const { name, args, env } of kinds) {
  for (const { ranks, seed } of CELLS) {
    test.serial(`${ranks} ranks, ${name}, seed ${seed}`, async (t) => {
      const { code, signal, stdout, stderr } = await launch(
        [...args, '-n', String(ranks), job, String(SECONDS), String(seed)],
        { env, timeoutMs: endMsMax },
      );
      t.log(
        stdout
          .trim()
          .split('\n')
          .map((line) => line.trim().replace(/\s+/g, ' '))
          .join(', '),
      );
      t.is(code, 0, `ended with ${signal ?? code}\n${stderr}`);
      for (const counted of ALWAYS) t.regex(stdout, new RegExp(`[1-9]\\d* ${counted}\n`));
    });
  }
}

const COLLECTIVES = 2000;

for (const { name, args, env } of kinds) {
  for (const ranks of [2, 5]) {
    test.serial(`collectives, ${ranks} ranks, ${name}`, async (t) => {
      const words = [...args, '-n', String(ranks), pathOf('collectives'), String(COLLECTIVES), String(ranks)];
      const { code, signal, stdout, stderr } = await launch(words, { env, timeoutMs: endMsMax });
      t.is(code, 0, `ended with ${signal ?? code}\n${stderr}`);
      for (const counted of ['Allreduce', 'Iscan', 'Bcast_init', 'objects'])
        t.regex(stdout, new RegExp(`[1-9]\\d* ${counted}\n`));
    });
  }
}
