/** Pipes: what is written is taken, in order and whole; whoever waits for room or for an answer gets it. */
import { Worker } from 'node:worker_threads';
import test from 'ava';
import fc from 'fast-check';
import { pipeBytesMax } from '../../../src/base/limits.js';
import { createPipe, PipeReader, PipeWriter } from '../../../src/transport/ws/pipe.js';
import { testAll, testSeed } from '../../support/ranks.js';

function pipe() {
  const memory = createPipe();
  return { memory, writer: new PipeWriter(memory), reader: new PipeReader(memory) };
}

/** What a stream has at a place. */
const byteAt = (place: number): number => (place * 31 + (place >>> 8) * 7 + (place >>> 16)) & 255;

function fill(bytes: Uint8Array, from: number): Uint8Array {
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(from + i);
  return bytes;
}

const sizes = fc.oneof(fc.nat(200), fc.nat(70_000), fc.nat(pipeBytesMax + 1000));

test('what is written is taken, for any sizes in any order', (t) => {
  const steps = fc.array(fc.record({ writes: fc.boolean(), bytes: sizes, offset: fc.nat(5) }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const { writer, reader } = pipe();
      let written = 0;
      let taken = 0;
      for (const { writes, bytes, offset } of all) {
        const buffer = new Uint8Array(offset + bytes + 5).fill(0xee);
        if (writes) {
          const expected = Math.min(bytes, pipeBytesMax - (written - taken));
          t.is(writer.room, pipeBytesMax - (written - taken));
          fill(buffer.subarray(offset, offset + bytes), written);
          t.is(writer.write(buffer, offset, bytes), expected);
          written += expected;
        } else {
          const expected = Math.min(bytes, written - taken);
          t.is(reader.available, written - taken);
          t.is(reader.take(buffer, offset, bytes), expected);
          const whole = new Uint8Array(buffer.length).fill(0xee);
          fill(whole.subarray(offset, offset + expected), taken);
          if (Buffer.compare(buffer, whole) !== 0) t.fail(`${expected} bytes from ${taken} on`);
          taken += expected;
        }
      }
    }),
    { numRuns: testAll ? 3000 : 300, seed: testSeed },
  );
});

test('a writer that waits is told once half of the pipe is free, once', (t) => {
  const { writer, reader } = pipe();
  const bytes = new Uint8Array(pipeBytesMax);
  t.false(writer.waitForRoom(), 'there is room');
  writer.write(bytes, 0, bytes.length);
  t.true(writer.waitForRoom());
  reader.take(bytes, 0, pipeBytesMax / 2 - 1);
  t.false(reader.owesRoom());
  reader.take(bytes, 0, 1);
  t.true(reader.owesRoom());
  t.false(reader.owesRoom());
});

test('an answer is about what was written before the question', (t) => {
  const { writer, reader } = pipe();
  const bytes = new Uint8Array(10);
  t.false(writer.ask(), 'nothing was written');
  t.true(writer.arrived);
  writer.write(bytes, 0, 10);
  t.true(writer.ask());
  t.false(writer.ask(), 'asked already');
  t.false(writer.arrived);
  const { question } = reader;
  writer.write(bytes, 0, 10);
  t.true(writer.ask());
  reader.answer(question);
  t.false(writer.arrived, 'that was the answer to the first');
  reader.answer(reader.question);
  t.true(writer.arrived);
});

test('the ends tell each other that they are over', (t) => {
  const { writer, reader } = pipe();
  t.deepEqual([writer.gone, reader.ended], [false, false]);
  writer.write(new Uint8Array(3), 0, 3);
  writer.end();
  reader.leave();
  t.deepEqual([writer.gone, reader.ended, reader.available], [true, true, 3]);
});

test('counts go on beyond 2^32', (t) => {
  const { writer, reader } = pipe();
  const bytes = fill(new Uint8Array(pipeBytesMax - 1), 0);
  const got = new Uint8Array(bytes.length);
  for (let total = 0; total < 2 ** 32 + 2 * pipeBytesMax; total += bytes.length) {
    t.is(writer.write(bytes, 0, bytes.length), bytes.length);
    t.is(reader.take(got, 0, got.length), got.length);
  }
  t.is(Buffer.compare(bytes, got), 0);
  t.deepEqual([writer.room, reader.available], [pipeBytesMax, 0]);
});

test('a stream between two threads arrives as it left', async (t) => {
  const { memory, reader } = pipe();
  const total = 20_000_000;
  const worker = new Worker(new URL('./writer.js', import.meta.url), { workerData: { memory, total } });
  const got = new Uint8Array(50_000);
  for (let taken = 0; taken < total; ) {
    const count = reader.take(got, 0, 1 + ((taken * 7) % got.length));
    // The writer is left to run where there is one core only.
    if (count === 0) await new Promise(setImmediate);
    const wrong = got.subarray(0, count).findIndex((byte, i) => byte !== ((taken + i) * 13) % 251);
    if (wrong >= 0) return t.fail(`byte ${taken + wrong}`);
    taken += count;
  }
  await worker.terminate();
  t.is(reader.available, 0);
});
