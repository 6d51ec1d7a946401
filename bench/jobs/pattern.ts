/** What validated messages contain: bytes that repeat nowhere near, so that a shift or a stale message shows. */

/** Messages differ by where in the noise they begin. A prime, so that no power of two of messages comes round. */
const starts = 8191;

/** Pseudorandom bytes (xorshift, 32 bits), the same in every run. */
export function noise(bytes: number): Uint8Array {
  const result = new Uint8Array(bytes);
  let x = 0x9e3779b9;
  for (let i = 0; i < bytes; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    result[i] = x;
  }
  return result;
}

/** Fills and checks messages of up to `sizeMax` bytes. */
export class Pattern {
  readonly #noise: Uint8Array;

  constructor(sizeMax: number) {
    this.#noise = noise(sizeMax + starts);
  }

  /** The bytes of the message with this number, as long as `size`. */
  expected(message: number, size: number): Uint8Array {
    const start = message % starts;
    return this.#noise.subarray(start, start + size);
  }

  /** Writes the message with this number. */
  fill(buffer: Uint8Array, message: number): void {
    buffer.set(this.expected(message, buffer.length));
  }

  /** What is wrong with a buffer that should hold the message with this number; undefined if nothing is. */
  check(buffer: Uint8Array, message: number): string | undefined {
    const expected = this.expected(message, buffer.length);
    if (Buffer.compare(buffer, expected) === 0) return undefined;
    const at = buffer.findIndex((byte, i) => byte !== expected[i]);
    return `byte ${at} of ${buffer.length} is ${buffer[at]} in place of ${expected[at]}`;
  }
}
