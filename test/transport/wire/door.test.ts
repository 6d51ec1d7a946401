/** Ranks that meet: a connection either comes about on both sides or on none, however late an answer is. */
import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { handshakeMsMax } from '../../../src/base/limits.js';
import { createSegment } from '../../../src/bootstrap/threads.js';
import { loadNative, type Native } from '../../../src/native.js';
import { Copier } from '../../../src/transport/ring/copy.js';
import { InRing } from '../../../src/transport/ring/in-ring.js';
import { RANK_PORT } from '../../../src/transport/ring/layout.js';
import { OutRing } from '../../../src/transport/ring/out-ring.js';
import { Segment } from '../../../src/transport/ring/segment.js';
import { Door } from '../../../src/transport/wire/door.js';
import { Peer } from '../../../src/transport/wire/peer.js';

const status = loadNative();
const secret = randomBytes(32);

/** The door of rank 0 or 1 of a job of two, with a socket once the other one has been met. */
function side(native: Native, rank: number, names: readonly string[]) {
  const segment = new Segment(createSegment(2, 2));
  const copier = new Copier(segment, null);
  const other = 1 - rank;
  const out = new OutRing(segment, rank, other, copier);
  const peer = new Peer(native, segment, rank, out, new InRing(segment, other, rank, copier));
  const peers: Peer[] = [];
  peers[other] = peer;
  const hosts = names.map((name, index) => (index === rank ? undefined : name));
  // A Unix-domain name has no port: any number says that its owner listens.
  Atomics.store(segment.words, segment.rankWord(other, RANK_PORT), 1);
  const met: number[] = [];
  const door = new Door(
    native,
    segment,
    rank,
    { sockets: 'native', secret, hosts, host: names[rank] },
    peers,
    {
      opened: () => {},
      met: (_, socket) => met.push(socket),
      unreachable: () => {},
    },
  );
  return { door, peer, met };
}

/** All that can be done on the sockets of one of the doors. */
function attend(native: Native, door: Door): void {
  const ready = new Float64Array(16);
  const count = native.socketsReady(0, ready);
  for (let i = 0; i < count; i++) door.attend(ready[i]);
}

/** Two that may meet. */
function pair(t: ExecutionContext, native: Native) {
  const names = [0, 1].map((rank) => `@mpi4ts-test-${process.pid}-${Math.random()}-${rank}`);
  const calls = side(native, 0, names);
  const answers = side(native, 1, names);
  t.teardown(() => {
    calls.door.close();
    answers.door.close();
  });
  return { calls, answers };
}

test.serial('the last word of a handshake comes late', (t) => {
  const { native } = status;
  if (native === null) return t.pass(`skipped: ${status.reason}`);
  const { calls, answers } = pair(t, native);
  const now = performance.now();
  calls.door.knock(calls.peer, now);
  attend(native, calls.door); // HELLO
  attend(native, answers.door); // accepts
  attend(native, answers.door); // REPLY
  attend(native, calls.door); // PROOF
  t.deepEqual([calls.met.length, answers.met.length], [0, 0]);
  calls.door.knock(calls.peer, now + 2 * handshakeMsMax);
  attend(native, answers.door); // WELCOME: from now on a connection
  t.is(answers.met.length, 1);
  attend(native, calls.door);
  t.is(calls.met.length, 1);
});

test.serial('who says nothing is left in the end', (t) => {
  const { native } = status;
  if (native === null) return t.pass(`skipped: ${status.reason}`);
  const { calls } = pair(t, native);
  const now = performance.now();
  calls.door.knock(calls.peer, now);
  attend(native, calls.door);
  const first = calls.peer.attempt;
  t.truthy(first);
  calls.door.knock(calls.peer, now + 2 * handshakeMsMax);
  t.is(calls.peer.attempt, null);
  calls.door.knock(calls.peer, now + 3 * handshakeMsMax);
  t.truthy(calls.peer.attempt);
  t.not(calls.peer.attempt, first);
});
