/**
 * Long messages that two peers pull while their owner helps with the copy, or does not, or ends - by return, throw,
 * process.exit or terminate: every pull yields a whole message, and nobody writes to its target afterwards. Both pull
 * the same slots, and every few rounds one at the same time, which the protocol forbids, and memory must survive.
 */
import assert from 'node:assert/strict';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Pulled } from '../../../src/native.js';
import { RANK_HELP, SlotState } from '../../../src/transport/ring/layout.js';
import { addon, attach, layout, passed, rankWordIndex, times, word, wordIndex } from './common.js';

const OWNER = 1;
const slots = 3;
/** Some chunks, the last of which is short. */
const messageBytes = 1_500_007;
const endings = ['return', 'throw', 'exit', 'terminate'] as const;

/** Words of the job header that the layout leaves free, here for the test's own signals. */
const STOP = 200;
const PULLS = 201;
const HELPED = 202;

interface Part {
  readonly segment: SharedArrayBuffer;
  readonly role: 'owner' | 'puller' | (string & {});
  readonly ending: (typeof endings)[number];
  readonly rank: number;
}

/** Numbers that differ from run to run of the schedule, the same in each run of the test. */
function* chances(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Offers each slot again and again, and helps now and then. Each message is one byte, over and over. */
function own(part: Part): void {
  const native = addon();
  const words = new Int32Array(part.segment);
  attach(native, part.segment, OWNER);
  const random = chances(part.rank + 1);
  const message = new Uint8Array(messageBytes).fill(5);
  const id = native.hold(message);
  for (let slot = 0; slot < slots; slot++) assert.ok(native.expose(slot, id, 0, messageBytes));
  const started = Atomics.load(words, PULLS);
  for (let generation = 1; part.ending === 'terminate' || Atomics.load(words, PULLS) - started < 60; ) {
    for (let slot = 0; slot < slots; slot++) {
      const at = wordIndex(OWNER, slot);
      const state = Atomics.load(words, at) & 7;
      // A slot that is being copied is offered again all the same, now and then.
      const again = state === SlotState.CLAIMED && random.next().value < 0.001;
      if (again || state === SlotState.DONE || state === SlotState.FREE || state === SlotState.REVOKED)
        Atomics.store(words, at, word(generation++, SlotState.OFFERED));
    }
    if (random.next().value < 0.5) Atomics.add(words, HELPED, native.help());
    if (random.next().value < 0.01) native.yieldCpu();
  }
  if (part.ending === 'throw') throw new Error('thrown on purpose');
  if (part.ending === 'exit') process.exit(3);
}

/** Looks at one byte of each page, which takes less time than a chunk that is still on its way. */
function arrived(target: Uint8Array, bytes: number): boolean {
  for (let page = 1; page * 4096 <= bytes; page++) if (target[page * 4096] !== 5) return false;
  return true;
}

/** Pulls whatever is on offer, and looks at all of it. */
function pullAll(part: Part): void {
  const native = addon();
  const words = new Int32Array(part.segment);
  attach(native, part.segment, part.rank);
  const random = chances(part.rank + 1);
  const target = Buffer.alloc(messageBytes + 2);
  const whole = Buffer.alloc(messageBytes, 5);
  const empty = Buffer.alloc(messageBytes + 2);
  while (Atomics.load(words, STOP) === 0) {
    native.yieldCpu();
    const slot = Math.floor(random.next().value * slots);
    const offered = Atomics.load(words, wordIndex(OWNER, slot));
    if ((offered & 7) !== SlotState.OFFERED) continue;
    // Half of them of two or three chunks.
    const most = random.next().value < 0.5 ? messageBytes : 90_000;
    const bytes = Math.floor((random.next().value ** 2 / 4 + 0.75) * most);
    const result = native.pull(OWNER, slot, offered, target, 1, bytes);
    if (result !== Pulled.OK) continue;
    assert.ok(arrived(target, bytes), 'the last chunk of the owner is there');
    assert.ok(whole.subarray(0, bytes).equals(target.subarray(1, bytes + 1)), 'a whole message');
    target.fill(0);
    assert.ok(empty.equals(target), 'nobody writes to a target once it is pulled');
    Atomics.add(words, PULLS, 1);
  }
}

async function main(): Promise<void> {
  const segment = new SharedArrayBuffer(layout.totalBytes);
  const words = new Int32Array(segment);
  const start = (part: Omit<Part, 'segment'>): Promise<number> => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { ...part, segment } });
    worker.on('error', (error) => assert.equal(error.message, 'thrown on purpose'));
    if (part.ending === 'terminate' && part.role === 'owner') {
      const before = Atomics.load(words, PULLS);
      const timer = setInterval(() => {
        if (Atomics.load(words, PULLS) - before < 60) return;
        clearInterval(timer);
        void worker.terminate();
      }, 1);
    }
    return new Promise((resolve) => worker.once('exit', resolve));
  };
  const pullers = [2, 3].map((rank) => start({ role: 'puller', ending: 'return', rank }));
  // How much of the help comes while a copy is open is the scheduler's to say: rounds until there was enough of it.
  const enough = (round: number): boolean => round >= times(8, 200) && words[HELPED] > 100;
  for (let round = 0; !enough(round) && round < times(200, 400); round++) {
    await start({ role: 'owner', ending: endings[round % endings.length], rank: OWNER });
    for (let slot = 0; slot < slots; slot++) Atomics.store(words, wordIndex(OWNER, slot), 0);
    words[rankWordIndex(OWNER, RANK_HELP)] = round % 3 === 0 ? 2 ** 31 - 1 : -1;
  }
  Atomics.store(words, STOP, 1);
  assert.deepEqual(await Promise.all(pullers), [0, 0]);
  assert.ok(words[HELPED] > 100, `helped with ${words[HELPED]} chunks`);
  passed();
}

if (isMainThread) await main();
else if ((workerData as Part).role === 'owner') own(workerData as Part);
else pullAll(workerData as Part);
