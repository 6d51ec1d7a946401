/**
 * How a blocked rank passes its time: it spins while every rank that is awake has a core, yields the core between a few
 * looks when they outnumber the cores, and is `tired` (time to park) after `spinMsMax` or `yieldMsMax`. A futex wake
 * across cores costs 33 µs, a line seen while spinning 60 ns; a yield between 4 ranks on 2 cores makes a barrier 14 µs
 * instead of 50.
 */
import { spinMsMax, yieldMsMax } from '../base/limits.js';
import type { RingTransport } from '../transport/ring/transport.js';

/** Looks between two looks at the clock. */
const LOOKS_PER_CLOCK = 64;
/** How often a wait asks whether it is in vain: one look at the state of every rank, 6 ns each. */
const CHECK_MS = 1;
/** Fruitless looks before the core is given to another rank. */
const LOOKS_PER_YIELD_CROWDED = 4;
/**
 * The kernel may have woken two ranks on one core: each would keep it from the other until it sleeps. A yield takes 1.4 µs
 * in a virtual machine, and meanwhile nothing is seen: with one every 64 looks, about 1 µs, a strided column of 8 kB took
 * 9.0 µs instead of 4.2, and 1 MiB 17 instead of 15.
 */
const LOOKS_PER_YIELD = 1024;

export class Idle {
  readonly #transport: RingTransport;
  #looksPerYield = LOOKS_PER_YIELD;
  #msMax = spinMsMax;
  #looks = 0;
  /** When the wait last saw news. */
  #since = 0;
  #checked = 0;
  /** The clock as last read, in ms. */
  now = 0;
  /** True once nothing has come for long enough to sleep. */
  tired = false;
  /** True when it is time to look whether the wait has become vain. */
  due = false;

  constructor(transport: RingTransport) {
    this.#transport = transport;
  }

  /** A new wait: start over. */
  restart(): void {
    this.#looks = 0;
    this.#since = 0;
    this.#checked = 0;
    this.tired = false;
    this.#lookAround();
  }

  /** After a sleep; without news the next looks are few. */
  wake(news: boolean): void {
    if (news) this.restart();
    else this.tired = false;
  }

  #yield(): void {
    this.#transport.owesYield = false;
    this.#transport.native?.yieldCpu();
  }

  #lookAround(): void {
    const { crowded, native } = this.#transport;
    this.#looksPerYield = crowded ? LOOKS_PER_YIELD_CROWDED : LOOKS_PER_YIELD;
    // Without the addon a crowded rank cannot yield: it sleeps at once, for spinning keeps the others from running.
    this.#msMax = crowded ? (native === null ? 0 : yieldMsMax) : spinMsMax;
  }

  /** After a look. True when the clock was read: the caller sees to `now`, `tired` and `due`, also under steady news. */
  rest(news: boolean): boolean {
    this.#looks++;
    if (news) this.#since = 0;
    else if (this.#looks % this.#looksPerYield === 0 || this.#transport.owesYield) this.#yield();
    if (this.#looks % LOOKS_PER_CLOCK !== 0) return false;
    this.#lookAround();
    this.now = performance.now();
    if (this.#since === 0) this.#since = this.now;
    this.tired = !news && this.now - this.#since >= this.#msMax;
    this.due = this.now - this.#checked >= CHECK_MS;
    if (this.due) this.#checked = this.now;
    return true;
  }
}
