/** A benchmark of the works of bench/contract.ts, from options to report. */
import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { print, tell as say } from '../launcher/cli/say.js';
import { UsageError } from '../launcher/usage.js';
import { contendersFor } from './contenders/index.js';
import type { Work } from './contract.js';
import type { Options } from './options.js';
import { planOf } from './plan.js';
import { jsonOf } from './report/json.js';
import { loadDraw } from './report/plot.js';
import { resultOf } from './report/result.js';
import { tableOf } from './report/table.js';
import { type Listener, measure } from './run.js';

/** Found before an hour of measuring, not after it. */
function checkWritable(file: string): void {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--plot ${file}: the file cannot be written (${code})`);
  }
  if (existsSync(file) && statSync(file).isDirectory())
    throw new UsageError(`--plot ${file}: this is a directory; give a file, such as latency.svg`);
}

/** A line on a terminal that each progress replaces; elsewhere only what must be told. */
function createListener(notes: string[]): Listener & { end(): void } {
  const { stderr } = process;
  const show = (text: string) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
  };
  const tell = (text: string) => {
    show('');
    notes.push(text);
    say('mpi4ts bench', text);
  };
  return { progress: (text) => show(text.slice(0, (stderr.columns || 80) - 1)), tell, end: () => show('') };
}

/**
 * Measures `work` and prints what the options ask for. Returns the exit code: 1 if a contender failed.
 * @throws UsageError for options that cannot be carried out; nothing has been started then.
 */
export async function runWork(work: Work, options: Options): Promise<number> {
  const plan = planOf(work, options);
  if (options.plot !== undefined) checkWritable(options.plot);
  const draw = options.plot === undefined ? undefined : await loadDraw();
  const notes: string[] = [];
  const listener = createListener(notes);
  const { series, failures } = await measure(plan, await contendersFor(options), listener);
  listener.end();
  if (series.length > 0) {
    const result = resultOf(plan, series);
    print(options.json ? `${JSON.stringify(jsonOf(result, notes), null, 2)}\n` : tableOf(result));
    if (draw !== undefined) writeFileSync(options.plot!, draw(result));
  }
  return failures.length > 0 ? 1 : 0;
}
