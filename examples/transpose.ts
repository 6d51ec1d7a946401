/**
 * Transposes a matrix whose rows are shared out, in one Alltoallw: datatypes say which block goes to each rank, and that
 * it is laid down turned over.      mpirun -n 4 examples/transpose.ts [rows] [columns]
 */
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const rows = Number(process.argv[2] ?? 600);
const columns = Number(process.argv[3] ?? 400);
const { BYTES_PER_ELEMENT } = Float64Array;

/** How `total` rows are shared out: rank r has `counts[r]` of them from `starts[r]` on. */
function shares(total: number): { counts: number[]; starts: number[] } {
  const bounds = Array.from({ length: size + 1 }, (_, r) => Math.floor((r * total) / size));
  return { counts: bounds.slice(1).map((end, r) => end - bounds[r]), starts: bounds.slice(0, -1) };
}

/** Some rows of the matrix. */
const matrix = (first: number, count: number) =>
  Float64Array.from({ length: count * columns }, (_, i) => first * columns + i);

const before = shares(rows);
const after = shares(columns); // each column becomes a row
const own = matrix(before.starts[rank], before.counts[rank]);
const turned = new Float64Array(after.counts[rank] * rows);

// To rank r: of all own rows, the columns that become its rows.
const blocks = after.counts.map((width) =>
  MPI.DOUBLE.Create_vector(before.counts[rank], width, columns).Commit(),
);
// From rank r: row by row, each laid down as a column; the next begins one number further on.
const column = MPI.DOUBLE.Create_vector(after.counts[rank], 1, rows)
  .Create_resized(0, BYTES_PER_ELEMENT)
  .Commit();

const bytes = (start: number) => start * BYTES_PER_ELEMENT;
let seconds = Number.POSITIVE_INFINITY;
for (let repeat = 0; repeat < 5; repeat++) {
  comm.Barrier();
  const start = MPI.Wtime();
  comm.Alltoallw(
    [own, blocks.map(() => 1), after.starts.map(bytes), blocks],
    [turned, before.counts, before.starts.map(bytes), before.counts.map(() => column)],
  );
  seconds = Math.min(seconds, MPI.Wtime() - start);
}

const result = rank === 0 ? new Float64Array(rows * columns) : null;
comm.Gatherv(turned, result && [result, after.counts.map((count) => count * rows)], 0);

if (result) {
  const serial = matrix(0, rows);
  const wrong = result.findIndex((value, i) => value !== serial[(i % rows) * columns + Math.floor(i / rows)]);
  if (wrong >= 0) throw new Error(`element ${wrong} of the transpose is ${result[wrong]}`);
  console.log(`${rows} x ${columns} on ${size} ranks: every element in its place`);
  console.log(`${(seconds * 1e3).toFixed(2)} ms, ${((8 * rows * columns) / seconds / 1e9).toFixed(2)} GB/s`);
}
