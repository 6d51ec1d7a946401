/**
 * Local operations, each by itself in one thread: `mpi4ts bench micro`. A message is made of these; what is left of
 * its latency is the way of a cache line from one core to the other.
 *
 * Measured by the `benchmark` package, loaded only here. `--time` is the time for each operation, at least what its
 * samples need; `--sizes` the bytes of a record in the ring.
 */

import { UsageError } from '../../launcher/usage.js';
import type { Options } from '../options.js';
import { columns, guarded, report, table } from '../single/report.js';
import { type Estimate, estimate } from '../statistics.js';
import { bufferOperations, objectOperations } from './arguments.js';
import { type BenchmarkConstructor, type BenchmarkSettings, loadBenchmark } from './benchmark.js';
import { matchOperations } from './matching.js';
import type { Operation } from './operation.js';
import { ringOperations } from './ring.js';

/** A median with fewer samples has no interval. */
const minSamples = 6;
/** Longest record that a ring always takes. */
const recordBytesMax = 8192;
/** Receives or messages that a match looks at. */
const depths = [1, 10, 1000];

/** One operation's result. */
interface Row {
  readonly name: string;
  readonly nanoseconds: Estimate;
  /** Nanoseconds of one call, one a sample. */
  readonly samples: readonly number[];
}

/** Every local operation, with records of these sizes. */
export function operations(sizes: readonly number[]): Operation[] {
  const wrong = sizes.find((size) => size < 1 || size > recordBytesMax);
  if (wrong !== undefined)
    throw new UsageError(`--sizes ${wrong}: a record in the ring has 1 to ${recordBytesMax} bytes`);
  return [...ringOperations(sizes), ...matchOperations(depths), ...bufferOperations(), ...objectOperations()];
}

function measure(Benchmark: BenchmarkConstructor, operation: Operation, seconds: number): Row {
  const { expected } = operation;
  let last = operation.run();
  const settings: BenchmarkSettings = {
    maxTime: seconds,
    minTime: Math.min(0.05, seconds / minSamples),
    minSamples,
  };
  const benchmark = new Benchmark(
    operation.name,
    () => {
      last = operation.run();
    },
    settings,
  );
  benchmark.run({ async: false });
  if (benchmark.error !== undefined) throw new Error(`${operation.name}: ${benchmark.error.message}`);
  if (last !== expected || operation.run() !== expected)
    throw new Error(`${operation.name}: validation failed: ${last} instead of ${expected}`);
  const samples = benchmark.stats.sample.map((s) => s * 1e9);
  return { name: operation.name, nanoseconds: estimate(samples), samples };
}

export function run(options: Options): Promise<number> {
  return guarded('micro', options, async () => {
    const Benchmark = loadBenchmark();
    // Read when the addon is first asked for, which is below.
    if (!options.native) process.env.MPI4TS_NATIVE = '0';
    const all = operations(options.sizes ?? [8, 64, 1024]);
    const rows = all.map((operation) => measure(Benchmark, operation, options.seconds));
    const tables = () => [
      table([
        ['# Operation', 'ns', '95% low', '95% high', 'Samples'],
        ...rows.map(({ name, nanoseconds, samples }) => [
          name,
          ...columns(nanoseconds),
          String(samples.length),
        ]),
      ]),
    ];
    report('micro', options, tables, { rows });
  });
}
