/** The buffers that messages of one size use in turn. */

/** `rotate`: all buffers of one pool together. */
const rotateBytes = 64 * 1024 * 1024;

/** `rotate` with small messages: a typed array costs some hundred bytes, so there are no more than these. */
export const rotateCountMax = 16_384;

/** How many buffers messages of `size` bytes use in turn, see bench/contract.ts. */
export function countOf(buffers: 'reuse' | 'rotate', size: number): number {
  if (buffers === 'reuse') return 1;
  return Math.min(rotateCountMax, Math.max(2, Math.floor(rotateBytes / Math.max(1, size))));
}

/** `count` buffers of `size` bytes, used in turn. */
export class Pool {
  readonly #buffers: readonly Uint8Array[];
  #at = 0;

  constructor(size: number, count: number) {
    // Written once: untouched pages of zeros are all one page, which is always in the cache.
    this.#buffers = Array.from({ length: count }, () => new Uint8Array(size).fill(1));
  }

  /** The buffer of the next message. */
  next(): Uint8Array {
    const buffer = this.#buffers[this.#at];
    this.#at = this.#at + 1 === this.#buffers.length ? 0 : this.#at + 1;
    return buffer;
  }

  /** What the next `count` calls of `next` will return. */
  upcoming(count: number): Uint8Array[] {
    return Array.from({ length: count }, (_, i) => this.#buffers[(this.#at + i) % this.#buffers.length]);
  }
}
