/** Strangers at the ports of a running job, with anything but its secret: none is accepted, and the job goes on. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ava, { type ExecutionContext } from 'ava';
import { WebSocket } from 'ws';
import { frameBytesMax, strangersMax } from '../../../src/base/limits.js';
import { Initiator, PROOF_BYTES, REPLY_BYTES } from '../../../src/transport/wire/handshake.js';
import { directoryWith } from '../../launcher/fixture.js';
import { type Kind, ws, wsProcesses } from '../../support/kinds.js';
import { mpirunPath } from '../../support/launch.js';

/** Of so many, those that are three apart never talk to each other: one of them may be who a stranger says to be. */
const size = 6;

const job = `
import { existsSync } from 'node:fs';
import { MPI } from '${new URL('../../../src/index.js', import.meta.url).href}';
const comm = MPI.COMM_WORLD;
const right = (comm.rank + 1) % comm.size;
const left = (comm.rank + comm.size - 1) % comm.size;
const sent = new Int32Array(20_000);
const got = new Int32Array(20_000);
const more = new Int32Array(1);
console.log('ready');
for (let round = 0; ; round++) {
  sent.fill(round * comm.size + comm.rank);
  comm.Sendrecv(sent, right, 0, got, left, 0);
  if (got.some((value) => value !== round * comm.size + left)) throw new Error('round ' + round);
  more[0] = comm.rank === 0 && existsSync('stop') ? 0 : 1;
  comm.Bcast(more, 0);
  if (more[0] === 0) break;
}
console.log('done');
`;

/** The processes of a job: its launcher's, and their children's. */
function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [
    pid,
    ...children
      .split(' ')
      .filter(Boolean)
      .flatMap((child) => familyOf(Number(child))),
  ];
}

/** TCP ports that a process listens on, as Linux tells. */
function portsOf(pid: number): number[] {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed meanwhile.
    }
  }
  const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((cells) => cells[3] === '0A' && inodes.has(cells[9]))
    .map((cells) => Number.parseInt(cells[1].split(':')[1], 16));
}

/** What became of a stranger. */
interface Visit {
  readonly what: string;
  /** Bytes that a rank, not its worker, has said to it. */
  readonly heard: number;
  /** It was told that it belongs to the job. */
  readonly welcome: boolean;
}

/** Some are left hanging on purpose. */
const patienceMs = 2000;

/** Waits for the end of a connection, or another event, but not for long. */
async function ended(
  stream: Socket | WebSocket,
  until: readonly string[],
  visit: () => Visit,
): Promise<Visit> {
  stream.on('error', () => {});
  const events = until.map((event) => once(stream, event).catch(() => {}));
  await Promise.race([...events, sleep(patienceMs, undefined, { ref: false })]);
  return visit();
}

/** Plain TCP: whatever is sent, no WebSocket comes of it. */
function knock(port: number, what: string, bytes: string | Buffer): Promise<Visit> {
  let heard = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  socket.on('data', (data) => {
    heard += data.toString('latin1');
  });
  return ended(socket, ['close'], () => ({ what, heard: 0, welcome: /^HTTP\/1.1 (101|2)/.test(heard) }));
}

/** A WebSocket. `talk` is what it does once it is open; a rank says more than a REPLY only to one of its own. */
function visit(
  port: number,
  what: string,
  talk: (socket: WebSocket) => void,
  until = ['close'],
): Promise<Visit> {
  let heard = 0;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
  socket.on('open', () => talk(socket));
  socket.on('message', (data: Buffer) => {
    heard += data.length;
  });
  return ended(socket, until, () => ({ what, heard, welcome: heard > REPLY_BYTES }));
}

/** More than are let in at a time. */
function crowd(port: number): Promise<Visit>[] {
  return [
    ...Array.from({ length: strangersMax * 2 }, () => knock(port, 'silence', '')),
    ...Array.from({ length: strangersMax * 2 }, () => visit(port, 'a silent WebSocket', () => {})),
  ];
}

function greeting(to: number): Buffer {
  return new Initiator({ secret: randomBytes(32), self: (to + 3) % size, peer: to, size }).hello;
}

/** Everybody who comes to one rank, of which it is not known which one it is. */
function strangers(port: number): Promise<Visit>[] {
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  const head = 'GET / HTTP/1.1\r\nhost: a\r\n';
  return [
    knock(port, 'garbage', randomBytes(5000)),
    knock(port, 'a page', `${head}\r\n`),
    knock(
      port,
      'an upload',
      `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9999999\r\n\r\n${'x'.repeat(50_000)}`,
    ),
    knock(port, 'a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n'),
    knock(port, 'a long head', `${head}x: ${'x'.repeat(100_000)}`),
    knock(port, 'half a head', head),
    knock(port, 'another upgrade', `${head}connection: upgrade\r\nupgrade: h2c\r\n\r\n`),
    knock(port, 'an upgrade without a key', `${head}connection: upgrade\r\nupgrade: websocket\r\n\r\n`),
    visit(port, 'no greeting', (socket) => socket.send(randomBytes(4000))),
    visit(port, 'text', (socket) => socket.send('hello')),
    visit(port, 'an oversized frame', (socket) => socket.send(Buffer.alloc(frameBytesMax + 1))),
    visit(port, 'many pings', (socket) => {
      for (let i = 0; i < 5000; i++) socket.ping(Buffer.alloc(100));
    }),
    visit(port, 'half a greeting', (socket) => socket.send(greeting(0).subarray(0, 40))),
    ...ranks.flatMap((rank) => [
      visit(port, 'a greeting, then nothing', (socket) => socket.send(greeting(rank)), ['close', 'message']),
      visit(port, 'a greeting with no proof', (socket) => {
        socket.send(greeting(rank));
        socket.send(randomBytes(PROOF_BYTES));
        socket.send(randomBytes(60_000));
      }),
    ]),
  ];
}

/** A job that runs, and the ports of its ranks. */
async function begin(t: ExecutionContext, kind: Kind, text: string) {
  const cwd = directoryWith(t, { 'job.mjs': text });
  const env: NodeJS.ProcessEnv = { ...process.env, ...kind.env };
  delete env.NODE_CHANNEL_FD;
  if (kind.env.MPI4TS_NATIVE === undefined) delete env.MPI4TS_NATIVE;
  const words = [mpirunPath, ...kind.args, '-n', String(size), 'job.mjs'];
  const child = spawn(process.execPath, words, { cwd, env });
  const exit = once(child, 'exit');
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data;
    });
  let ports: number[] = [];
  while (ports.length < size && child.exitCode === null) {
    await sleep(20);
    ports = familyOf(child.pid!).flatMap(portsOf);
  }
  const end = async () => {
    writeFileSync(join(cwd, 'stop'), '');
    const [code] = await exit;
    t.is(code, 0, output);
    t.is(output.match(/done/g)?.length, size, output);
  };
  return { ports, end };
}

function refused(t: ExecutionContext, visits: readonly Visit[]): void {
  t.true(visits.length > 0);
  t.deepEqual(
    visits.filter(({ welcome }) => welcome),
    [],
  );
}

/** One at a time. Who listens where is read from /proc. */
function test(title: string, body: (t: ExecutionContext) => Promise<void>): void {
  ava.serial(title, async (t) => {
    if (process.platform === 'linux') return body(t);
    t.log('skipped: not Linux');
    t.pass();
  });
}

for (const kind of [ws, wsProcesses]) {
  test(`strangers at the door: ${kind.name}`, async (t) => {
    const { ports, end } = await begin(t, kind, job);
    const visits = await Promise.all(ports.flatMap(strangers));
    visits.push(...(await Promise.all([...ports.flatMap(crowd), ...ports.flatMap(strangers)])));
    refused(t, visits);
    const answered = visits.filter(({ heard }) => heard === REPLY_BYTES).length;
    t.true(answered > 0, 'nobody came as far as to be asked for a proof');
    t.log(`${visits.length} strangers, ${answered} of them asked for a proof`);
    await end();
  });

  test(`ranks that are busy for long, and then meet in a crowd: ${kind.name}`, async (t) => {
    const busy = `const until = performance.now() + 1500;\nwhile (performance.now() < until);\n`;
    const { ports, end } = await begin(t, kind, job.replace("console.log('ready');\n", busy));
    const visits = Promise.all(ports.flatMap((port) => [...crowd(port), ...crowd(port)]));
    refused(t, await visits);
    await end();
  });
}
