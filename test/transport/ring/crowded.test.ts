import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { createSegment } from '../../../src/bootstrap/threads.js';
import { ThreadSharing } from '../../../src/transport/ring/sharing.js';
import { RingTransport } from '../../../src/transport/ring/transport.js';

test('ranks crowd the cores when more are awake than there are cores', (t) => {
  const segment = createSegment(3, 2);
  const first = new RingTransport(segment, 0, new ThreadSharing(segment));
  if (first.native === null) return t.true(first.crowded, 'without the addon all ranks count');
  t.true(first.crowded, 'those that have not joined yet count');
  const second = new RingTransport(segment, 1, new ThreadSharing(segment));
  new RingTransport(segment, 2, new ThreadSharing(segment)).close();
  t.false(first.crowded);
  t.is(second.native, null, 'the addon is attached once a thread');
  t.true(second.crowded, 'who cannot yield a core counts those that sleep as well');
});

test('ranks that sleep on their doorbell do not count', async (t) => {
  const segment = createSegment(2, 1);
  const rank = new RingTransport(segment, 0, new ThreadSharing(segment));
  if (rank.native === null) return t.true(rank.crowded, 'without the addon all ranks count');
  const sleeper = new Worker(new URL('sleeper.js', import.meta.url), { workerData: segment });
  await once(sleeper, 'message');
  const deadline = performance.now() + 20_000;
  while (rank.crowded && performance.now() < deadline) await new Promise(setImmediate);
  t.false(rank.crowded, 'it sleeps');
  rank.wake(1);
  while (!rank.crowded && performance.now() < deadline) await new Promise(setImmediate);
  t.true(rank.crowded, 'it is awake again');
  await sleeper.terminate();
});
