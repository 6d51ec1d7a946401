/**
 * How ranks that have sockets sleep and wake each other: by events, which are watched together with the sockets. It
 * serves threads and processes alike.
 */
import type { Native } from '../../native.js';
import { Parked } from '../ring/layout.js';
import type { Sharing } from '../ring/sharing.js';

export class SocketSharing implements Sharing {
  readonly #native: Native;
  readonly #words: Int32Array;
  readonly #events: readonly number[];
  readonly #fence: () => boolean;
  readonly #ready = new Float64Array(1);
  #ring: (() => void) | undefined;
  readonly #onReady = () => this.#ring?.();

  /** `events`: file descriptors, by rank, of those that share the memory. `within`: how these fence each other. */
  constructor(
    native: Native,
    memory: ArrayBufferLike,
    rank: number,
    events: readonly number[],
    within: Sharing,
  ) {
    this.#native = native;
    this.#words = new Int32Array(memory);
    this.#events = events;
    this.#fence = () => within.fence(native);
    // The launcher is no rank, and has nothing to watch.
    if (rank >= 0) native.socketsWatch(events[rank]);
  }

  sleep(at: number, seen: number, ms: number): boolean {
    if (Atomics.load(this.#words, at) !== seen) return true;
    return this.#native.socketsReady(Math.ceil(ms), this.#ready) !== 0;
  }

  sleepAsync(at: number, seen: number): Promise<unknown> | undefined {
    if (Atomics.load(this.#words, at) !== seen) return undefined;
    return new Promise<void>((resolve) => {
      this.#ring = resolve;
      this.#native.watchSockets(this.#onReady);
    });
  }

  wake(rank: number, _at: number, parked: number): void {
    if (parked !== Parked.AWAKE) this.#native.signalEvent(this.#events[rank]);
  }

  fence(): boolean {
    return this.#fence();
  }
}
