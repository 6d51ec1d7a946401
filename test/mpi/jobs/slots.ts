/** A rank whose nonblocking sends have used up all slots: `mpirun -n 2 slots.js`, with and without `--check`. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { assertFrom, assertPattern, pattern, raises, waited } from '../../support/job/tools.js';

const comm = MPI.COMM_WORLD;
const checked = process.argv[2] === 'checked';
/** More than a rank has slots. */
const many = 16_384;
const bytes = 8192;
/** More than are reserved for blocking calls. */
const few = 80;

if (comm.rank === 0) {
  const message = pattern(bytes, 1);
  const sends = Array.from({ length: many }, () => comm.Isend(message, 1, 1));
  comm.Send(new Uint8Array(1), 1, 5);
  // What a blocking send leaves behind is no nonblocking send's.
  for (let i = 0; i < few; i++) {
    comm.Ssend(message, 1, 8);
    sends.push(comm.Isend(message, 1, 9));
  }
  for (const call of [comm.Send, comm.Ssend]) {
    raises(MPI.ERR_TIMEOUT, () => call.call(comm, message, 1, 2, { timeout: 100 }), '100');
  }
  if (checked) raises(undefined, () => comm.Rsend(message, 1, 2), 'Rsend', 'no matching receive');
  // Without a slot nobody can answer: it is a send like others, checked or not.
  const ready = comm.Irsend(pattern(bytes, 3), 1, 3);
  comm.Send(new Uint8Array(1), 1, 6);
  MPI.Request.Waitall(sends);
  ready.Wait();
  comm.Send(pattern(bytes, 4), 1, 7);
} else {
  const got = new Uint8Array(bytes);
  comm.Recv(got, 0, 5);
  for (let i = 0; i < few; i++) comm.Recv(got, 0, 8);
  // Progress without a receive for tag 3.
  comm.Probe(0, 6);
  comm.Recv(got, 0, 6);
  assert.equal(comm.Iprobe(0, 2), false, 'a send that expired is still there');
  // In windows: one by one, ranks that share a core take two turns for each message.
  const window = Array.from({ length: 64 }, () => new Uint8Array(bytes));
  for (let i = 0; i < many; i += window.length)
    MPI.Request.Waitall(window.map((into) => comm.Irecv(into, 0, 1)));
  for (let i = 0; i < few; i++) comm.Recv(got, 0, 9);
  assertPattern(got, 1);
  assertFrom(waited(comm.Irecv(got, 0, 3)), 0, 3, bytes);
  assertPattern(got, 3);
  comm.Recv(got, 0, 7);
  assertPattern(got, 4);
}
console.log(`seen by ${comm.rank}`);
