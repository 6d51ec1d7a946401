/** The first module of a rank that is a thread. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { type MessagePort, workerData } from 'node:worker_threads';
import { loadNative } from '../../src/native.js';
import { type Sharing, ThreadSharing } from '../../src/transport/ring/sharing.js';
import { SocketSharing } from '../../src/transport/wire/sharing.js';
import { pieceEnds } from '../output/pieces.js';
import {
  backlogBytesMax,
  backlogOf,
  betweenThreads,
  type OutputShare,
  WORD_BACKLOG,
} from '../output/words.js';
import { writeLocked } from '../output/write.js';
import type { RankMeans, RankMessage, ThreadOrders } from './orders.js';
import { runRank } from './run.js';

/** A rank whose output is behind looks again so often. */
const backlogSliceMs = 100;

/** The orders are the launcher's affair: the program finds no `workerData`, as in a main thread. */
function hideOrders(): void {
  const threads = createRequire(import.meta.url)('node:worker_threads') as { workerData: unknown };
  threads.workerData = null;
  syncBuiltinESMExports();
}

/** Ranks with sockets wake each other by events. */
function sharingOf({ orders, segment, events }: ThreadOrders): Sharing {
  const threads = new ThreadSharing(segment);
  // The addon is loaded only where it is needed: a rank that never joins starts sooner without.
  const native = events === undefined ? null : loadNative().native;
  return events === undefined || native === null
    ? threads
    : new SocketSharing(native, segment, orders.rank, events, threads);
}

/** Output is told to the launcher, which takes it elsewhere, and no more of it than that keeps up with. */
function relay(share: OutputShare, port: MessagePort): RankMeans['put'] {
  const { words } = share;
  const room = () => {
    for (;;) {
      const waiting = Atomics.load(words, WORD_BACKLOG);
      if (waiting <= backlogBytesMax) return;
      share.wait(WORD_BACKLOG, waiting, backlogSliceMs);
    }
  };
  return (output, all) => {
    let start = 0;
    for (const end of pieceEnds(all)) {
      room();
      // Its own memory: of a view the whole buffer would be sent, such as the pool that short strings lie in.
      const bytes = new Uint8Array(end - start);
      bytes.set(all.subarray(start, end));
      Atomics.add(words, WORD_BACKLOG, backlogOf(bytes.length));
      port.postMessage({ output, bytes } satisfies RankMessage, [bytes.buffer]);
      start = end;
    }
  };
}

const given = workerData as ThreadOrders;
const { orders, segment, words, port, stdin, relayed } = given;
const share = betweenThreads(words);
hideOrders();
await runRank(orders, {
  segment,
  sharing: sharingOf(given),
  output: share,
  put: relayed ? relay(share, port) : (fd, bytes) => writeLocked(share, orders.rank + 1, fd, bytes),
  tell: (message) => port.postMessage(message),
  ...(stdin && { input: port }),
});
