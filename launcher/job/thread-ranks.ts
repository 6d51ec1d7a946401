/** Ranks that are worker threads of this process. */
import { closeSync } from 'node:fs';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type Home, JobControl } from '../../src/bootstrap/control.js';
import type { Household } from '../../src/bootstrap/segment.js';
import { createSegment } from '../../src/bootstrap/threads.js';
import { loadNative, type Native } from '../../src/native.js';
import { ThreadSharing } from '../../src/transport/ring/sharing.js';
import { SocketSharing } from '../../src/transport/wire/sharing.js';
import { betweenThreads, WORD_BACKLOG } from '../output/words.js';
import type { RankMessage, RankOrders, ThreadOrders } from '../rank/orders.js';
import { byRank } from './households.js';
import type { LocalRanks, RankEvents, RankHandle, RankPlan } from './ranks.js';
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
  /** Of those who live here, by rank; absent where they watch no sockets. */
  readonly events?: readonly number[];
}

/** Those with the addon's sockets wake each other by events: `native` makes them. */
function createHome({ members, size, residents, cores }: Household, native: Native | null): ThreadHome {
  const memory = createSegment(size, cores, residents);
  const within = new ThreadSharing(memory);
  if (native === null) return { memory, sharing: within };
  const events: number[] = [];
  for (const rank of members) events[rank] = native.createEvent();
  return { memory, events, sharing: new SocketSharing(native, memory, -1, events, within) };
}

export class ThreadRanks implements LocalRanks {
  readonly control: JobControl;
  readonly output = betweenThreads();
  /** By rank; those of other machines have none here. */
  readonly #homes: readonly (ThreadHome | undefined)[];
  readonly #relayed: boolean;
  /** Read once: each variable is a call into the system's environment. */
  readonly #env = { ...process.env };
  #count = 0;

  /** `sockets`: the addon, where ranks have its sockets. `relayed`: their output is told, not written. */
  constructor(households: readonly Household[], sockets: Native | null, relayed: boolean) {
    this.#homes = byRank(households, (household) => createHome(household, sockets));
    this.#relayed = relayed;
    this.control = new JobControl(this.#homes);
    setRankFlags();
  }

  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle {
    const { port1, port2 } = new MessageChannel();
    const { words } = this.output;
    const home = this.#homes[orders.rank]!;
    const means: ThreadOrders = {
      orders,
      segment: home.memory,
      words,
      port: port2,
      stdin: plan.stdin,
      relayed: this.#relayed,
      ...(home.events && { events: home.events }),
    };
    const worker = new Worker(startUrl, {
      name: `rank ${orders.rank}`,
      argv: [...plan.args],
      env: { ...this.#env, ...plan.env },
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
    const hear = (message: RankMessage) => events.message(message);
    worker.on('exit', (code) => {
      this.#hearLast(port1, hear);
      events.exit(code);
    });
    port1.on('message', hear);
    port1.unref();
    this.#count++;
    return { end: () => void worker.terminate(), feed: (chunk) => port1.postMessage(chunk) };
  }

  started(): void {
    if (this.#count > 1) setImmediate(registerFences);
  }

  taken(bytes: number): void {
    const { words } = this.output;
    Atomics.sub(words, WORD_BACKLOG, bytes);
    Atomics.notify(words, WORD_BACKLOG);
  }

  close(): void {
    for (const { events } of new Set(this.#homes.filter((home) => home !== undefined)))
      for (const event of events ?? []) if (event !== undefined) closeSync(event);
  }

  /** What a thread said before it ended may be heard of after its end. */
  #hearLast(port: MessagePort, hear: (message: RankMessage) => void): void {
    if (!this.#relayed) return;
    for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port))
      hear(last.message as RankMessage);
  }
}
