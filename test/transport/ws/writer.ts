/** Writes a known stream into a pipe, in pieces of many sizes: see `pipe.test.ts`. */
import { workerData } from 'node:worker_threads';
import { PipeWriter } from '../../../src/transport/ws/pipe.js';

const { memory, total } = workerData as { memory: SharedArrayBuffer; total: number };
const writer = new PipeWriter(memory);
const piece = new Uint8Array(100_000);

for (let written = 0; written < total; ) {
  const bytes = Math.min(total - written, 1 + ((written * 11) % piece.length));
  for (let i = 0; i < bytes; i++) piece[i] = ((written + i) * 13) % 251;
  let done = 0;
  while (done < bytes) {
    const count = writer.write(piece, done, bytes - done);
    if (count === 0) await new Promise(setImmediate);
    done += count;
  }
  written += bytes;
}
