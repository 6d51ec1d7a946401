/** Owners that return with their sends still under way, in every pair: the messages arrive, nothing crashes. */
import { MPI } from 'mpi4ts';
import { assertPattern, pattern, sequence } from '../../../support/job/tools.js';

const comm = MPI.COMM_WORLD;
const random = sequence(Number(process.argv[2]));
const LENGTHS = [8, 300, 9000, 100_000, 700_000, 3_000_000];
const lengths = Array.from({ length: 12 }, () => LENGTHS[random(LENGTHS.length)]);

if (comm.rank % 2 === 0) {
  for (const [i, bytes] of lengths.entries()) comm.Isend(pattern(bytes, i), comm.rank + 1, 1).Free();
} else {
  for (const [i, bytes] of lengths.entries()) {
    const got = new Uint8Array(bytes);
    comm.Recv(got, comm.rank - 1, 1);
    assertPattern(got, i);
  }
}
