/** The part of the `benchmark` package that is used here, and its loading. */
import { createRequire } from 'node:module';

export interface BenchmarkSettings {
  /** Seconds of measuring, at most, and of one sample, at least. */
  readonly maxTime: number;
  readonly minTime: number;
  readonly minSamples: number;
}

export interface BenchmarkRun {
  run(settings: { async: boolean }): void;
  readonly error?: Error;
  readonly stats: {
    /** Seconds of one call, one a sample. */
    readonly sample: readonly number[];
  };
}

export type BenchmarkConstructor = new (
  name: string,
  action: () => void,
  settings: BenchmarkSettings,
) => BenchmarkRun;

/** @throws Error with the remedy where the package is not installed: only those who develop mpi4ts have it. */
export function loadBenchmark(name = 'benchmark'): BenchmarkConstructor {
  try {
    return createRequire(import.meta.url)(name) as BenchmarkConstructor;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error(`the package '${name}' is not installed: npm install --save-dev ${name}`);
  }
}
