/** MPI-4.1 §9.3: error handlers that end the job. */
import { join } from 'node:path';
import ava, { type ExecutionContext } from 'ava';
import { directoryWith } from '../launcher/fixture.js';
import { kinds, threads } from '../support/kinds.js';
import { launch } from '../support/launch.js';
import { sample } from '../support/ranks.js';

// One job at a time: each has threads enough for the machine.
const test = ava.serial;

function program(t: ExecutionContext, text: string): string {
  return join(
    directoryWith(t, { 'job.mjs': `import { MPI } from 'mpi4ts';\nconst comm = MPI.COMM_WORLD;\n${text}` }),
    'job.mjs',
  );
}

for (const name of ['ERRORS_ARE_FATAL', 'ERRORS_ABORT']) {
  for (const { name: kind, args, env } of [threads, ...sample(kinds.slice(1), 2, name)]) {
    test(`MPI.${name}: the error’s message on stderr, its class as exit code (${kind})`, async (t) => {
      const script = `
comm.Set_errhandler(MPI.${name});
if (comm.rank === 1) {
  try {
    comm.Send(new Int32Array(1), 99);
  } finally {
    console.log('went on');
  }
}
comm.Recv(new Int32Array(1), 1);`;
      const job = await launch([...args, '-n', '3', program(t, script)], { env });
      t.is(job.code, 6);
      t.is(job.stdout, '');
      t.regex(job.stderr, /MPI_ERR_RANK: Send on rank 1 of MPI_COMM_WORLD: dest is 99/);
      t.regex(job.stderr, /MPI_COMM_WORLD has an error handler that ends the job/);
    });
  }
}

test('an awaited request and Call_errhandler end the job as well', async (t) => {
  const header = 'comm.Set_errhandler(MPI.ERRORS_ARE_FATAL);';
  const awaited = `${header}
const request = comm.Irecv(new Int32Array(1), 0);
comm.Send(new Int32Array(2), 0);
await request;
console.log('went on');`;
  const first = await launch(['-n', '1', program(t, awaited)]);
  t.is(first.code, 15, first.stderr);
  t.is(first.stdout, '');
  t.regex(first.stderr, /MPI_ERR_TRUNCATE/);
  const called = await launch(['-n', '1', program(t, `${header} comm.Call_errhandler(MPI.ERR_IO);`)]);
  t.is(called.code, 35, called.stderr);
  t.regex(called.stderr, /MPI_ERR_IO: Call_errhandler on rank 0/);
});

test('a call after Finalize, with a handler that ends the job', async (t) => {
  const script = `comm.Set_errhandler(MPI.ERRORS_ARE_FATAL); MPI.Finalize(); comm.Barrier(); console.log('went on');`;
  const job = await launch(['-n', '2', program(t, script)]);
  t.is(job.code, 16, job.stderr);
  t.is(job.stdout, '');
  t.regex(job.stderr, /Barrier after MPI\.Finalize/);
});

test('an attribute of COMM_SELF that cannot be deleted fails Finalize', async (t) => {
  const script = `
MPI.COMM_SELF.Set_attr(MPI.Comm.Create_keyval(null, () => { throw new Error('not yet'); }), 1);`;
  const job = await launch(['-n', '1', program(t, script)]);
  t.not(job.code, 0);
  t.regex(job.stderr, /not yet/);
});
