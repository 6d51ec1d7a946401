/** π as the area under 4 / (1 + x²) from 0 to 1, by the midpoint rule.      mpirun -n 4 examples/pi.ts [steps] */
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;

const steps = new Float64Array(1);
if (rank === 0) steps[0] = Number(process.argv[2] ?? 10_000_000);
comm.Bcast(steps, 0);
const [n] = steps;

const start = MPI.Wtime();
let sum = 0;
for (let i = rank; i < n; i += size) {
  const x = (i + 0.5) / n;
  sum += 4 / (1 + x * x);
}
const pi = new Float64Array(1);
comm.Reduce(Float64Array.of(sum / n), pi, MPI.SUM, 0);

if (rank === 0) {
  const error = Math.abs(pi[0] - Math.PI);
  console.log(`pi = ${pi[0].toFixed(12)}, error ${error.toExponential(1)}`);
  console.log(`${n} steps on ${size} ranks in ${((MPI.Wtime() - start) * 1e3).toFixed(1)} ms`);
  // The rule's own error is 1 / (12 n²); the rest is rounding.
  if (!(error < 1 / (6 * n * n) + 1e-11)) throw new Error(`off by ${error}`);
}
