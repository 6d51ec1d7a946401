/** The buffers that messages of one size use in turn. */

/** `rotate`: all buffers of one pool together. */
const rotateBytes = 64 * 1024 * 1024;

/** A cache line: no two buffers share one. */
const lineBytes = 64;

/** From here on each buffer is allocated by itself, so that nothing that is kept for each allocation is reused. */
const ownMemoryBytes = 4096;

/** How many buffers messages of `size` bytes use in turn, see bench/contract.ts; no more than there are messages. */
export function countOf(buffers: 'reuse' | 'rotate', size: number, messages: number): number {
  if (messages === 0) return 0;
  if (buffers === 'reuse') return 1;
  return Math.min(messages, Math.max(2, Math.floor(rotateBytes / strideOf(size))));
}

function strideOf(size: number): number {
  return Math.max(1, Math.ceil(size / lineBytes)) * lineBytes;
}

function allocate(size: number, count: number): Uint8Array[] {
  // Written once: pages that never were are all the same page of zeros, which is always in the cache.
  if (size >= ownMemoryBytes) return Array.from({ length: count }, () => new Uint8Array(size).fill(1));
  const stride = strideOf(size);
  const { buffer } = new Uint8Array(count * stride).fill(1);
  return Array.from({ length: count }, (_, i) => new Uint8Array(buffer, i * stride, size));
}

/** Buffers of one size, used in turn. */
export class Pool<T = Uint8Array> {
  readonly #buffers: readonly T[];
  #at = 0;

  constructor(buffers: readonly T[]) {
    this.#buffers = buffers;
  }

  /** The buffer of the next message. */
  next(): T {
    const buffer = this.#buffers[this.#at];
    this.#at = this.#at + 1 === this.#buffers.length ? 0 : this.#at + 1;
    return buffer;
  }

  /** What the next `count` calls of `next` will return. */
  upcoming(count: number): T[] {
    return Array.from({ length: count }, (_, i) => this.#buffers[(this.#at + i) % this.#buffers.length]);
  }
}

/** `count` buffers of `size` bytes. */
export function bytePool(size: number, count: number): Pool {
  return new Pool(allocate(size, count));
}

/** The same as floats: `size` is a multiple of 4. */
export function floatPool(size: number, count: number): Pool<Float32Array> {
  const floatsOf = ({ buffer, byteOffset }: Uint8Array) => new Float32Array(buffer, byteOffset, size / 4);
  return new Pool(allocate(size, count).map(floatsOf));
}
