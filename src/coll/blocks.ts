/** Cutting a message into P blocks. */

/** `bytes` cut into `parts` blocks whose lengths are multiples of `grain` and differ by at most one grain. */
export class Blocks {
  readonly #grain: number;
  readonly #small: number;
  readonly #larger: number;

  /** `bytes` must be a multiple of `grain`. */
  constructor(bytes: number, parts: number, grain: number) {
    const grains = bytes / grain;
    this.#grain = grain;
    this.#small = Math.floor(grains / parts);
    this.#larger = grains % parts;
  }

  /** Byte where block `index` starts; `start(parts)` is the end of the last. */
  start(index: number): number {
    return (index * this.#small + Math.min(index, this.#larger)) * this.#grain;
  }

  /** Blocks `first` (included) to `end` (excluded) of `buffer`. */
  view(buffer: Uint8Array, first: number, end = first + 1): Uint8Array {
    return buffer.subarray(this.start(first), this.start(end));
  }
}

/** Whether two views start at the same byte of the same memory. */
export function sameMemory(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.buffer === b.buffer && a.byteOffset === b.byteOffset);
}

/** Copies unless both are the same memory already. */
export function copyInto(target: Uint8Array, source: Uint8Array): void {
  if (!sameMemory(target, source)) target.set(source);
}

/** The largest power of two that is ≤ n (n ≥ 1). */
export function powerBelow(n: number): number {
  return 2 ** (31 - Math.clz32(n));
}

/** `bytes` as `parts` equal blocks. */
export function equalViews(bytes: Uint8Array, parts: number): Uint8Array[] {
  const m = bytes.length / parts;
  return Array.from({ length: parts }, (_, i) => bytes.subarray(i * m, (i + 1) * m));
}
