/**
 * Conjugate gradients: solves A·x = b for a sparse, symmetric matrix whose rows are shared out.
 *     mpirun -n 4 examples/conjugate-gradient.ts [n]
 *
 * A is the Laplacian of an n x n grid, some far cells of which are tied together. Each iteration needs all of one vector
 * (Allgatherv) and two sums over all ranks (Allreduce), whose rounding depends on the number of ranks: the solution is
 * that of a serial run to many digits, not to the last bit.
 */
import { MPI } from 'mpi4ts';

const n = Number(process.argv[2] ?? 60);
const unknowns = n * n;
const tolerance = 1e-12; // of the residual, relative to that of x = 0
const iterationsMax = 10 * n;

/** Some rows of a matrix: those from `first` on. Row i has the entries from starts[i] to starts[i + 1] - 1. */
interface Rows {
  readonly first: number;
  readonly starts: readonly number[];
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

function laplacian(first: number, last: number): Rows {
  const [starts, columns, values]: number[][] = [[0], [], []];
  for (let cell = first; cell < last; cell++) {
    const [row, column] = [Math.floor(cell / n), cell % n];
    const beside = [
      row > 0 && cell - n,
      row < n - 1 && cell + n,
      column > 0 && cell - 1,
      column < n - 1 && cell + 1,
    ];
    const neighbours = beside.filter((other) => other !== false);
    // Every seventh cell is tied to the one on the other side of the grid's centre.
    const opposite = unknowns - 1 - cell;
    if (Math.min(cell, opposite) % 7 === 0 && cell !== opposite) neighbours.push(opposite);
    columns.push(cell, ...neighbours);
    values.push(neighbours.length + 0.05, ...neighbours.map(() => -1));
    starts.push(columns.length);
  }
  return { first, starts, columns, values };
}

/** The product of the rows with a whole vector, in `out`. */
function multiply({ starts, columns, values }: Rows, vector: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let at = starts[i]; at < starts[i + 1]; at++) sum += values[at] * vector[columns[at]];
    out[i] = sum;
  }
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** The whole solution, on every rank of `comm`. */
function solve(comm: MPI.Comm): { x: Float64Array; iterations: number; residual: number } {
  const { rank, size } = comm;
  const bounds = Array.from({ length: size + 1 }, (_, r) => Math.floor((r * unknowns) / size));
  const counts = Array.from({ length: size }, (_, r) => bounds[r + 1] - bounds[r]);
  const rows = laplacian(bounds[rank], bounds[rank + 1]);

  const sum = new Float64Array(1);
  const sumOf = (own: number): number => {
    comm.Allreduce(Float64Array.of(own), sum, MPI.SUM);
    return sum[0];
  };
  /** Vectors of which each rank needs all; `ownPart` is the one that it computes. */
  const ownPart = (whole: Float64Array) => whole.subarray(bounds[rank], bounds[rank + 1]);
  const x = new Float64Array(unknowns);
  const direction = Float64Array.from({ length: unknowns }, (_, i) => Math.sin(i)); // b, which is the residual of x = 0
  const own = { x: ownPart(x), direction: ownPart(direction) };
  const residual = own.direction.slice();
  const product = new Float64Array(residual.length);

  let square = sumOf(dot(residual, residual));
  const enough = square * tolerance ** 2;
  let iterations = 0;
  while (square > enough && iterations < iterationsMax) {
    multiply(rows, direction, product);
    const step = square / sumOf(dot(own.direction, product));
    for (let i = 0; i < residual.length; i++) {
      own.x[i] += step * own.direction[i];
      residual[i] -= step * product[i];
    }
    const before = square;
    square = sumOf(dot(residual, residual));
    for (let i = 0; i < residual.length; i++)
      own.direction[i] = residual[i] + (square / before) * own.direction[i];
    comm.Allgatherv(MPI.IN_PLACE, [direction, counts]);
    iterations++;
  }
  comm.Allgatherv(MPI.IN_PLACE, [x, counts]);
  return { x, iterations, residual: Math.sqrt(square) };
}

const { x, iterations, residual } = solve(MPI.COMM_WORLD);

if (MPI.COMM_WORLD.rank === 0) {
  console.log(
    `${unknowns} unknowns on ${MPI.COMM_WORLD.size} ranks: ${iterations} iterations, residual ${residual.toExponential(1)}`,
  );
  const serial = solve(MPI.COMM_SELF).x; // the same program, on a communicator of this rank alone
  const difference = serial.reduce((most, value, i) => Math.max(most, Math.abs(value - x[i])), 0);
  if (!(difference < 1e-8)) throw new Error(`an unknown differs from the serial solution by ${difference}`);
  console.log('every unknown as in the serial run, within 1e-8');
}
