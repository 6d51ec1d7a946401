/** Copies between a user's typed array and the segment: word loops when short, memcpy when long. */
import type { Native } from '../../native.js';
import { type Alias, Aliases, type View } from './aliases.js';
import type { Segment } from './segment.js';

/**
 * Up to this many bytes a loop over 32-bit words beats the 20 to 30 ns of a native call (64 B in 123 ns half
 * round trip by words, 195 ns by `TypedArray.set`; a native copy pays from about 256 B).
 */
export const WORD_LOOP_BYTES = 128;

/** So few words are copied in place: a call would cost as much. */
const FEW_WORDS = 6;

/** Four words a turn: of 64 bytes that go in and out it saves 14 of 155 ns, of 128 bytes 43 of 216. */
function copyWords(target: Int32Array, to: number, source: Int32Array, from: number, count: number): void {
  let i = 0;
  for (; i + 3 < count; i += 4) {
    const a = source[from + i];
    const b = source[from + i + 1];
    const c = source[from + i + 2];
    const d = source[from + i + 3];
    target[to + i] = a;
    target[to + i + 1] = b;
    target[to + i + 2] = c;
    target[to + i + 3] = d;
  }
  for (; i < count; i++) target[to + i] = source[from + i];
}

export class Copier {
  readonly aliases: Aliases;
  readonly #native: Native | null;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(segment: Segment, native: Native | null) {
    this.#native = native;
    this.aliases = new Aliases(native);
    this.#words = segment.words;
    this.#bytes = segment.bytes;
  }

  /** Copies `bytes` of `view` at `offset` to byte `to` (a multiple of 8) of the segment. */
  intoSegment(to: number, view: View, offset: number, bytes: number): void {
    const alias = this.#alias(view, bytes);
    if (alias !== null) this.aliasIn(to, alias, offset, bytes);
    else if (this.#native !== null) this.#native.copyIn(to, view, offset, bytes);
    else this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset + offset, bytes), to);
  }

  /** Copies `bytes` from byte `from` (a multiple of 8) of the segment to `view` at `offset`. */
  fromSegment(from: number, view: View, offset: number, bytes: number): void {
    const alias = this.#alias(view, bytes);
    if (alias !== null) this.aliasOut(from, alias, offset, bytes);
    else if (this.#native !== null) this.#native.copyOut(from, view, offset, bytes);
    else {
      const target = new Uint8Array(view.buffer, view.byteOffset + offset, bytes);
      target.set(this.#bytes.subarray(from, from + bytes));
    }
  }

  /** `intoSegment` out of a buffer that has an alias, and is whole. */
  aliasIn(to: number, alias: Alias, offset: number, bytes: number): void {
    if (bytes > WORD_LOOP_BYTES) {
      if (alias.hold !== 0) this.#native!.copyHeldIn(to, alias.hold, alias.byteOffset + offset, bytes);
      else this.intoSegment(to, alias.view!, offset, bytes);
      return;
    }
    let done = 0;
    if (alias.wordCount !== 0 && (offset & 3) === 0) {
      const source = alias.words;
      const words = this.#words;
      const target = to >>> 2;
      const first = offset >> 2;
      const count = bytes >> 2;
      if (count > FEW_WORDS) copyWords(words, target, source, first, count);
      else for (let i = 0; i < count; i++) words[target + i] = source[first + i];
      done = count << 2;
    }
    for (; done < bytes; done++) this.#bytes[to + done] = alias.bytes[offset + done];
  }

  /** `fromSegment` into a buffer that has an alias, and is whole. */
  aliasOut(from: number, alias: Alias, offset: number, bytes: number): void {
    if (bytes > WORD_LOOP_BYTES) {
      if (alias.hold !== 0) this.#native!.copyHeldOut(from, alias.hold, alias.byteOffset + offset, bytes);
      else this.fromSegment(from, alias.view!, offset, bytes);
      return;
    }
    let done = 0;
    if (alias.wordCount !== 0 && (offset & 3) === 0) {
      const target = alias.words;
      const words = this.#words;
      const source = from >>> 2;
      const first = offset >> 2;
      const count = bytes >> 2;
      if (count > FEW_WORDS) copyWords(target, first, words, source, count);
      else for (let i = 0; i < count; i++) target[first + i] = words[source + i];
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

  /** The alias of a view, if the copy is short enough to use one. */
  #alias(view: View, bytes: number): Alias | null {
    if (bytes > WORD_LOOP_BYTES) return null;
    const alias = this.aliases.of(view);
    return alias?.whole ? alias : null;
  }
}
