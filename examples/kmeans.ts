/**
 * k-means on the 231,083 flights of the npm package `vega-datasets` (delay, distance, time of departure):
 *     mpirun -n 4 examples/kmeans.ts [--svg FILE] [--no-timing]
 *
 * Rank 0 reads the flights and scatters them; each iteration ends in one Allreduce; the labels are gathered. Rank 0
 * then repeats the work alone, compares, and draws the clusters.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MPI } from 'mpi4ts';
import { type Clustering, cluster, clusterSerially, seedCentroids } from './kmeans/cluster.ts';
import { readFlights, weightsOf } from './kmeans/flights.ts';
import { clusterTable, describe, table } from './kmeans/report.ts';
import { timeOn } from './kmeans/timing.ts';

const k = 8;
const seed = 2001;
const repeats = 3;

const { values: options } = parseArgs({
  options: {
    svg: { type: 'string', default: 'kmeans.svg' },
    'no-timing': { type: 'boolean', default: false },
    'time-only': { type: 'boolean', default: false },
  },
});

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const points = rank === 0 ? readFlights() : null;
const weights = points && weightsOf(points);
const start = points && weights && seedCentroids(points, weights, k, seed);

/** One run of all ranks from the Scatterv to the Gatherv, and its seconds. */
function solve(): { result: Clustering; seconds: number } {
  comm.Barrier();
  const begin = MPI.Wtime();
  const result = cluster(comm, points, weights, start, k);
  comm.Barrier();
  return { result, seconds: MPI.Wtime() - begin };
}

/** Labels equal to a serial run's, inertia equal but for the rounding of its sum; throws otherwise. */
function check(result: Clustering, serial: Clustering): void {
  const wrong = result.labels.findIndex((label, i) => label !== serial.labels[i]);
  if (wrong >= 0) {
    throw new Error(
      `flight ${wrong} is in ${result.labels[wrong]}, in the serial run in ${serial.labels[wrong]}`,
    );
  }
  const [parallel, alone] = [result.inertias.at(-1)!, serial.inertias.at(-1)!];
  const difference = Math.abs(parallel - alone) / alone;
  if (!(difference < 1e-9)) throw new Error(`inertia ${parallel}, in the serial run ${alone}`);
  console.log(`check: all labels as in the serial run, inertia within ${difference.toExponential(1)}`);
}

/** Prints the seconds on 1, 2 and 4 ranks. The ranks of this job sleep meanwhile, in the Barrier of `solve`. */
function reportTimes(): void {
  const times = [1, 2, 4].map((ranks) => ({ ranks, seconds: timeOn(ranks) }));
  const rows = times.map(({ ranks, seconds }) => [
    String(ranks),
    seconds.toFixed(3),
    (times[0].seconds / seconds).toFixed(2),
  ]);
  console.log(`time from Scatterv to Gatherv, best of ${repeats}, ${availableParallelism()} cores:`);
  console.log(`${table(['ranks', 'seconds', 'speedup'], rows)}\n`);
}

if (options['time-only']) {
  const seconds = Math.min(...Array.from({ length: repeats }, () => solve().seconds));
  if (rank === 0) console.log(seconds);
} else {
  if (points) console.log(`${(points.length / 3).toLocaleString('en')} flights, k = ${k}, ${size} ranks\n`);
  if (rank === 0 && !options['no-timing']) reportTimes();
  const { result, seconds } = solve();
  if (points && weights && start) {
    for (const [i, inertia] of result.inertias.entries()) {
      console.log(`iteration ${String(i + 1).padStart(3)}  inertia ${inertia.toFixed(3)}`);
    }
    console.log(`${seconds.toFixed(3)} s on ${size} ranks\n`);
    const clusters = describe(result);
    console.log(`${clusterTable(clusters)}\n`);
    check(result, clusterSerially(points, weights, start));
    const { draw } = await import('./kmeans/plot.ts');
    writeFileSync(options.svg, draw(points, result.labels, clusters));
    console.log(`plot: ${options.svg}`);
  }
}
