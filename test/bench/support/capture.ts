/** Runs a benchmark in a process of its own and keeps what it prints. */
import { fileURLToPath } from 'node:url';
import type { Options } from '../../../bench/single/local.js';
import { type Outcome, runProgram } from '../../support/nodes.js';

const bench = fileURLToPath(new URL('../../../bench/', import.meta.url));

/** Runs `bench/NAME.js` with tiny options. */
export function runBench(name: string, options: Partial<Options>, timeoutMs = 120_000): Promise<Outcome> {
  const all: Options = { seconds: 0.001, json: false, native: true, ...options };
  const script = `import(process.argv[1])
    .then(({ run }) => run(JSON.parse(process.argv[2])))
    .then((code) => { process.exitCode = code; })`;
  return runProgram(process.execPath, ['-e', script, `${bench}${name}.js`, JSON.stringify(all)], {
    timeoutMs,
  });
}
