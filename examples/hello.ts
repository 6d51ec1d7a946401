/** Every rank greets; rank 0 prints the greetings in rank order.      mpirun -n 4 examples/hello.ts */
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;

const greeting = { text: `hello from rank ${rank} of ${size} on ${MPI.Get_processor_name()}`, from: rank };

if (rank !== 0) {
  comm.send(greeting, 0);
} else {
  console.log(greeting.text);
  for (let source = 1; source < size; source++) {
    const { text, from } = comm.recv(source) as typeof greeting;
    if (from !== source) throw new Error(`rank ${source} says that it is rank ${from}`);
    console.log(text);
  }
}
