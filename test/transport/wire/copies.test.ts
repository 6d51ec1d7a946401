/** Who copies the bytes of a long message: the kernel once on each side, and nobody else. */
import ava from 'ava';
import { directoryWith } from '../../launcher/fixture.js';
import { tcp, unix } from '../../support/kinds.js';
import { launch } from '../../support/launch.js';

const test = ava.serial;

const runtime = new URL('../../../src/index.js', import.meta.url).href;
const native = new URL('../../../src/native.js', import.meta.url).href;

/**
 * Counts, through the addon's own functions, where the bytes of the messages go: `sent` by the kernel out of held memory
 * of the user's, `received` by it into the user's buffer, and `copied` by anybody else.
 */
const counting = `
import { loadNative } from '${native}';
const counts = { sent: 0, received: 0, copied: 0 };
globalThis.counted = (buffer) => {
  const { native } = loadNative();
  const wrap = (name, note) => {
    const own = native[name];
    native[name] = (...args) => { const result = own(...args); note(args, result); return result; };
  };
  wrap('socketSend', ([, , , bytes], done) => { if (done > bytes) counts.sent += done - bytes; });
  wrap('socketReceive', ([, view], done) => { if (done > 0 && view.buffer === buffer) counts.received += done; });
  for (const name of ['copyIn', 'copyOut', 'copy', 'copyHeldIn', 'copyHeldOut'])
    wrap(name, (args) => { counts.copied += args.at(-1); });
  return counts;
};`;

for (const { name, args, env } of [tcp, unix])
  for (const [bytes, copied] of [
    [1_000_000, 0],
    [64 * 1024, 0],
    // As long as it fits the ring it is copied: once on each side.
    [4096, 4096],
  ])
    test(`${bytes} bytes: ${name}`, async (t) => {
      const directory = directoryWith(t, {
        'counting.mjs': counting,
        'job.mjs': `
import './counting.mjs';
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
const buffer = new Uint8Array(${bytes}).fill(comm.rank === 0 ? 3 : 0);
const turn = () => {
  if (comm.rank === 0) { comm.Recv(new Uint8Array(1), 1); comm.Send(buffer, 1); return; }
  const request = comm.Irecv(buffer, 0);
  comm.Send(new Uint8Array(1), 0);
  request.Wait();
};
turn();
const counts = counted(buffer.buffer);
turn();
const { sent, received, copied } = counts;
console.log([comm.rank, sent, received, copied - copied % 64].join(' '));
if (comm.rank === 1 && !buffer.every((byte) => byte === 3)) throw new Error('wrong bytes');
`,
      });
      const done = await launch([...args, '-n', '2', 'job.mjs'], { env, cwd: directory, timeoutMs: 30_000 });
      const direct = copied === 0 ? bytes : 0;
      const expected = [`0 ${direct} 0 ${copied}`, `1 0 ${direct} ${copied}`];
      t.deepEqual(done.stdout.trim().split('\n').sort(), expected, done.stderr);
      t.is(done.code, 0, done.stderr);
    });
