/** Copies between a user's typed array and the segment: word loops when short, memcpy when long. */
import type { Native } from '../../native.js';
import { changesSize } from './memory.js';
import type { Segment } from './segment.js';

/** A buffer as the runtime sees it. DataViews and bare buffers are wrapped before they get here. */
export type View = Exclude<ArrayBufferView, DataView>;

/**
 * Up to this many bytes a loop over 32-bit words beats the 20 to 30 ns of a native call (64 B in 123 ns half
 * round trip by words, 195 ns by `TypedArray.set`; a native copy pays from about 256 B).
 */
const WORD_LOOP_BYTES = 128;

/** Word indices of an alias are 32-bit: longer views have none, nor have those whose memory may change its size. */
const ALIASED_BYTES_MAX = 2 ** 31 - 1;

/** Aliases of the views seen last: making two typed arrays costs more than a short copy. */
class Alias {
  view: View | null = null;
  bytes: Uint8Array = new Uint8Array(0);
  words: Int32Array | null = null;

  set(view: View): void {
    this.view = null;
    this.bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.words =
      (view.byteOffset & 3) === 0 ? new Int32Array(view.buffer, view.byteOffset, view.byteLength >> 2) : null;
    this.view = view;
  }
}

export class Copier {
  readonly #native: Native | null;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #first = new Alias();
  readonly #second = new Alias();
  #firstUsedLast = false;

  constructor(segment: Segment, native: Native | null) {
    this.#native = native;
    this.#words = segment.words;
    this.#bytes = segment.bytes;
  }

  /** Copies `bytes` of `view` at `offset` to byte `to` (a multiple of 8) of the segment. */
  intoSegment(to: number, view: View, offset: number, bytes: number): void {
    const alias = bytes > WORD_LOOP_BYTES ? null : this.#alias(view);
    if (alias === null) {
      if (this.#native !== null) this.#native.copyIn(to, view, offset, bytes);
      else this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset + offset, bytes), to);
      return;
    }
    let done = 0;
    if (alias.words !== null && (offset & 3) === 0) {
      const source = alias.words;
      const words = this.#words;
      const target = to >>> 2;
      const first = offset >> 2;
      const count = bytes >> 2;
      for (let i = 0; i < count; i++) words[target + i] = source[first + i];
      done = count << 2;
    }
    for (; done < bytes; done++) this.#bytes[to + done] = alias.bytes[offset + done];
  }

  /** Copies `bytes` from byte `from` (a multiple of 8) of the segment to `view` at `offset`. */
  fromSegment(from: number, view: View, offset: number, bytes: number): void {
    const alias = bytes > WORD_LOOP_BYTES ? null : this.#alias(view);
    if (alias === null) {
      if (this.#native !== null) this.#native.copyOut(from, view, offset, bytes);
      else {
        const target = new Uint8Array(view.buffer, view.byteOffset + offset, bytes);
        target.set(this.#bytes.subarray(from, from + bytes));
      }
      return;
    }
    let done = 0;
    if (alias.words !== null && (offset & 3) === 0) {
      const target = alias.words;
      const words = this.#words;
      const source = from >>> 2;
      const first = offset >> 2;
      const count = bytes >> 2;
      for (let i = 0; i < count; i++) target[first + i] = words[source + i];
      done = count << 2;
    }
    for (; done < bytes; done++) alias.bytes[offset + done] = this.#bytes[from + done];
  }

  /** Copies between two views of one thread. */
  local(target: View, targetOffset: number, source: View, sourceOffset: number, bytes: number): void {
    if (this.#native !== null) {
      this.#native.copy(target, targetOffset, source, sourceOffset, bytes);
      return;
    }
    const from = new Uint8Array(source.buffer, source.byteOffset + sourceOffset, bytes);
    new Uint8Array(target.buffer, target.byteOffset + targetOffset, bytes).set(from);
  }

  /**
   * A pair of aliases, for the usual pair of a send and a receive buffer; the one not used last is replaced. Null for
   * views that have none. No property of `view` is read when it is found: with arrays of several types at one place
   * each read is a call (the generic load and the getter took 15 % of an 8-byte message).
   */
  #alias(view: View): Alias | null {
    if (this.#first.view === view) {
      this.#firstUsedLast = true;
      return this.#first;
    }
    if (this.#second.view === view) {
      this.#firstUsedLast = false;
      return this.#second;
    }
    if (view.byteLength > ALIASED_BYTES_MAX || changesSize(view.buffer)) return null;
    this.#firstUsedLast = !this.#firstUsedLast;
    const alias = this.#firstUsedLast ? this.#first : this.#second;
    alias.set(view);
    return alias;
  }
}
