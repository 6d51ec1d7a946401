/** Ranks that are worker threads of this process. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { JobControl } from '../../src/bootstrap/control.js';
import { createSegment } from '../../src/bootstrap/threads.js';
import { loadNative } from '../../src/native.js';
import { ThreadSharing } from '../../src/transport/ring/sharing.js';
import { betweenThreads } from '../output/words.js';
import type { RankMessage, RankOrders, ThreadOrders } from '../rank/orders.js';
import type { RankEvents, RankHandle, RankPlan, Ranks } from './ranks.js';
import { setRankFlags } from './v8-flags.js';

const startUrl = new URL('../rank/thread.js', import.meta.url);

/**
 * The first fence of a process takes some 12 ms, in which the caller only waits: better the launcher, while its ranks'
 * threads begin, than every rank.
 */
function registerFences(): void {
  loadNative().native?.fence();
}

export class ThreadRanks implements Ranks {
  readonly control: JobControl;
  readonly output = betweenThreads();
  readonly #segment: SharedArrayBuffer;

  constructor(size: number, cores: number) {
    this.#segment = createSegment(size, cores);
    this.control = new JobControl(this.#segment, new ThreadSharing(this.#segment));
    setRankFlags();
  }

  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle {
    const { port1, port2 } = new MessageChannel();
    const { words } = this.output;
    const means: ThreadOrders = { orders, segment: this.#segment, words, port: port2, stdin: plan.stdin };
    const worker = new Worker(startUrl, {
      name: `rank ${orders.rank}`,
      argv: [...plan.args],
      env: plan.env,
      workerData: means,
      transferList: [port2],
      // Ranks write to the file descriptors themselves; this keeps the launcher's own streams untouched.
      stdout: true,
      stderr: true,
    });
    let online = false;
    worker.on('online', () => {
      online = true;
    });
    worker.on('error', (error) => events.error(error, online));
    worker.on('exit', (code) => events.exit(code));
    port1.on('message', (message: RankMessage) => events.message(message));
    port1.unref();
    return { end: () => void worker.terminate(), feed: (chunk) => port1.postMessage(chunk) };
  }

  started(): void {
    if (this.control.size > 1) setImmediate(registerFences);
  }

  close(): void {}
}
