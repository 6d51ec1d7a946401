/**
 * The listeners of a live job are attacked by those who do not know its secret. None is accepted, nothing crashes, and
 * the job goes on. How much it is slowed is printed; machines are too busy to assert it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { HELLO_BYTES, Initiator, PROOF_BYTES, REPLY_BYTES } from '../../../src/transport/wire/handshake.js';
import { directoryWith } from '../../launcher/fixture.js';
import { mpirunPath } from '../../support/launch.js';

const job = fileURLToPath(new URL('./attacked.js', import.meta.url));

/** How long it is attacked, and left alone, in turn. */
const spellMs = Number(process.env.MPI4TS_TEST_ATTACK_MS ?? 800);
const spells = 4;
/** Attackers at once. */
const CROWD = 8;
/** Connections of one flood. */
const FLOOD = 200;
/** No attacker waits longer for an answer. */
const patienceMs = 300;

interface Target {
  readonly rank: number;
  readonly port: number;
  readonly secret: Buffer;
}

/** Connects, has `act` do its worst, and tells how many bytes came back. */
async function visit(port: number, act: (socket: Socket) => Promise<void> | void): Promise<number> {
  const socket = createConnection({ host: '127.0.0.1', port });
  let received = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
  });
  socket.on('error', () => {}); // it is thrown out
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  await act(socket);
  await Promise.race([closed, sleep(patienceMs, undefined, { ref: false })]);
  socket.destroy();
  return received;
}

const hello = (rank: number) =>
  new Initiator({ secret: randomBytes(32), self: 2, peer: rank, size: 3 }).hello;

/** What an attacker does; no more than the REPLY ever comes back. */
const ATTACKS: Readonly<Record<string, (target: Target) => Promise<number>>> = {
  garbage: ({ port }) =>
    visit(port, (socket) => void socket.write(randomBytes(1 + (randomBytes(1)[0] % 200)))),
  'a web browser': ({ port }) =>
    visit(port, (socket) => void socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')),
  'nothing at all': ({ port }) => visit(port, () => sleep(20)),
  'a wrong secret': ({ port, rank }) =>
    visit(port, async (socket) => {
      socket.write(hello(rank));
      await sleep(5);
      socket.write(randomBytes(PROOF_BYTES));
    }),
  'no proof': ({ port, rank }) => visit(port, (socket) => void socket.write(hello(rank))),
  'a partial greeting': ({ port, rank }) =>
    visit(port, (socket) => void socket.write(hello(rank).subarray(0, HELLO_BYTES - 1))),
  'a slow greeting': ({ port, rank }) =>
    visit(port, async (socket) => {
      for (const byte of hello(rank)) {
        socket.write(Uint8Array.of(byte));
        await sleep(3);
      }
    }),
  'a header of 256 KiB': ({ port, rank }) =>
    visit(port, (socket) => void socket.write(Buffer.concat([hello(rank), Buffer.alloc(256 * 1024, 0xff)]))),
  'a rank that is not there': ({ port, rank }) =>
    visit(port, (socket) => {
      const bad = hello(rank);
      bad.writeUInt32LE(7, 8);
      socket.write(bad);
    }),
  'another job': ({ port, rank }) =>
    visit(port, (socket) => {
      const bad = hello(rank);
      bad.writeUInt32LE(99, 16);
      socket.write(bad);
    }),
};

/** What comes next, or undefined at the end. */
const next = (socket: Socket) =>
  new Promise<Buffer | undefined>((resolve) => {
    socket.once('data', resolve);
    socket.once('close', () => resolve(undefined));
  });

/** Who knows the secret is let in: what it sent is worth nothing the next time. */
async function recorded({ rank, port, secret }: Target): Promise<{ sent: Buffer; received: number }> {
  const initiator = new Initiator({ secret, self: 2, peer: rank, size: 3 });
  const parts: Buffer[] = [initiator.hello];
  const received = await visit(port, async (socket) => {
    socket.write(initiator.hello);
    const reply = await next(socket);
    if (reply === undefined) return;
    parts.push(initiator.answer(reply));
    socket.write(parts[1]);
    await next(socket);
  });
  return { sent: Buffer.concat(parts), received };
}

async function flood(port: number): Promise<number[]> {
  return Promise.all(Array.from({ length: FLOOD }, () => visit(port, () => {})));
}

test('strangers at the listeners of a live job: none is accepted, and the job goes on', async (t) => {
  t.timeout(180_000);
  const stop = `${directoryWith(t, {})}/stop`;
  const child = spawn(process.execPath, [mpirunPath, '--transport', 'tcp', '-n', '3', job, stop]);
  t.teardown(() => child.kill('SIGKILL'));
  const targets: Target[] = [];
  let exchanged: number[] = [];
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const said = JSON.parse(line);
      if ('exchanged' in said) exchanged.push(said.exchanged);
      else targets.push({ rank: said.rank, port: said.port, secret: Buffer.from(said.secret, 'hex') });
    }
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close');
  while (targets.length < 2) await sleep(20);

  const tried: Record<string, number> = {};
  let accepted = 0;
  const note = (name: string, received: number) => {
    tried[name] = (tried[name] ?? 0) + 1;
    if (received > REPLY_BYTES) accepted++;
  };
  const random = (below: number) => Math.floor(Math.random() * below);
  const names = Object.keys(ATTACKS);
  const attack = async (until: number) => {
    while (performance.now() < until) {
      const name = names[random(names.length)];
      note(name, await ATTACKS[name](targets[random(2)]));
    }
  };
  const calm: number[] = [];
  const attacked: number[] = [];
  for (let spell = 0; spell < spells; spell++) {
    exchanged = [];
    await sleep(spellMs);
    calm.push(...exchanged.slice(1));
    exchanged = [];
    const until = performance.now() + spellMs;
    await Promise.all(Array.from({ length: CROWD }, () => attack(until)));
    attacked.push(...exchanged.slice(1));
  }
  for (const received of await flood(targets[0].port)) note('a flood', received);
  const { sent, received } = await recorded(targets[0]);
  const letIn = received > REPLY_BYTES;
  for (let i = 0; i < 20; i++)
    note('a recorded handshake', await visit(targets[0].port, (socket) => void socket.write(sent)));
  // No attack, once more: it still works.
  exchanged = [];
  await sleep(spellMs);
  const after = exchanged.length;
  writeFileSync(stop, '');
  const [code] = await ended;

  const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const total = Object.values(tried).reduce((sum, count) => sum + count, 0);
  t.log(
    `${total} tried, ${accepted} accepted: ${names
      .concat('a flood', 'a recorded handshake')
      .map((name) => `${name} ${tried[name] ?? 0}`)
      .join(', ')}`,
  );
  t.log(
    `exchanges while attacked, to those while left alone: ${(median(attacked) / median(calm)).toFixed(3)}`,
  );
  t.is(accepted, 0);
  t.true(letIn, 'who knows the secret is let in: the test knows the way');
  t.true(total > 100, `${total}`);
  t.true(after > 0, 'the job goes on');
  t.is(code, 0, stderr);
});
