/**
 * The owner of a message lets go of it in the middle of a peer's copy, by conceal, process.exit or a throw: the memory
 * must stay until the copy is done. Once the owner's thread ends, nothing else keeps it; each message is larger than
 * what malloc keeps after a free, so reading too long is a segmentation fault.
 */
import assert from 'node:assert/strict';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Pulled } from '../../../src/native.js';
import { SlotState } from '../../../src/transport/ring/layout.js';
import { addon, attach, layout, passed, times, word, wordIndex } from './common.js';

const OWNER = 1;
const messageBytes = 40 * 2 ** 20;
const ways = ['conceal', 'exit', 'throw'] as const;

interface Part {
  readonly segment: SharedArrayBuffer;
  readonly way: (typeof ways)[number];
}

function own({ segment, way }: Part): void {
  const native = addon();
  const words = new Int32Array(segment);
  attach(native, segment, OWNER);
  const message = new Uint8Array(messageBytes).fill(6);
  const id = native.hold(message);
  assert.ok(native.expose(0, id, 0, messageBytes));
  native.drop(id);
  new MessageChannel().port1.postMessage(message.buffer, [message.buffer]);
  const at = wordIndex(OWNER, 0);
  Atomics.store(words, at, word(1, SlotState.OFFERED));
  Atomics.notify(words, at);
  while (Atomics.load(words, at) === word(1, SlotState.OFFERED));
  if (way === 'exit') process.exit(0);
  if (way === 'throw') throw new Error('thrown on purpose');
  native.conceal(0);
}

async function main(): Promise<void> {
  const segment = new SharedArrayBuffer(layout.totalBytes);
  const words = new Int32Array(segment);
  const native = addon();
  attach(native, segment, 0);
  const target = new Uint8Array(messageBytes);
  const expected = Buffer.alloc(messageBytes, 6);
  for (let round = 0; round < times(9, 300); round++) {
    const at = wordIndex(OWNER, 0);
    Atomics.store(words, at, 0);
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { segment, way: ways[round % ways.length] },
    });
    worker.on('error', (error) => assert.equal(error.message, 'thrown on purpose'));
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    await new Promise((resolve) => worker.once('online', resolve));
    Atomics.wait(words, at, 0, 30_000);
    assert.equal(words[at], word(1, SlotState.OFFERED));
    target.fill(0);
    assert.equal(native.pull(OWNER, 0, words[at], target, 0, messageBytes), Pulled.OK);
    assert.ok(expected.equals(target));
    assert.equal(words[at], word(1, SlotState.DONE));
    await ended;
  }
  passed();
}

if (isMainThread) await main();
else own(workerData as Part);
