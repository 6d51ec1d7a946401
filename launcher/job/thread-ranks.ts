/** Ranks that are worker threads of this process. */
import { closeSync } from 'node:fs';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type Home, JobControl } from '../../src/bootstrap/control.js';
import { createSegment } from '../../src/bootstrap/threads.js';
import { loadNative, type Native } from '../../src/native.js';
import { ThreadSharing } from '../../src/transport/ring/sharing.js';
import { SocketSharing } from '../../src/transport/wire/sharing.js';
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

interface ThreadHome extends Home {
  readonly memory: SharedArrayBuffer;
  /** Of the rank that lives here alone; absent without sockets. */
  readonly event?: number;
}

/** The events of a home, by rank. */
function eventsOf(rank: number, event: number): number[] {
  const events: number[] = [];
  events[rank] = event;
  return events;
}

function sharedHome(size: number, cores: number): ThreadHome {
  const memory = createSegment(size, cores);
  return { memory, sharing: new ThreadSharing(memory) };
}

function ownHome(native: Native, rank: number, size: number, cores: number): ThreadHome {
  const memory = createSegment(size, cores);
  const event = native.createEvent();
  const sharing = new SocketSharing(native, memory, -1, eventsOf(rank, event), new ThreadSharing(memory));
  return { memory, event, sharing };
}

export class ThreadRanks implements Ranks {
  readonly control: JobControl;
  readonly output = betweenThreads();
  readonly #homes: readonly ThreadHome[];

  /** With the addon, each rank lives in a segment of its own, and sockets are between them. */
  constructor(size: number, cores: number, sockets: Native | null) {
    const ranks = Array.from({ length: size }, (_, rank) => rank);
    if (sockets === null) {
      const home = sharedHome(size, cores);
      this.#homes = ranks.map(() => home);
    } else this.#homes = ranks.map((rank) => ownHome(sockets, rank, size, cores));
    this.control = new JobControl(this.#homes);
    setRankFlags();
  }

  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle {
    const { port1, port2 } = new MessageChannel();
    const { words } = this.output;
    const home = this.#homes[orders.rank];
    const means: ThreadOrders = {
      orders,
      segment: home.memory,
      words,
      port: port2,
      stdin: plan.stdin,
      ...(home.event !== undefined && { events: eventsOf(orders.rank, home.event) }),
    };
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

  close(): void {
    for (const { event } of this.#homes) if (event !== undefined) closeSync(event);
  }
}
