/**
 * A rank offers slot after slot and ends - by return, throw, process.exit or terminate - while two peers pull from
 * it: nothing faults, every pull yields whole messages or REVOKED, and what it still offered is REVOKED.
 */
import assert from 'node:assert/strict';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Pulled } from '../../../src/native.js';
import { SlotState } from '../../../src/transport/ring/layout.js';
import { addon, attach, layout, passed, takeDone, times, word, wordIndex } from './common.js';

const OWNER = 1;
const slots = 24;
/** Further slots that the owner offers and nobody pulls: only its end can take them back. */
const unpulled = 8;
const messageBytes = 100_000;
const endings = ['return', 'throw', 'exit', 'terminate'] as const;

/** Words of the job header that the layout leaves free, here for the test's own signals. */
const STOP = 200;
const PULLS = 201;
const BUSY = 202;

interface Part {
  readonly segment: SharedArrayBuffer;
  readonly role: 'owner' | 'puller' | (string & {});
  readonly ending: (typeof endings)[number];
  readonly rank: number;
}

/** Offers each slot's message anew as soon as it was pulled; the memory lives by its hold alone. */
function own(part: Part): void {
  const native = addon();
  const words = new Int32Array(part.segment);
  attach(native, part.segment, OWNER);
  const offer = (slot: number) => {
    const generation = (words[wordIndex(OWNER, slot)] >> 3) + 1;
    const message = new Uint8Array(messageBytes).fill(generation & 255);
    const id = native.hold(message);
    assert.ok(native.expose(slot, id, 0, messageBytes));
    native.drop(id);
    structuredClone(message.buffer, { transfer: [message.buffer] });
    Atomics.store(words, wordIndex(OWNER, slot), word(generation, 1 + (generation & 1)));
  };
  takeDone(words, OWNER);
  for (let slot = 0; slot < slots + unpulled; slot++) offer(slot);
  Atomics.store(words, BUSY, 1);
  const started = Atomics.load(words, PULLS);
  while (part.ending === 'terminate' || Atomics.load(words, PULLS) - started < 40) {
    native.yieldCpu();
    for (const slot of takeDone(words, OWNER)) {
      native.conceal(slot);
      offer(slot);
    }
  }
  if (part.ending === 'throw') throw new Error('thrown on purpose');
  if (part.ending === 'exit') process.exit(3);
}

/** Pulls whatever is on offer, and looks at all of it. */
function pullAll(part: Part): void {
  const native = addon();
  const words = new Int32Array(part.segment);
  attach(native, part.segment, part.rank);
  const target = new Uint8Array(messageBytes);
  while (Atomics.load(words, STOP) === 0) {
    native.yieldCpu();
    for (let slot = 0; slot < slots; slot++) {
      const offered = Atomics.load(words, wordIndex(OWNER, slot));
      if ((offered & 7) !== SlotState.OFFERED && (offered & 7) !== SlotState.MATCHED) continue;
      const result = native.pull(OWNER, slot, offered, target, 0, messageBytes);
      assert.ok(result === Pulled.OK || result === Pulled.REVOKED, `pull returned ${result}`);
      if (result === Pulled.REVOKED) continue;
      const fill = (offered >> 3) & 255;
      assert.ok(target[0] === fill && target[50_001] === fill && target[messageBytes - 1] === fill);
      Atomics.add(words, PULLS, 1);
    }
  }
}

function start(part: Part): { worker: Worker; ended: Promise<number> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: part });
  const ended = new Promise<number>((resolve, reject) => {
    worker.once('exit', resolve);
    worker.once('error', (error) => {
      if (error.message !== 'thrown on purpose') reject(error);
    });
  });
  return { worker, ended };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'the workers make no progress');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function main(): Promise<void> {
  const segment = new SharedArrayBuffer(layout.totalBytes);
  const words = new Int32Array(segment);
  const native = addon();
  attach(native, segment, 0);
  const pullers = [2, 3].map((rank) => start({ segment, role: 'puller', ending: 'return', rank }));
  for (let round = 0; round < times(24, 1200); round++) {
    const ending = endings[round % endings.length];
    Atomics.store(words, BUSY, 0);
    const before = Atomics.load(words, PULLS);
    const { worker, ended } = start({ segment, role: 'owner', ending, rank: OWNER });
    if (ending === 'terminate') {
      await until(() => Atomics.load(words, BUSY) === 1 && Atomics.load(words, PULLS) - before >= 40);
      await worker.terminate();
    }
    const code = await ended;
    if (ending !== 'terminate') assert.equal(code, { return: 0, throw: 1, exit: 3 }[ending]);
    await until(() => {
      const states = Array.from(
        { length: slots },
        (_, slot) => Atomics.load(words, wordIndex(OWNER, slot)) & 7,
      );
      assert.ok(!states.includes(SlotState.OFFERED) && !states.includes(SlotState.MATCHED), `${states}`);
      return !states.includes(SlotState.CLAIMED);
    });
    // A peer that has not heard of the end, and a word that only claims to be on offer.
    for (let slot = slots; slot < slots + unpulled; slot++) {
      const now = words[wordIndex(OWNER, slot)];
      assert.equal(now & 7, SlotState.REVOKED);
      const stale = (now & ~7) | SlotState.OFFERED;
      assert.equal(native.pull(OWNER, slot, stale, new Uint8Array(8), 0, 8), Pulled.REVOKED);
      words[wordIndex(OWNER, slot)] = stale;
      assert.equal(native.pull(OWNER, slot, stale, new Uint8Array(8), 0, 8), Pulled.LOST);
    }
  }
  Atomics.store(words, STOP, 1);
  assert.deepEqual(await Promise.all(pullers.map((puller) => puller.ended)), [0, 0]);
  assert.ok(Atomics.load(words, PULLS) > 40 * times(24, 1200) * 0.9, 'thousands of pulls');
  passed();
}

if (isMainThread) await main();
else if ((workerData as Part).role === 'owner') own(workerData as Part);
else pullAll(workerData as Part);
