/** Held memory stays readable after transfer, detach, collection and the end of its thread. Needs --expose-gc. */
import assert from 'node:assert/strict';
import { isMainThread, MessageChannel, Worker } from 'node:worker_threads';
import { Pulled } from '../../../src/native.js';
import { SlotState } from '../../../src/transport/ring/layout.js';
import { addon, attach, layout, passed, takeDone, times, word, wordIndex } from './common.js';

const native = addon();
const gc = (globalThis as { gc?: () => void }).gc;
const segment = new SharedArrayBuffer(layout.totalBytes);
const words = new Int32Array(segment);
let generation = 0;

/** Reads through the exposure of a hold, as a peer would. */
function readBack(id: number, bytes: number): Uint8Array {
  assert.ok(native.expose(0, id, 0, bytes));
  words[wordIndex(0, 0)] = word(++generation, SlotState.OFFERED);
  const target = new Uint8Array(bytes);
  assert.equal(native.pull(0, 0, words[wordIndex(0, 0)], target, 0, bytes), Pulled.OK);
  takeDone(words, 0);
  native.conceal(0);
  return target;
}

/** That a hold's memory still has the bytes it was filled with. */
function assertHeld(id: number, bytes: number, fill: number): void {
  assert.ok(Buffer.alloc(bytes, fill).equals(readBack(id, bytes)));
}

type Transferable = ArrayBuffer & { transfer?(bytes?: number): ArrayBuffer };

/** Every way to take the memory away from a buffer that JavaScript has. */
const takers: ((buffer: Transferable) => void)[] = [
  (buffer) => void structuredClone(buffer, { transfer: [buffer] }),
  (buffer) => new MessageChannel().port1.postMessage(buffer, [buffer]),
  (buffer) => void buffer.transfer?.(),
  (buffer) => void buffer.transfer?.(1),
  (buffer) => void buffer.transfer?.(buffer.byteLength * 2 + 1),
  () => {},
];

function takenAway(rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    for (const bytes of [1, 64, 65, 4096, 300_000, 5_000_000]) {
      if (bytes > 100_000 && round % 10 !== 0) continue;
      for (const take of takers) {
        const fill = (round % 255) + 1;
        let view: Uint8Array | undefined = new Uint8Array(bytes).fill(fill);
        const id = native.hold(view);
        assert.ok(id >= 1);
        take(view.buffer as ArrayBuffer);
        view = undefined;
        if (round % 10 === 0) gc?.();
        for (let i = 0; i < 8; i++) new Uint8Array(bytes).fill(255);
        assertHeld(id, bytes, fill);
        native.drop(id);
      }
    }
  }
}

/** As Node has it; the language's own library does not declare it. */
const wasm = (globalThis as unknown as { WebAssembly: { Memory: new (size: object) => WasmMemory } })
  .WebAssembly;
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

function oddBuffers(): void {
  const resizable = new ArrayBuffer(10, { maxByteLength: 100 } as never);
  assert.equal(native.hold(new Uint8Array(resizable)), 0);
  const growable = new SharedArrayBuffer(10, { maxByteLength: 100 } as never);
  assert.equal(native.hold(new Uint8Array(growable)), 0);
  const empty = native.hold(new Uint8Array(0));
  assert.ok(empty >= 1);
  assert.ok(native.expose(1, empty, 0, 0));
  assert.equal(native.expose(1, empty, 0, 1), false);
  native.drop(empty);
  const pooled = native.hold(Buffer.from('pooled'));
  assert.equal(native.expose(1, pooled, 0, Buffer.poolSize), true);
  native.drop(pooled);
  native.conceal(1);
  const memory = new wasm.Memory({ initial: 1, maximum: 64 });
  new Uint8Array(memory.buffer).fill(5);
  const id = native.hold(new Uint8Array(memory.buffer));
  memory.grow(40);
  assertHeld(id, 65536, 5);
  native.drop(id);
}

/** An exposure keeps its memory although the hold is dropped. */
function dropped(): void {
  const source = new Uint8Array(1_000_000).fill(3);
  const id = native.hold(source);
  native.expose(2, id, 0, source.length);
  native.drop(id);
  structuredClone(source.buffer, { transfer: [source.buffer] });
  gc?.();
  words[wordIndex(0, 2)] = word(1, SlotState.OFFERED);
  const target = new Uint8Array(1_000_000);
  assert.equal(native.pull(0, 2, word(1, SlotState.OFFERED), target, 0, target.length), Pulled.OK);
  assert.ok(Buffer.alloc(target.length, 3).equals(target));
}

/** Memory that came by transfer from a thread that has ended. */
async function foreign(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { execArgv: [] });
  const buffer = await new Promise<ArrayBuffer>((resolve) => worker.once('message', resolve));
  const id = native.hold(new Uint8Array(buffer));
  await worker.terminate();
  structuredClone(buffer, { transfer: [buffer] });
  gc?.();
  assertHeld(id, 100_000, 9);
  native.drop(id);
}

/** Thousands of holds at once; what is let go is really freed. */
function many(): void {
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 10; round++) {
    const ids = Array.from({ length: 2000 }, () => native.hold(new Uint8Array(50_000).fill(1)));
    assert.equal(new Set(ids).size, 2000);
    for (const id of ids) native.drop(id);
    gc?.();
  }
  assert.ok(process.memoryUsage().rss - before < 5e8, 'ten times 100 MB were held and dropped');
}

if (isMainThread) {
  assert.ok(gc !== undefined);
  attach(native, segment, 0);
  takenAway(times(11, 500));
  oddBuffers();
  dropped();
  many();
  await foreign();
  passed();
} else {
  const { parentPort } = await import('node:worker_threads');
  const buffer = new Uint8Array(100_000).fill(9).buffer;
  native.hold(new Uint8Array(buffer));
  parentPort?.postMessage(buffer, [buffer]);
}
