/** A message in another memory is taken back by asking its receiver: meanwhile nothing stands still. */
import { join } from 'node:path';
import ava from 'ava';
import { directoryWith } from '../../launcher/fixture.js';
import { processes, tcp, unix } from '../../support/kinds.js';
import { launch } from '../../support/launch.js';

const test = ava.serial;

const runtime = new URL('../../../src/index.js', import.meta.url).href;
const kinds = [tcp, unix, { ...tcp, name: 'tcp, processes', args: [...tcp.args, ...processes.args] }];

/** Rank 1 makes no call, and so gives no answer, until rank 0 has gone on: it writes `file`. */
const frame = (file: string, sender: string, receiver: string) => `
import { existsSync, writeFileSync } from 'node:fs';
import { MPI } from '${runtime}';
const comm = MPI.COMM_WORLD;
const goOn = () => writeFileSync(${JSON.stringify(file)}, '');
comm.Barrier();
if (comm.rank === 0) { ${sender} }
else {
  while (!existsSync(${JSON.stringify(file)}));
  ${receiver}
}`;

const cases: [name: string, sender: string, receiver: string, output: string][] = [
  [
    'an aborted await leaves its event loop running',
    `const controller = new AbortController();
     setTimeout(() => { controller.abort(new Error('taken back')); setTimeout(goOn, 10); }, 10);
     await comm.Isend(new Uint8Array(1_000_000), 1, 7, { signal: controller.signal }).then(
       () => console.log('sent'), (error) => console.log(error.message));
     comm.send('end', 1, 8);`,
    `comm.recv(0, 8); console.log(comm.Iprobe(0, 7) ? 'it is there' : 'it is gone');`,
    'taken back\nit is gone\n',
  ],
  [
    'a timeout does so too',
    `setTimeout(goOn, 100);
     await comm.Isend(new Uint8Array(1_000_000), 1, 7, { timeout: 10 }).then(
       () => console.log('sent'), (error) => console.log(error.Get_error_class() === MPI.ERR_TIMEOUT));
     comm.send('end', 1, 8);`,
    `comm.recv(0, 8); console.log(comm.Iprobe(0, 7) ? 'it is there' : 'it is gone');`,
    'true\nit is gone\n',
  ],
  [
    'Cancel is local, and Wait tells what became of it',
    `const request = comm.Issend(new Uint8Array(8), 1, 7);
     request.Cancel();
     request.Cancel();
     goOn();
     const status = new MPI.Status();
     request.Wait(status);
     console.log('cancelled: ' + status.Is_cancelled());
     comm.send('end', 1, 8);`,
    `comm.recv(0, 8); console.log(comm.Iprobe(0, 7) ? 'it is there' : 'it is gone');`,
    'cancelled: true\nit is gone\n',
  ],
  [
    'what has been matched meanwhile is received whole',
    `const bytes = new Uint8Array(1_000_000).fill(5);
     const request = comm.Isend(bytes, 1, 7);
     comm.recv(1, 9);
     request.Cancel();
     goOn();
     const status = new MPI.Status();
     request.Wait(status);
     console.log('cancelled: ' + status.Is_cancelled());`,
    `const got = new Uint8Array(1_000_000);
     message.Recv(got);
     console.log(got.every((byte) => byte === 5));`,
    'cancelled: false\ntrue\n',
  ],
  [
    'a blocking Send that its receiver gives back has not been sent',
    `setTimeout(goOn, 0);
     goOn();
     try { comm.Send(new Uint8Array(1_000_000), 1, 7, { timeout: 50 }); } catch (error) {
       console.log(error.Get_error_class() === MPI.ERR_TIMEOUT);
     }
     comm.send('end', 1, 8);`,
    `comm.recv(0, 8); console.log(comm.Iprobe(0, 7) ? 'it is there' : 'it is gone');`,
    'true\nit is gone\n',
  ],
  [
    'a receiver that ends gives its answer by that',
    `const request = comm.Isend(new Uint8Array(1_000_000), 1, 7);
     request.Cancel();
     goOn();
     try { request.Wait(); } catch {}
     console.log('over');`,
    '',
    'over\n',
  ],
];

for (const { name, args, env } of kinds)
  for (const [what, sender, receiver, output] of cases)
    test(`${what}: ${name}`, async (t) => {
      const directory = directoryWith(t, {});
      const matched = what.includes('matched')
        ? frame(join(directory, 'go'), sender, receiver).replace(
            'else {',
            'else {\n  const message = comm.Mprobe(0, 7);\n  comm.send(0, 0, 9);',
          )
        : frame(join(directory, 'go'), sender, receiver);
      const job = directoryWith(t, { 'job.mjs': matched });
      const done = await launch([...args, '-n', '2', 'job.mjs'], { env, cwd: job, timeoutMs: 30_000 });
      const sorted = (text: string) => text.split('\n').sort().join('\n');
      t.is(sorted(done.stdout), sorted(output), done.stderr);
      t.is(done.code, 0, done.stderr);
    });
