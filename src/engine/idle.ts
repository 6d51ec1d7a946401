/**
 * How a blocked rank passes its time: it spins while every rank has a core, yields the core when ranks outnumber
 * cores, and is `tired` (time to park) after `spinMsMax` or `yieldMsMax`. A futex wake across cores costs 33 µs,
 * a line seen while spinning 60 ns; a yield between 4 ranks on 2 cores makes a barrier 14 µs instead of 50.
 */
import { spinMsMax, yieldMsMax } from '../base/limits.js';
import type { RingTransport } from '../transport/ring/transport.js';

/** Fruitless looks between two looks at the clock. */
const LOOKS_PER_CLOCK = 64;
/** Fruitless looks before the core is given to another rank. */
const LOOKS_PER_YIELD = 4;

export class Idle {
  readonly #native: { yieldCpu(): void } | null;
  readonly #crowded: boolean;
  readonly #msMax: number;
  #looks = 0;
  #since = 0;
  /** True once the wait has lasted long enough to sleep. */
  tired = false;

  constructor(transport: RingTransport) {
    this.#native = transport.native;
    this.#crowded = transport.size > transport.cores;
    // Without the addon a crowded rank cannot yield: it sleeps at once, for spinning keeps the others from running.
    this.#msMax = this.#crowded ? (transport.native === null ? 0 : yieldMsMax) : spinMsMax;
  }

  /** A new wait, or news: start over. */
  restart(): void {
    this.#looks = 0;
    this.#since = 0;
    this.tired = false;
  }

  /** After a fruitless look. True when the clock was read, so the caller checks its deadline and `tired`. */
  rest(): boolean {
    this.#looks++;
    if (this.#crowded && this.#looks % LOOKS_PER_YIELD === 0) this.#native?.yieldCpu();
    if (this.#looks % LOOKS_PER_CLOCK !== 0) return false;
    const now = performance.now();
    if (this.#since === 0) this.#since = now;
    this.tired = now - this.#since >= this.#msMax;
    return true;
  }
}
