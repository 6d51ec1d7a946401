/**
 * A `Channel` between worker threads over shared memory, for testing algorithms without the runtime. It is meaner
 * than MPI: pipes of a few bytes, seeded pauses, messages that must have exactly the expected tag and length, and on
 * request sends that complete only when the receiver has taken everything (no buffering to hide a deadlock behind).
 */
import type { Channel, Taken } from '../../../src/coll/channel.js';
import { type Model, memory } from '../../../src/coll/model.js';
import type { Schedule } from '../../../src/coll/schedule.js';

const pipeBytes = 4096;
const headWord = 0;
const tailWord = 1;
const pipeWords = 16;
/** Nothing moved for this long: the algorithm is deadlocked. */
const stuckMs = 30_000;

/** Shared memory for `size` ranks: doorbells and counters, pipe positions, pipes. */
export function createShared(size: number): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * controlWords(size) + size * size * pipeBytes);
}

function controlWords(size: number): number {
  return size + 16 + size * size * pipeWords;
}

/** Messages between hosts, and their bytes, since this was last asked. */
export function takeCrossed(shared: SharedArrayBuffer, size: number): { messages: number; bytes: number } {
  const words = new Int32Array(shared, 0, controlWords(size));
  return { messages: Atomics.exchange(words, size + 3, 0), bytes: Atomics.exchange(words, size + 4, 0) };
}

interface Outgoing {
  readonly chunks: Uint8Array[];
}

interface Incoming {
  /** Null until the header of a message of any length has come. */
  into: Uint8Array | null;
  readonly tag: number;
  readonly taken?: { view: Uint8Array };
  headerSeen: boolean;
  received: number;
}

/** A small generator of reproducible numbers (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class PipeChannel implements Channel {
  readonly rank: number;
  readonly size: number;
  model: Model = memory;
  /** The lowest rank on each rank's host: messages between hosts are counted. */
  hosts: readonly number[] | null = null;
  /** Sends complete only when received. */
  synchronous = false;
  /** Goes with every message, and must be the same on both sides. */
  tag = 0;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #random: () => number;
  readonly #outgoing: Outgoing[][];
  readonly #incoming: Incoming[][];

  constructor(shared: SharedArrayBuffer, rank: number, size: number, seed: number) {
    this.rank = rank;
    this.size = size;
    this.#words = new Int32Array(shared, 0, controlWords(size));
    this.#bytes = new Uint8Array(shared, 4 * controlWords(size));
    this.#random = random(seed * 31 + rank);
    this.#outgoing = Array.from({ length: size }, () => []);
    this.#incoming = Array.from({ length: size }, () => []);
  }

  /** Adds to a counter that all ranks share, and returns the sum so far. */
  count(amount: number): number {
    return Atomics.add(this.#words, this.size, amount) + amount;
  }

  /** Lets the others fail at once instead of waiting for a rank that has given up. */
  abort(): void {
    Atomics.store(this.#words, this.size + 2, 1);
    for (let peer = 0; peer < this.size; peer++) {
      Atomics.add(this.#words, peer, 1);
      Atomics.notify(this.#words, peer);
    }
  }

  /** Runs a schedule to its end. */
  run(schedule: Schedule): void {
    for (let last = false; !last; ) {
      last = schedule.next().done === true;
      this.#finish();
    }
  }

  send(bytes: Uint8Array, dest: number): void {
    if (dest === this.rank || !this.#outgoing[dest]) throw new Error(`rank ${this.rank} sends to ${dest}`);
    const header = new Uint8Array(Int32Array.of(this.tag, bytes.length).buffer);
    this.#outgoing[dest].push({ chunks: [header, bytes] });
    if (this.hosts === null || this.hosts[dest] === this.hosts[this.rank]) return;
    Atomics.add(this.#words, this.size + 3, 1);
    Atomics.add(this.#words, this.size + 4, bytes.length);
  }

  recv(bytes: Uint8Array, source: number): void {
    this.#expect(source, { into: bytes, tag: this.tag, headerSeen: false, received: 0 });
  }

  take(source: number): Taken {
    const taken = { view: new Uint8Array(0) };
    this.#expect(source, { into: null, tag: this.tag, taken, headerSeen: false, received: 0 });
    return taken;
  }

  #expect(source: number, message: Incoming): void {
    if (source === this.rank || !this.#incoming[source]) {
      throw new Error(`rank ${this.rank} receives from ${source}`);
    }
    this.#incoming[source].push(message);
  }

  #finish(): void {
    while (!this.#idle()) {
      const rung = Atomics.load(this.#words, this.rank);
      if (Atomics.load(this.#words, this.size + 2) !== 0) throw new Error('another rank failed');
      if (this.#random() < 0.01) Atomics.wait(this.#words, this.size + 1, 0, this.#random() * 0.3);
      if (this.#progress() || this.#idle()) continue;
      if (Atomics.wait(this.#words, this.rank, rung, stuckMs) === 'timed-out') {
        throw new Error(`rank ${this.rank} of ${this.size} is stuck: ${this.#describe()}`);
      }
    }
  }

  #idle(): boolean {
    for (let peer = 0; peer < this.size; peer++) {
      if (this.#outgoing[peer].length > 0 || this.#incoming[peer].length > 0) return false;
      if (this.synchronous && this.#filled(this.#pipe(this.rank, peer)) > 0) return false;
    }
    return true;
  }

  #describe(): string {
    const peers = [...Array(this.size).keys()];
    const to = peers.filter((p) => this.#outgoing[p].length > 0);
    const from = peers.filter((p) => this.#incoming[p].length > 0);
    return `sending to [${to}], receiving from [${from}]`;
  }

  #pipe(from: number, to: number): number {
    return from * this.size + to;
  }

  #word(pipe: number, word: number): number {
    return this.size + 16 + pipe * pipeWords + word;
  }

  #filled(pipe: number): number {
    const head = Atomics.load(this.#words, this.#word(pipe, headWord));
    return (head - Atomics.load(this.#words, this.#word(pipe, tailWord))) | 0;
  }

  /** Moves what can be moved now; whether anything was. */
  #progress(): boolean {
    let moved = false;
    for (let peer = 0; peer < this.size; peer++) {
      if (peer === this.rank) continue;
      const sent = this.#push(peer);
      const received = this.#pull(peer);
      if (!sent && !received) continue;
      moved = true;
      Atomics.add(this.#words, peer, 1);
      Atomics.notify(this.#words, peer);
    }
    return moved;
  }

  #push(peer: number): boolean {
    const queue = this.#outgoing[peer];
    const pipe = this.#pipe(this.rank, peer);
    let moved = false;
    while (queue.length > 0) {
      const { chunks } = queue[0];
      const room = pipeBytes - this.#filled(pipe);
      const part = chunks[0].subarray(0, room);
      const position = Atomics.load(this.#words, this.#word(pipe, headWord));
      for (let i = 0; i < part.length; i++) {
        this.#bytes[pipe * pipeBytes + ((position + i) & (pipeBytes - 1))] = part[i];
      }
      Atomics.store(this.#words, this.#word(pipe, headWord), (position + part.length) | 0);
      moved ||= part.length > 0;
      chunks[0] = chunks[0].subarray(part.length);
      while (chunks.length > 0 && chunks[0].length === 0) chunks.shift();
      if (chunks.length > 0) break;
      queue.shift();
    }
    return moved;
  }

  #take(pipe: number, into: Uint8Array): void {
    const position = Atomics.load(this.#words, this.#word(pipe, tailWord));
    for (let i = 0; i < into.length; i++) {
      into[i] = this.#bytes[pipe * pipeBytes + ((position + i) & (pipeBytes - 1))];
    }
    Atomics.store(this.#words, this.#word(pipe, tailWord), (position + into.length) | 0);
  }

  #pull(peer: number): boolean {
    const queue = this.#incoming[peer];
    const pipe = this.#pipe(peer, this.rank);
    let moved = false;
    while (queue.length > 0) {
      const message = queue[0];
      if (!message.headerSeen) {
        if (this.#filled(pipe) < 8) break;
        const header = new Int32Array(2);
        this.#take(pipe, new Uint8Array(header.buffer));
        this.#check(message, peer, header[0], header[1]);
        if (message.taken !== undefined) {
          message.into = new Uint8Array(header[1]);
          message.taken.view = message.into;
        }
        message.headerSeen = true;
        moved = true;
      }
      const into = message.into!;
      const part = Math.min(this.#filled(pipe), into.length - message.received);
      this.#take(pipe, into.subarray(message.received, message.received + part));
      message.received += part;
      moved ||= part > 0;
      if (message.received < into.length) break;
      queue.shift();
    }
    return moved;
  }

  #check(message: Incoming, peer: number, tag: number, length: number): void {
    if (tag === message.tag && (message.into === null || length === message.into.length)) return;
    throw new Error(
      `rank ${this.rank} expects ${message.into?.length} bytes with tag ${message.tag} from ${peer}, ` +
        `gets ${length} with tag ${tag}`,
    );
  }
}
