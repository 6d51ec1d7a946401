/** What these benchmarks need of the suite's options, statistics and report. */
import { availableParallelism, cpus, release } from 'node:os';

/** The part of the suite's options that these benchmarks take. */
export interface Options {
  readonly ranks?: number;
  readonly sizes?: readonly number[];
  readonly iterations?: number;
  /** Time for each measured thing. */
  readonly seconds: number;
  readonly json: boolean;
  readonly blocks?: number;
  /** False: without the addon. */
  readonly native: boolean;
}

/** A median with its 95 % interval; null if there are too few samples for one. */
export interface Estimate {
  readonly median: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The middle of at least one value. */
export function median(values: readonly number[]): number {
  const ordered = sorted(values);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/**
 * The median with its distribution-free interval: the k-th smallest and k-th largest of n samples, k as large as
 * 2 P(Binomial(n, 1/2) < k) <= 0.05 allows. Fewer than six samples have none.
 */
export function estimate(samples: readonly number[]): Estimate {
  const ordered = sorted(samples);
  const n = ordered.length;
  // In logarithms: 2^-n underflows.
  let term = -n * Math.LN2;
  let below = Math.exp(term);
  let k = 0;
  while (2 * below <= 0.05) {
    k++;
    term += Math.log((n - k + 1) / k);
    below += Math.exp(term);
  }
  const interval = k === 0 ? null : { low: ordered[k - 1], high: ordered[n - k] };
  return { median: median(ordered), interval };
}

/** The machine and the runtime that a result belongs to. */
export function environment(): Record<string, unknown> {
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    kernel: release(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
  };
}

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

/** Prints the result as the user asked: a title and tables, or one JSON object with the environment. */
export function report(
  options: Options,
  title: string,
  tables: () => readonly string[],
  result: Record<string, unknown>,
): void {
  const text = options.json
    ? JSON.stringify({ benchmark: title, environment: environment(), ...result })
    : `# ${title}\n${tables().join('\n')}`;
  process.stdout.write(`${text.trimEnd()}\n`);
}

/** Runs a benchmark; what stops it is told in one line, and the exit code is 1. */
export async function guarded(name: string, action: () => Promise<void>): Promise<number> {
  try {
    await action();
    return 0;
  } catch (error) {
    process.stderr.write(`mpi4ts bench ${name}: ${(error as Error).message}\n`);
    return 1;
  }
}
