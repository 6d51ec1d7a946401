/**
 * Heat in a square plate: Jacobi iteration on a grid that is split by rows, with an exchange of the rows at the
 * seams (halos) before each step.      mpirun -n 4 examples/heat.ts
 *
 * A Jacobi step computes each cell from the old grid only, so the result has the same bits on any number of ranks.
 */
import { MPI } from 'mpi4ts';

const n = 64; // cells a side, without the fixed border
const width = n + 2;
const tolerance = 0.01; // degrees
const stepsMax = 2000;

/** The plate at the start: 100 degrees along the top edge, 0 elsewhere. Rows `first` to `last` and one halo each. */
function plate(first: number, last: number): Float64Array {
  const grid = new Float64Array((last - first + 2) * width);
  if (first === 1) grid.fill(100, 0, width);
  return grid;
}

/** One step on the inner rows of `from` into `to`; the largest change of a cell. */
function relax(from: Float64Array, to: Float64Array): number {
  let change = 0;
  for (let row = width; row < from.length - width; row += width) {
    for (let i = row + 1; i <= row + n; i++) {
      to[i] = 0.25 * (from[i - width] + from[i + width] + from[i - 1] + from[i + 1]);
      change = Math.max(change, Math.abs(to[i] - from[i]));
    }
  }
  return change;
}

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;

/** Rank r owns the rows bounds[r] to bounds[r + 1] - 1. */
const bounds = Array.from({ length: size + 1 }, (_, r) => 1 + Math.floor((r * n) / size));
const up = rank > 0 ? rank - 1 : MPI.PROC_NULL;
const down = rank < size - 1 ? rank + 1 : MPI.PROC_NULL;

let grid: Float64Array = plate(bounds[rank], bounds[rank + 1]);
let next: Float64Array = grid.slice();
const line = (g: Float64Array, index: number) => g.subarray(index * width, (index + 1) * width);
const rows = bounds[rank + 1] - bounds[rank];
const change = new Float64Array(1);
let steps = 0;
do {
  comm.Sendrecv(line(grid, 1), up, 0, line(grid, rows + 1), down, 0);
  comm.Sendrecv(line(grid, rows), down, 1, line(grid, 0), up, 1);
  comm.Allreduce(Float64Array.of(relax(grid, next)), change, MPI.MAX);
  [grid, next] = [next, grid];
  steps++;
} while (change[0] > tolerance && steps < stepsMax);

const result = rank === 0 ? plate(1, n + 1) : null;
const counts = Array.from({ length: size }, (_, r) => (bounds[r + 1] - bounds[r]) * width);
const displs = Array.from({ length: size }, (_, r) => bounds[r] * width);
const own = grid.subarray(width, (rows + 1) * width);
comm.Gatherv(own, result && [result, counts, displs, MPI.DOUBLE], 0);

if (result) {
  let serial: Float64Array = plate(1, n + 1);
  let other: Float64Array = serial.slice();
  for (let step = 0; step < steps; step++) {
    relax(serial, other);
    [serial, other] = [other, serial];
  }
  const wrong = result.findIndex((value, i) => value !== serial[i]);
  if (wrong >= 0) throw new Error(`cell ${wrong}: ${result[wrong]} in parallel, ${serial[wrong]} in serial`);
  const centre = result[(n / 2) * width + n / 2];
  console.log(
    `${n} x ${n} cells on ${size} ranks: ${steps} steps, last change ${change[0].toExponential(2)}`,
  );
  console.log(`centre ${centre.toFixed(3)} degrees; every cell as in the serial run`);
}
