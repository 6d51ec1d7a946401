/** The flights: reading them, and the scale of each field. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Fields per flight: delay (minutes), distance (miles), departure (minutes of the day). */
export const dimensions = 3;

interface Flight {
  readonly delay: number;
  readonly distance: number;
  /** Hour of the departure, a decimal number. */
  readonly time: number;
}

/**
 * All flights, field by field, flight after flight. Every field is a whole number: the hours in the file are
 * minutes divided by 60. `cluster.ts` tells why that matters.
 */
export function readFlights(): Int32Array {
  const file = createRequire(import.meta.url).resolve('vega-datasets/data/flights-200k.json');
  const flights: Flight[] = JSON.parse(readFileSync(file, 'utf8'));
  const points = new Int32Array(flights.length * dimensions);
  for (const [i, { delay, distance, time }] of flights.entries()) {
    points.set([delay, distance, Math.round(time * 60)], i * dimensions);
  }
  return points;
}

/**
 * 1 / σ² of each field. Distances weighted with it are distances between standardised points, so the points
 * themselves can stay whole numbers.
 */
export function weightsOf(points: Int32Array): Float64Array {
  const n = points.length / dimensions;
  return Float64Array.from({ length: dimensions }, (_, d) => {
    let sum = 0;
    let squares = 0;
    for (let i = d; i < points.length; i += dimensions) {
      sum += points[i];
      squares += points[i] ** 2;
    }
    return 1 / (squares / n - (sum / n) ** 2);
  });
}
