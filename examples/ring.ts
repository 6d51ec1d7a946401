/** A token goes round all ranks, and each adds one.      mpirun -n 4 examples/ring.ts [laps] */
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const right = (rank + 1) % size;
const left = (rank - 1 + size) % size;
const laps = Number(process.argv[2] ?? 1000);

const token = new Int32Array(1);
comm.Barrier();
const start = MPI.Wtime();
for (let lap = 0; lap < laps; lap++) {
  if (rank === 0) {
    token[0]++;
    // Not a blocking Send: alone in the world, rank 0 is its own neighbour.
    const sent = comm.Isend(token.slice(), right);
    comm.Recv(token, left);
    sent.Wait();
  } else {
    comm.Recv(token, left);
    token[0]++;
    comm.Send(token, right);
  }
}
const seconds = MPI.Wtime() - start;

if (rank === 0) {
  if (token[0] !== laps * size) throw new Error(`the token is ${token[0]}, not ${laps * size}`);
  console.log(`${laps} laps of ${size} ranks: token ${token[0]}, as expected`);
  console.log(`${((seconds / (laps * size)) * 1e6).toFixed(2)} µs per hop`);
}
