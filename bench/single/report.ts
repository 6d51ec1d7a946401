/** How the benchmarks that are no works print their results, and end. */
import { print, tell } from '../../launcher/cli/say.js';
import { UsageError } from '../../launcher/usage.js';
import type { Options } from '../options.js';
import { environment } from '../report/json.js';
import type { Estimate } from '../statistics.js';

/** Columns in OSU's manner: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] + 2))).join('');
  return `${rows.map((row) => line(row).trimEnd()).join('\n')}\n`;
}

/** A number with three to four digits that matter. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** The three columns of an estimate: the median, its lower and upper bound, in multiples of `unit`. */
export function columns({ median, interval }: Estimate, unit = 1): string[] {
  const bound = (value: number | undefined) => (value === undefined ? '-' : digits(value / unit));
  return [digits(median / unit), bound(interval?.low), bound(interval?.high)];
}

/** Prints the result as the user asked: tables, or one JSON object with options and environment. */
export function report(
  name: string,
  options: Options,
  tables: () => readonly string[],
  result: Record<string, unknown>,
): void {
  if (options.json) {
    print(`${JSON.stringify({ benchmark: name, environment: environment(), options, ...result })}\n`);
    return;
  }
  const addon = options.native ? '' : ', no addon';
  print(`# mpi4ts ${name}${addon}\n${tables().join('\n').trimEnd()}\n`);
}

/** Runs a benchmark; what stops it is told in one line, and the exit code is 1. */
export async function guarded(name: string, options: Options, action: () => Promise<void>): Promise<number> {
  if (options.plot !== undefined)
    throw new UsageError(`--plot: ${name} has no curve to draw; take --json to draw it yourself`);
  try {
    await action();
    return 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    tell('mpi4ts bench', `${name}: ${(error as Error).message}`);
    return 1;
  }
}
