/**
 * Copies between a user's typed array and the segment: loops when short, memcpy when long. Eight bytes travel as a
 * double, whose bits V8 leaves as they are in every tier (a test holds it to that): 128 bytes take 15 ns against 28 by
 * 32-bit words, and 57 by BigInt64Array, which allocates.
 */
import type { Native } from '../../native.js';
import { type Alias, Aliases, BYTE_LOOP_BYTES, DOUBLE_LOOP_BYTES, type View } from './aliases.js';
import type { Segment } from './segment.js';

/** So few elements are copied in place: a call would cost as much. */
const FEW = 6;

/** Within one thread, up to so many bytes a loop takes less than the addon's call with two views: Alltoall of 4, 0.20 µs, not 0.28. */
const LOCAL_LOOP_BYTES = 256;

/** Four a turn: by words, of 128 bytes that go in and out, it saved 43 of 216 ns. */
function copyDoubles(
  target: Float64Array,
  to: number,
  source: Float64Array,
  from: number,
  count: number,
): void {
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

/**
 * memcpy without the addon. Filling a buffer with as many bytes as it has is one on every Node.js; TypedArray.set, where
 * memory is shared, and on Node 20 Buffer.copy, go word by word: 590 ns for 16 KiB against 150.
 */
function copyPlain(
  target: ArrayBufferLike,
  to: number,
  source: ArrayBufferLike,
  from: number,
  bytes: number,
): void {
  if (bytes > 0) Buffer.from(target, to, bytes).fill(new Uint8Array(source, from, bytes));
}

export class Copier {
  readonly aliases: Aliases;
  readonly #native: Native | null;
  readonly #doubles: Float64Array;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(segment: Segment, native: Native | null) {
    this.#native = native;
    this.aliases = new Aliases(native);
    this.#doubles = segment.doubles;
    this.#words = segment.words;
    this.#bytes = segment.bytes;
  }

  /** Copies `bytes` of `view` at `offset` to byte `to` (a multiple of 8) of the segment. */
  intoSegment(to: number, view: View, offset: number, bytes: number): void {
    const alias = this.#alias(view, offset, bytes);
    if (alias !== null) this.aliasIn(to, alias, offset, bytes);
    else if (this.#native !== null) this.#native.copyIn(to, view, offset, bytes);
    else copyPlain(this.#bytes.buffer, to, view.buffer, view.byteOffset + offset, bytes);
  }

  /** Copies `bytes` from byte `from` (a multiple of 8) of the segment to `view` at `offset`. */
  fromSegment(from: number, view: View, offset: number, bytes: number): void {
    const alias = this.#alias(view, offset, bytes);
    if (alias !== null) this.aliasOut(from, alias, offset, bytes);
    else if (this.#native !== null) this.#native.copyOut(from, view, offset, bytes);
    else copyPlain(view.buffer, view.byteOffset + offset, this.#bytes.buffer, from, bytes);
  }

  /** `intoSegment` out of a buffer that has an alias, and is whole. */
  aliasIn(to: number, alias: Alias, offset: number, bytes: number): void {
    if (bytes > alias.loopBytesMax) {
      if (alias.hold !== 0) this.#native!.copyHeldIn(to, alias.hold, alias.byteOffset + offset, bytes);
      else this.intoSegment(to, alias.view, offset, bytes);
      return;
    }
    let done = 0;
    if (alias.doubleCount !== 0 && (offset & 7) === 0) {
      const source = alias.doubles;
      const doubles = this.#doubles;
      const target = to >>> 3;
      const first = offset >> 3;
      const count = bytes >> 3;
      if (count > FEW) copyDoubles(doubles, target, source, first, count);
      else for (let i = 0; i < count; i++) doubles[target + i] = source[first + i];
      done = count << 3;
    }
    if (alias.wordCount !== 0 && (offset & 3) === 0)
      for (; done + 3 < bytes; done += 4) this.#words[(to + done) >>> 2] = alias.words[(offset + done) >> 2];
    for (; done < bytes; done++) this.#bytes[to + done] = alias.bytes[offset + done];
  }

  /** `fromSegment` into a buffer that has an alias, and is whole. */
  aliasOut(from: number, alias: Alias, offset: number, bytes: number): void {
    if (bytes > alias.loopBytesMax) {
      if (alias.hold !== 0) this.#native!.copyHeldOut(from, alias.hold, alias.byteOffset + offset, bytes);
      else this.fromSegment(from, alias.view, offset, bytes);
      return;
    }
    let done = 0;
    if (alias.doubleCount !== 0 && (offset & 7) === 0) {
      const target = alias.doubles;
      const doubles = this.#doubles;
      const source = from >>> 3;
      const first = offset >> 3;
      const count = bytes >> 3;
      if (count > FEW) copyDoubles(target, first, doubles, source, count);
      else for (let i = 0; i < count; i++) target[first + i] = doubles[source + i];
      done = count << 3;
    }
    if (alias.wordCount !== 0 && (offset & 3) === 0)
      for (; done + 3 < bytes; done += 4)
        alias.words[(offset + done) >> 2] = this.#words[(from + done) >>> 2];
    for (; done < bytes; done++) alias.bytes[offset + done] = this.#bytes[from + done];
  }

  /** Copies between two views of one thread. */
  local(target: View, targetOffset: number, source: View, sourceOffset: number, bytes: number): void {
    if (bytes <= LOCAL_LOOP_BYTES && this.#localLoop(target, targetOffset, source, sourceOffset, bytes))
      return;
    const to = target.byteOffset + targetOffset;
    const from = source.byteOffset + sourceOffset;
    if (this.#native !== null) this.#native.copy(target, targetOffset, source, sourceOffset, bytes);
    else if (target.buffer === source.buffer)
      new Uint8Array(target.buffer).copyWithin(to, from, from + bytes); // they may overlap
    else copyPlain(target.buffer, to, source.buffer, from, bytes);
  }

  /** A short copy between whole buffers that have aliases, and nothing in common; false, with nothing done, of others. */
  #localLoop(target: View, to: number, source: View, from: number, bytes: number): boolean {
    const into = this.aliases.of(target);
    const out = this.aliases.of(source);
    if (into === null || out === null || into.buffer === out.buffer || !into.whole || !out.whole)
      return false;
    let done = 0;
    const onDoubles = into.doubleCount !== 0 && out.doubleCount !== 0 && ((to | from) & 7) === 0;
    if (!onDoubles && bytes > BYTE_LOOP_BYTES) return false;
    if (onDoubles) {
      done = bytes & ~7;
      copyDoubles(into.doubles, to >> 3, out.doubles, from >> 3, bytes >> 3);
    }
    for (; done < bytes; done++) into.bytes[to + done] = out.bytes[from + done];
    return true;
  }

  /** The alias of a view, if the copy is short enough to use one. */
  #alias(view: View, offset: number, bytes: number): Alias | null {
    if (bytes > ((offset & 7) === 0 ? DOUBLE_LOOP_BYTES : BYTE_LOOP_BYTES)) return null;
    const alias = this.aliases.of(view);
    return alias?.whole && bytes <= alias.loopBytesMax ? alias : null;
  }
}
