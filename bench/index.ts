/** `mpi4ts bench NAME`: the benchmark suite. */
import { print, tell } from '../launcher/cli/say.js';
import { UsageError } from '../launcher/usage.js';
import { type Work, works } from './contract.js';
import { benchHelp } from './help.js';
import { type Options, parseOptions } from './options.js';

/** A benchmark: measures, prints, and returns the exit code. */
type Run = (options: Options) => Promise<number>;

function ofWork(work: Work): Run {
  return async (options) => (await import('./works.js')).runWork(work, options);
}

/** All benchmarks by name; each is loaded when it runs. */
const benchmarks = new Map<string, Run>([
  ...works.map((work) => [work, ofWork(work)] as const),
  ['wakeup', async (options) => (await import('./single/wakeup.js')).run(options)],
  ['startup', async (options) => (await import('./single/startup.js')).run(options)],
  ['memory', async (options) => (await import('./single/memory.js')).run(options)],
  ['logp', async (options) => (await import('./logp/index.js')).run(options)],
  ['micro', async (options) => (await import('./micro/index.js')).run(options)],
]);

/** The names that `mpi4ts bench` takes. */
export const benchmarkNames: readonly string[] = [...benchmarks.keys()];

async function dispatch(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (words.some((word) => word === '--help' || word === '-h')) {
    print(benchHelp);
    return 0;
  }
  if (name === undefined) throw new UsageError('no benchmark given (see mpi4ts bench --help)');
  const run = benchmarks.get(name);
  if (run === undefined)
    throw new UsageError(`unknown benchmark ${name}: give one of ${benchmarkNames.join(', ')}`);
  return run(parseOptions(rest));
}

/** Carries out `mpi4ts bench ...words` and returns the exit code: 2 for words that cannot be carried out. */
export async function bench(words: readonly string[]): Promise<number> {
  try {
    return await dispatch(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tell('mpi4ts bench', error.message);
    return 2;
  }
}
