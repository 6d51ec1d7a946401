/**
 * Long messages lent to the kernel (`--zerocopy`): they arrive as they were, though the sender writes over its buffer as
 * soon as it may, and every job counts what was lent and returned.
 */
import ava from 'ava';
import { directoryWith } from '../../launcher/fixture.js';
import { processes, tcp, zerocopy } from '../../support/kinds.js';
import { launch } from '../../support/launch.js';
import { testRanks } from '../../support/ranks.js';

// One job at a time: each has ranks enough for the machine.
const test = ava.serial;

const runtime = new URL('../../../src/index.js', import.meta.url).href;
const native = new URL('../../../src/native.js', import.meta.url).href;

/** Counts through the addon's own functions. With REFUSE_ONE_IN, one call in so many finds no memory (ENOBUFS). */
const head = `
import { loadNative } from '${native}';
const { native } = loadNative();
const counts = { lent: 0, returned: 0, refused: 0 };
const { socketLend, socketReturned } = native;
const refuseOneIn = Number(process.env.REFUSE_ONE_IN ?? Infinity);
let calls = 0;
native.socketLend = (...args) => {
  const sent = ++calls % refuseOneIn === 0 ? -105 : socketLend(...args);
  if (sent > 0) counts.lent++;
  if (sent < 0) counts.refused++;
  return sent;
};
native.socketReturned = (socket, ranges) => {
  const count = socketReturned(socket, ranges);
  for (let i = 0; i < count; i++) counts.returned += ranges[2 * i + 1] - ranges[2 * i] + 1;
  return count;
};
const { MPI } = await import('${runtime}');
const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const sizes = [65537, 100_000, 1_000_003, 8 * 1024 * 1024];
/** Slow enough for the socket to fill up. */
const dawdle = (ms) => { const until = performance.now() + ms; while (performance.now() < until); };
const check = (got, value, what) => {
  const at = got.findIndex((byte) => byte !== value);
  if (at >= 0) throw new Error(what + ': byte ' + at + ' is ' + got[at] + ', not ' + value);
};
const report = () => console.log([rank, counts.lent, counts.returned, counts.refused].join(' '));
`;

/** What a rank sends, it writes over at once. */
const bodies = {
  'blocking sends': `
for (const bytes of sizes) {
  const buffer = new Uint8Array(bytes);
  for (let i = 1; i < 12; i++) {
    if (rank === 0) { buffer.fill(i); comm.Send(buffer, 1); buffer.fill(255); }
    else { dawdle(i % 3); comm.Recv(buffer, 0); check(buffer, i, 'message ' + i + ' of ' + bytes); }
  }
}`,
  'windows of nonblocking sends, both ways': `
for (const bytes of sizes) {
  const out = Array.from({ length: 6 }, () => new Uint8Array(bytes));
  const into = Array.from({ length: 6 }, () => new Uint8Array(bytes));
  for (let round = 0; round < 3; round++) {
    const receives = into.map((buffer, i) => comm.Irecv(buffer, 1 - rank, i));
    const sends = out.map((buffer, i) => comm.Isend(buffer.fill(round * 16 + i), 1 - rank, i));
    for (let left = sends.length; left > 0; left--) out[MPI.Request.Waitany(sends)].fill(255);
    MPI.Request.Waitall(receives);
    into.forEach((buffer, i) => check(buffer, round * 16 + i, 'message ' + i + ' of ' + bytes));
  }
}`,
  'awaited sends': `
for (const bytes of sizes) {
  const buffer = new Uint8Array(bytes);
  for (let i = 1; i < 8; i++) {
    if (rank === 0) { buffer.fill(i); await comm.Isend(buffer, 1); buffer.fill(255); }
    else { await new Promise((done) => setTimeout(done, i % 3)); await comm.Irecv(buffer, 0); check(buffer, i, 'message ' + i); }
  }
}`,
  'a send that is left to Finalize': `
const buffer = new Uint8Array(8 * 1024 * 1024);
if (rank === 0) comm.Isend(buffer.fill(7), 1);
else { dawdle(50); comm.Recv(buffer, 0); check(buffer, 7, 'message'); }
MPI.Finalize();`,
};

for (const [what, body] of Object.entries(bodies))
  for (const [kind, more] of [
    [zerocopy.name, {}],
    [`${zerocopy.name}, some of it refused`, { REFUSE_ONE_IN: '3' }],
  ] as const)
    test(`${what}: ${kind}`, async (t) => {
      const directory = directoryWith(t, { 'job.mjs': `${head}${body}\nreport();` });
      const env = { ...zerocopy.env, ...more };
      const words = [...zerocopy.args, '-n', '2', 'job.mjs'];
      const done = await launch(words, { env, cwd: directory, timeoutMs: 60_000 });
      t.is(done.code, 0, done.stderr);
      const [lines] = done.stdout.trim().split('\n').sort();
      const [, lent, returned, refused] = lines.split(' ').map(Number);
      t.log(`${lent} lent, ${refused} refused`);
      // Without memory to count them, a system may refuse some, never all of it.
      t.true(lent > 0, 'the kernel borrows');
      t.is(returned, lent, 'all is returned');
      if ('REFUSE_ONE_IN' in more) t.true(refused > 0);
    });

test('nothing is lent without the option', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': `${head}${bodies['blocking sends']}\nreport();` });
  const done = await launch([...tcp.args, '-n', '2', 'job.mjs'], { env: tcp.env, cwd: directory });
  t.is(done.stdout.trim().split('\n').sort().join(), '0 0 0 0,1 0 0 0', done.stderr);
});

test('a receiver that ends in the middle: the sender hears of it, and ends', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${head}
const buffer = new Uint8Array(64 * 1024 * 1024);
if (rank === 1) {
  const request = comm.Irecv(buffer.subarray(0, 32 * 1024 * 1024), 0);
  // It asks for the bytes, takes some, and leaves.
  while (buffer[0] !== 3) request.Test();
} else {
  const requests = [comm.Isend(buffer.fill(3).subarray(32 * 1024 * 1024), 1), comm.Isend(buffer, 1)];
  for (const request of requests) {
    try { request.Wait(); console.log('sent'); }
    catch (error) { console.log(error.Get_error_class() === MPI.ERR_PROC_FAILED ? 'failed' : error.stack); }
  }
  if (counts.lent === 0) throw new Error('nothing lent');
}`,
  });
  for (const more of [[], processes.args]) {
    const words = [...zerocopy.args, ...more, '-n', '2', 'job.mjs'];
    const done = await launch(words, { env: zerocopy.env, cwd: directory, timeoutMs: 30_000 });
    t.regex(done.stdout, /^(sent|failed)\nfailed\n$/, done.stderr);
    t.is(done.code, 0, done.stderr);
  }
});

test('a receiver that is killed in the middle ends the job', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${head}
const buffer = new Uint8Array(32 * 1024 * 1024);
if (rank === 1) {
  const request = comm.Irecv(buffer, 0);
  while (buffer[0] !== 3) request.Test();
  process.kill(process.pid, 'SIGKILL');
} else {
  try { comm.Send(buffer.fill(3), 1); } finally { console.log(counts.lent > 0 ? 'lent' : 'nothing lent'); }
}`,
  });
  const words = [...zerocopy.args, ...processes.args, '-n', '2', 'job.mjs'];
  const done = await launch(words, { env: zerocopy.env, cwd: directory, timeoutMs: 30_000 });
  t.is(done.code, 137, done.stderr);
  t.is(done.stdout, 'lent\n', done.stderr);
});

for (const job of ['sendrecv', 'promises', 'reuse', 'cancel', 'completion'])
  testRanks(import.meta.url, `../../mpi/jobs/${job}.js`, { ranks: [3], kinds: [zerocopy] });
