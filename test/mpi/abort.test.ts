import { join } from 'node:path';
import ava, { type ExecutionContext } from 'ava';
import { directoryWith } from '../launcher/fixture.js';
import { kinds } from '../support/kinds.js';
import { launch } from '../support/launch.js';

// One job at a time: each has threads enough for the machine.
const test = ava.serial;

const header = `
import { MPI } from 'mpi4ts';
const comm = MPI.COMM_WORLD;
`;

/** A file with the program. */
function program(t: ExecutionContext, text: string): string {
  return join(directoryWith(t, { 'job.mjs': text }), 'job.mjs');
}

for (const [code, expected] of [
  [1, 1],
  [7, 7],
  [0, 0],
  [256, 1],
]) {
  test(`Abort(${code}) ends ranks that are blocked, with exit code ${expected}`, async (t) => {
    const script = `${header}
if (comm.rank === 1) comm.Abort(${code});
comm.Recv(new Uint8Array(1), 1);
console.log('received');`;
    const { code: exit, stdout } = await launch(['-n', '3', program(t, script)]);
    t.is(exit, expected);
    t.is(stdout, '');
  });
}

test('Abort refuses a code that is no integer', async (t) => {
  const { code, stderr } = await launch(['-n', '1', program(t, `${header} comm.Abort(1.5);`)]);
  t.is(code, 1);
  t.regex(stderr, /Abort on rank 0 of MPI_COMM_WORLD: errorcode is 1\.5/);
});

test('Rsend without a posted receive is an error under --check, and with one it is none', async (t) => {
  const script = `${header}
const message = Int32Array.of(5);
const got = new Int32Array(1);
if (comm.rank === 0) {
  comm.Barrier();
  comm.Rsend(message, 1, 1);
  try {
    comm.Rsend(message, 1, 2);
  } catch (error) {
    console.log(error.message);
  }
  comm.Send(message, 1, 3);
} else {
  const request = comm.Irecv(got, 0, 1);
  comm.Barrier();
  request.Wait();
  comm.Recv(got, 0, 3);
  console.log(comm.Iprobe(0, 2));
}`;
  const file = program(t, script);
  for (const { args, env } of kinds) {
    const checked = await launch([...args, '--check', '-n', '2', file], { env });
    t.is(checked.code, 0, checked.stderr);
    t.regex(checked.stdout, /Rsend on rank 0 of MPI_COMM_WORLD: no matching receive was posted/);
    t.regex(checked.stdout, /^false$/m);
    const plain = await launch([...args, '-n', '2', file], { env });
    t.is(plain.stdout, 'true\n');
  }
});
