/** Packing and unpacking in JavaScript, for where there is no addon. */
import type { Form, Run } from './form.js';

/** Runs of so many bytes are copied by `set`: its call costs as much as a short loop. */
const SET_BYTES_MIN = 64;

/** Between memory, where the form lies, and packed bytes, until these are used up. */
export class Walk {
  readonly #memory: Uint8Array;
  readonly #packed: Uint8Array;
  readonly #unpacking: boolean;
  /** The same by words of 8 and 4 bytes; empty where they are not aligned. */
  readonly #doubles: readonly [memory: Float64Array, packed: Float64Array];
  readonly #words: readonly [memory: Int32Array, packed: Int32Array];
  #at = 0;

  constructor(memory: Uint8Array, packed: Uint8Array, unpacking: boolean) {
    this.#memory = memory;
    this.#packed = packed;
    this.#unpacking = unpacking;
    this.#doubles = [doublesOf(memory), doublesOf(packed)];
    this.#words = [wordsOf(memory), wordsOf(packed)];
  }

  /** `count` elements, the first at byte `at` of the memory. */
  elements(form: Form, at: number, count: number, extent: number): void {
    if (form.op === 'run') this.#strided(form, at, count, extent);
    else for (let i = 0; i < count && this.#left > 0; i++) this.#walk(form, at + i * extent);
  }

  get #left(): number {
    return this.#packed.length - this.#at;
  }

  #walk(form: Form, base: number): void {
    const at = base + form.at;
    switch (form.op) {
      case 'run':
        this.#strided(form, base, 1, 0);
        break;
      case 'loop':
        this.elements(form.body, at, form.count, form.stride);
        break;
      case 'each':
        for (let i = 0; i < form.displs.length && this.#left > 0; i++)
          this.#walk(form.body, at + form.displs[i]);
        break;
      case 'list':
        for (let i = 0; i < form.items.length && this.#left > 0; i++) this.#walk(form.items[i], at);
    }
  }

  /** Equal runs at equal distances. */
  #strided(form: Run, base: number, count: number, stride: number): void {
    const at = base + form.at;
    const { size } = form;
    const places = at | size | this.#at;
    const whole = Math.min(count, Math.floor(this.#left / size));
    const [memory, packed] = this.#doubles;
    if (size < SET_BYTES_MIN && ((places | stride) & 7) === 0 && memory.length > 0 && packed.length > 0)
      this.#move(memory, packed, at / 8, this.#at / 8, whole, stride / 8, size / 8);
    else if (size < SET_BYTES_MIN && ((places | stride) & 3) === 0 && this.#words[0].length > 0)
      this.#move(this.#words[0], this.#words[1], at / 4, this.#at / 4, whole, stride / 4, size / 4);
    else if (size < SET_BYTES_MIN) this.#move(this.#memory, this.#packed, at, this.#at, whole, stride, size);
    else for (let i = 0; i < whole; i++) this.#set(at + i * stride, this.#at + i * size, size);
    this.#at += whole * size;
    // A short message may end inside a run.
    if (whole < count && this.#left > 0) {
      const rest = this.#left;
      this.#set(at + whole * stride, this.#at, rest);
      this.#at += rest;
    }
  }

  #set(at: number, packedAt: number, bytes: number): void {
    if (this.#unpacking) this.#memory.set(this.#packed.subarray(packedAt, packedAt + bytes), at);
    else this.#packed.set(this.#memory.subarray(at, at + bytes), packedAt);
  }

  /** `count` groups of `each` numbers. */
  #move<T extends Float64Array | Int32Array | Uint8Array>(
    memory: T,
    packed: T,
    at: number,
    packedAt: number,
    count: number,
    stride: number,
    each: number,
  ): void {
    let from = at;
    let to = packedAt;
    for (let i = 0; i < count; i++) {
      if (this.#unpacking) for (let k = 0; k < each; k++) memory[from + k] = packed[to + k];
      else for (let k = 0; k < each; k++) packed[to + k] = memory[from + k];
      from += stride;
      to += each;
    }
  }
}

function doublesOf({ buffer, byteOffset, byteLength }: Uint8Array): Float64Array {
  const aligned = (byteOffset & 7) === 0;
  return aligned ? new Float64Array(buffer, byteOffset, byteLength >>> 3) : new Float64Array(0);
}

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  const aligned = (byteOffset & 3) === 0;
  return aligned ? new Int32Array(buffer, byteOffset, byteLength >>> 2) : new Int32Array(0);
}
