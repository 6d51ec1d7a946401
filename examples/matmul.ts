/**
 * C = A · B: the rows of A are scattered, B is broadcast, the rows of C are gathered.
 *     mpirun -n 4 examples/matmul.ts [n]
 */
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const n = Number(process.argv[2] ?? 240);

/** A times B, for some rows of A. */
function multiply(a: Float64Array, b: Float64Array): Float64Array {
  const c = new Float64Array(a.length);
  for (let row = 0; row < a.length; row += n) {
    for (let k = 0; k < n; k++) {
      const factor = a[row + k];
      for (let j = 0; j < n; j++) c[row + j] += factor * b[k * n + j];
    }
  }
  return c;
}

/** Small integers, so that all products are exact. */
function matrix(f: (row: number, column: number) => number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => f(Math.floor(i / n), i % n));
}

const rows = Array.from(
  { length: size },
  (_, r) => Math.floor(((r + 1) * n) / size) - Math.floor((r * n) / size),
);
const counts = rows.map((count) => count * n);
const displs = counts.map((_, r) => counts.slice(0, r).reduce((sum, count) => sum + count, 0));

const a = rank === 0 ? matrix((i, j) => ((i * 7 + j * 3) % 11) - 5) : null;
const b = rank === 0 ? matrix((i, j) => ((i * 5 + j * 13) % 17) - 8) : new Float64Array(n * n);
const c = rank === 0 ? new Float64Array(n * n) : null;
const ownRows = new Float64Array(counts[rank]);

comm.Barrier();
const start = MPI.Wtime();
comm.Scatterv(a && [a, counts, displs, MPI.DOUBLE], ownRows, 0);
comm.Bcast(b, 0);
comm.Gatherv(multiply(ownRows, b), c && [c, counts, displs, MPI.DOUBLE], 0);

if (a && c) {
  const seconds = MPI.Wtime() - start;
  const serial = multiply(a, b);
  const wrong = c.findIndex((value, i) => value !== serial[i]);
  if (wrong >= 0) throw new Error(`element ${wrong} is ${c[wrong]}, not ${serial[wrong]}`);
  const trace = c.reduce((sum, value, i) => (i % (n + 1) === 0 ? sum + value : sum), 0);
  console.log(`${n} x ${n} on ${size} ranks: trace ${trace}, every element as in the serial product`);
  console.log(`${(seconds * 1e3).toFixed(1)} ms, ${((2 * n ** 3) / seconds / 1e9).toFixed(2)} Gflop/s`);
}
