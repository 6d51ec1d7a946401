/**
 * A job that is attacked: ranks 0 and 1 exchange messages of 8 bytes until a file appears, and say every so often how
 * many; rank 2 only waits for the file, and talks to nobody: the test takes its place. The ports and the secret are told
 * to the test.
 */
import { existsSync } from 'node:fs';
import type { Seat } from '../../../src/bootstrap/seat.js';
import { RANK_PORT } from '../../../src/transport/ring/layout.js';
import { Segment } from '../../../src/transport/ring/segment.js';

const windowMs = 200;

const { segment, wire } = (globalThis as unknown as Record<symbol, Seat>)[Symbol.for('mpi4ts.seat')];
const { MPI } = await import('../../../src/index.js');
const comm = MPI.COMM_WORLD;
const [, , stop] = process.argv;

const bytes = new Float64Array(1);
const other = 1 - comm.rank;

function exchange(): boolean {
  let count = 0;
  for (const end = performance.now() + windowMs; performance.now() < end; count++) {
    comm.Send(bytes, other, 1);
    comm.Recv(bytes, other, 1);
  }
  const goOn = !existsSync(stop);
  comm.send(goOn, other, 2);
  console.log(JSON.stringify({ exchanged: count }));
  return goOn;
}

function answer(): boolean {
  const status = new MPI.Status();
  for (;;) {
    comm.Probe(other, MPI.ANY_TAG, status);
    if (status.Get_tag() === 2) return comm.recv(other, 2) as boolean;
    comm.Recv(bytes, other, 1);
    comm.Send(bytes, other, 1);
  }
}

if (comm.rank < 2) {
  const view = new Segment(segment);
  const at = view.rankWord(comm.rank, RANK_PORT);
  // Told by the launcher.
  while (Atomics.load(view.words, at) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const port = Atomics.load(view.words, at);
  console.log(JSON.stringify({ rank: comm.rank, port, secret: Buffer.from(wire!.secret).toString('hex') }));
}
if (comm.rank === 0) while (exchange());
else if (comm.rank === 1) while (answer());
else {
  const watch = setInterval(() => existsSync(stop) && clearInterval(watch), windowMs);
}
