/**
 * Pairs of ranks stream messages of every size; at a moment drawn from the seed the first owner ends: `ending.js MODE
 * SEED`. All the others are then ended by the launcher, in the middle of whatever they do. In mode `together` all
 * ranks throw at once.
 */
import { setImmediate as immediate } from 'node:timers/promises';
import { MPI } from 'mpi4ts';
import { pattern, sequence } from '../../../support/job/tools.js';

const comm = MPI.COMM_WORLD;
const mode = process.argv[2];
const random = sequence(Number(process.argv[3]));
const messages = 1 + random(40);
const spins = random(200);
const LENGTHS = [8, 300, 9000, 100_000, 700_000, 3_000_000];

function end(): void {
  if (mode === 'throw') throw new Error('the owner ends');
  if (mode === 'exit') process.exit(3);
  if (mode === 'exit0') process.exit(0);
  if (mode === 'abort') comm.Abort(5);
  if (mode === 'reject') void Promise.reject(new Error('the owner ends'));
}

/** The owner: many sends under way, then the end. */
async function own(peer: number): Promise<void> {
  const requests: MPI.Request[] = [];
  for (let i = 0; comm.rank > 0 || i < messages; i++) {
    requests.push(comm.Isend(pattern(LENGTHS[(i + comm.rank) % LENGTHS.length], i), peer, 1));
    if (requests.length > 8) requests.shift()?.Wait();
    if (i % 16 === 0) await immediate();
  }
  for (let i = 0; i < spins; i++) comm.Iprobe(peer, 2);
  end();
}

function pull(owner: number): void {
  const got = new Uint8Array(LENGTHS.at(-1)!);
  for (;;) comm.Recv(got, owner, 1);
}

if (mode === 'together') {
  comm.Barrier();
  throw new Error('all end');
}
if (comm.rank % 2 === 1) pull(comm.rank - 1);
else void own(comm.rank + 1);
