/** Ranks end in every way while others pull from them: the process ends by itself, never by a signal. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { kinds } from '../../support/kinds.js';
import { launch } from '../../support/launch.js';
import { majors, node } from '../../support/nodes.js';
import { sample, testAll, testSeed } from '../../support/ranks.js';

const job = (name: string) => fileURLToPath(new URL(`./jobs/${name}.js`, import.meta.url));
/** Each ends six ranks. */
const launches = testAll ? 20 : 1;

/** Exit codes of the launcher for each way of ending; undefined: any but 0. */
const modes: Record<string, number | undefined> = {
  throw: undefined,
  reject: undefined,
  exit: 3,
  exit0: undefined,
  abort: 5,
  together: 1,
};

const cells = majors.flatMap((major) => kinds.map((kind) => ({ major, kind })));

for (const { major, kind } of sample(cells, 3, 'ending')) {
  const { env } = kind;
  const how = `${kind.name}, Node ${major}`;

  test.serial(`an owner ends in every way, ${how}`, async (t) => {
    const binary = await node(major);
    if (typeof binary === 'string') {
      t.log(binary);
      return t.pass();
    }
    for (const [mode, code] of Object.entries(modes)) {
      for (let i = 0; i < launches; i++) {
        const args = [...kind.args, '-n', '6', job('ending'), mode, String(testSeed + i)];
        const run = await launch(args, { env, node: binary.path, timeoutMs: 30_000 });
        t.is(run.signal, null, `${args.join(' ')}: ${run.stderr}`);
        if (code === undefined) t.not(run.code, 0, args.join(' '));
        else t.is(run.code, code, `${args.join(' ')}: ${run.stderr}`);
        t.true((run.code ?? 0) < 128, `${args.join(' ')}: exit code ${run.code}\n${run.stderr}`);
      }
    }
  });

  test.serial(`owners return with sends under way, ${how}`, async (t) => {
    const binary = await node(major);
    if (typeof binary === 'string') {
      t.log(binary);
      return t.pass();
    }
    for (let i = 0; i < launches; i++) {
      const args = [...kind.args, '-n', '6', job('parting'), String(testSeed + i)];
      const run = await launch(args, { env, node: binary.path, timeoutMs: 30_000 });
      t.is(run.code, 0, `${args.join(' ')}: ${run.signal} ${run.stderr}`);
    }
  });
}
