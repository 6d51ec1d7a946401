import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { OutputShare } from '../../launcher/output/words.js';
import { LineWriter } from '../../launcher/rank/lines.js';

const orders = {
  rank: 0,
  size: 2,
  output: { tag: false, timestamp: false, show: true, terminals: {} },
} as unknown as ConstructorParameters<typeof LineWriter>[0];

function writer(coming?: () => boolean): { lines: LineWriter; told: string[] } {
  const told: string[] = [];
  const put = (_fd: 1 | 2, bytes: Uint8Array) => void told.push(Buffer.from(bytes).toString());
  const means = { output: {} as OutputShare, tell: () => {}, put, ...(coming && { coming }) };
  return { lines: new LineWriter(orders, means, 1), told };
}

/** Longer by far than a partial line is kept. */
const longMs = 300;

test.serial('a partial line appears after a while', async (t) => {
  const { lines, told } = writer();
  lines.write(Buffer.from('whole\npart'));
  t.deepEqual(told, ['whole\n']);
  await sleep(longMs);
  t.deepEqual(told, ['whole\n', 'part']);
});

test.serial('a line whose rest is on its way is not cut, however long it takes', async (t) => {
  let coming = true;
  const { lines, told } = writer(() => coming);
  lines.write(Buffer.from('first half, '));
  await sleep(longMs);
  t.deepEqual(told, []);
  lines.write(Buffer.from('second half\nnext'));
  t.deepEqual(told, ['first half, second half\n']);
  coming = false;
  await sleep(longMs);
  t.deepEqual(told, ['first half, second half\n', 'next']);
});

test.serial('a line whose rest is there when the thread wakes from a stall is not cut', async (t) => {
  const { lines, told } = writer();
  lines.write(Buffer.from('first half, '));
  setImmediate(() => {
    // Timers are due, and what was to be read comes after them.
    const until = performance.now() + longMs;
    while (performance.now() < until);
    setTimeout(() => {}, 0);
    process.nextTick(() => lines.write(Buffer.from('second half\n')));
  });
  await sleep(2 * longMs);
  t.deepEqual(told, ['first half, second half\n']);
});
