/** Any number of ranks: each sends 8 bytes to each, and rank 0 prints what the process then holds, in bytes. */
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const received = new Float64Array(size);
const sent = Float64Array.from({ length: size }, (_, peer) => rank * size + peer);

const requests: MPI.Request[] = [];
for (let peer = 0; peer < size; peer++) {
  requests.push(comm.Irecv(received.subarray(peer, peer + 1), peer));
  requests.push(comm.Isend(sent.subarray(peer, peer + 1), peer));
}
MPI.Request.Waitall(requests);
for (let peer = 0; peer < size; peer++) {
  if (received[peer] !== peer * size + rank) {
    throw new Error(`validation failed: rank ${rank} got ${received[peer]} from rank ${peer}`);
  }
}

comm.Barrier();
if (rank === 0) console.log(process.memoryUsage.rss());
// Nobody ends, and gives its memory back, before it has been counted.
comm.Barrier();
