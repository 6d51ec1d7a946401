/** Buffers that see writes outside of them, and contents for them. */
import { random } from './channel.js';

const guard = 0xab;

/** A user's buffer with guard bytes on both sides. */
export class Guarded {
  readonly bytes: Uint8Array;
  readonly #all: Uint8Array;

  constructor(length: number, shift: number, content?: Uint8Array) {
    this.#all = new Uint8Array(length + 32).fill(guard);
    this.bytes = this.#all.subarray(16 + shift, 16 + shift + length);
    this.bytes.fill(0xcd);
    if (content) this.bytes.set(content);
  }

  check(expected: Uint8Array, what: string): void {
    const { byteOffset, length } = this.bytes;
    const outside =
      this.#all.subarray(0, byteOffset).every((b) => b === guard) &&
      this.#all.subarray(byteOffset + length).every((b) => b === guard);
    if (!outside) throw new Error(`${what}: bytes outside the buffer were written`);
    if (Buffer.compare(this.bytes, expected) !== 0) {
      const at = this.bytes.findIndex((b, i) => b !== expected[i]);
      throw new Error(`${what}: byte ${at} of ${length} is ${this.bytes[at]}, not ${expected[at]}`);
    }
  }
}

export function noise(count: number, seed: number): Uint8Array {
  const next = random(seed);
  return Uint8Array.from({ length: count }, () => next() * 256);
}
