/**
 * What differs with who shares a segment, threads or processes: how ranks sleep on its words and wake each other, and
 * how one fences the others.
 */
import type { Native } from '../../native.js';
import { Parked } from './layout.js';

export interface Sharing {
  /** Sleeps while the word is `seen`, for at most `ms`. False if time ran out. */
  sleep(at: number, seen: number, ms: number): boolean;
  /** Like `sleep` for the event loop: resolves once the word may have changed; undefined if it already has. */
  sleepAsync(at: number, seen: number): Promise<unknown> | undefined;
  /** Wakes a rank, whose doorbell at `at` was changed before, and which is `parked`. */
  wake(rank: number, at: number, parked: number): void;
  /** Orders memory for all ranks, as if each had executed a fence now; false where that cannot be had. */
  fence(native: Native): boolean;
}

/** Threads of one process: JavaScript's own means. */
export class ThreadSharing implements Sharing {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  sleep(at: number, seen: number, ms: number): boolean {
    return Atomics.wait(this.#words, at, seen, ms) !== 'timed-out';
  }

  sleepAsync(at: number, seen: number): Promise<unknown> | undefined {
    const wait = Atomics.waitAsync(this.#words, at, seen);
    return wait.async ? wait.value : undefined;
  }

  wake(_rank: number, at: number): void {
    Atomics.notify(this.#words, at);
  }

  fence(native: Native): boolean {
    return native.fence();
  }
}

/**
 * Processes: `Atomics.wait` refuses memory that is no SharedArrayBuffer. They sleep on a futex, and
 * an event of each rank, which all processes have open, reaches its event loop.
 */
export class ProcessSharing implements Sharing {
  readonly #native: Native;
  readonly #words: Int32Array;
  readonly #rank: number;
  readonly #events: readonly number[];
  #watching = false;
  #ring: (() => void) | undefined;

  /** `events`: file descriptors, by rank. */
  constructor(native: Native, memory: ArrayBuffer, rank: number, events: readonly number[]) {
    this.#native = native;
    this.#words = new Int32Array(memory);
    this.#rank = rank;
    this.#events = events;
  }

  sleep(at: number, seen: number, ms: number): boolean {
    return this.#native.futexWait(this.#words, at, seen, Math.ceil(ms));
  }

  sleepAsync(at: number, seen: number): Promise<unknown> | undefined {
    if (!this.#watching) this.#native.watchEvent(this.#events[this.#rank], () => this.#ring?.());
    this.#watching = true;
    // Whoever changes the word from now on sees AWAITING and signals; the event keeps it until the loop looks.
    if (Atomics.load(this.#words, at) !== seen) return undefined;
    return new Promise<void>((resolve) => {
      this.#ring = resolve;
    });
  }

  wake(rank: number, at: number, parked: number): void {
    this.#native.futexWake(this.#words, at);
    if (parked === Parked.AWAITING) this.#native.signalEvent(this.#events[rank]);
  }

  fence(native: Native): boolean {
    return native.fenceProcesses();
  }
}
