/** Second views of the buffers in use, by which short messages are copied in loops. */
import type { Native } from '../../native.js';
import { changesSize } from './memory.js';

/** A buffer as the runtime sees it. DataViews and bare buffers are wrapped before they get here. */
export type View = Exclude<ArrayBufferView, DataView>;

/** An alias keeps its buffer alive: larger ones have none. */
const ALIASED_BYTES_MAX = 64 * 1024 * 1024;

/** Places for aliases, and for views that may get one: a program seldom has more buffers in turn. */
const PLACES = 4;

/**
 * Up to so many bytes a loop beats the 50 to 60 ns of a native call: by doubles, by words where the memory is aligned
 * to 4 bytes only, and byte by byte.
 */
export const DOUBLE_LOOP_BYTES = 256;
const WORD_LOOP_BYTES = 128;
export const BYTE_LOOP_BYTES = 48;

/** A whole view, of which more is known. */
export class Alias {
  readonly view: View;
  /** Bytes, from the view's first one on. */
  readonly length: number;
  readonly offset = 0;
  readonly buffer: ArrayBufferLike;
  /** The view's class. */
  readonly array: unknown;
  /** Where the view begins in its buffer. */
  readonly byteOffset: number;
  /** The view's memory as bytes, and as words and doubles where it is so aligned; all empty once it is detached. */
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly wordCount: number;
  readonly doubles: Float64Array;
  readonly doubleCount: number;
  /** The longest message that is copied in a loop. */
  readonly loopBytesMax: number;
  /** The addon's hold on the memory; 0 without. */
  readonly hold: number;
  /** Shrinks when the memory is taken away: of an empty view, only its buffer tells. */
  readonly #witness: Uint8Array;
  readonly #witnessed: number;

  constructor(view: View, hold: number) {
    this.view = view;
    const { buffer, byteOffset, byteLength } = view;
    this.length = byteLength;
    this.buffer = buffer;
    this.array = view.constructor;
    this.byteOffset = byteOffset;
    this.bytes = new Uint8Array(buffer, byteOffset, byteLength);
    const onWord = (byteOffset & 3) === 0;
    const onDouble = (byteOffset & 7) === 0;
    this.words = onWord ? new Int32Array(buffer, byteOffset, byteLength >> 2) : new Int32Array(0);
    this.wordCount = this.words.length;
    this.doubles = onDouble ? new Float64Array(buffer, byteOffset, byteLength >> 3) : new Float64Array(0);
    this.doubleCount = this.doubles.length;
    this.loopBytesMax = onDouble ? DOUBLE_LOOP_BYTES : onWord ? WORD_LOOP_BYTES : BYTE_LOOP_BYTES;
    this.hold = hold;
    this.#witness = byteLength > 0 ? this.bytes : new Uint8Array(buffer);
    this.#witnessed = this.#witness.length;
  }

  /** False once the memory was taken from under the view. */
  get whole(): boolean {
    return this.#witness.length === this.#witnessed;
  }
}

/** In a place that is free: of a view that nobody has. */
const NONE = new Alias(new Uint8Array(0), 0);

export class Aliases {
  readonly #native: Native | null;
  #a = NONE;
  #b = NONE;
  #c = NONE;
  #d = NONE;
  #next = 0;
  readonly #seen: (View | null)[] = new Array<View | null>(PLACES).fill(null);
  #nextSeen = 0;

  constructor(native: Native | null) {
    this.#native = native;
  }

  /**
   * The alias of a view; null if it has none. No property of `view` is read when it is found: with arrays of several
   * types at one place each read is a call (the generic load and the getter took 15 % of an 8-byte message). A view
   * gets an alias when it comes back soon after its first use: making one costs more than ten native copies.
   */
  of(view: unknown): Alias | null {
    if (this.#a.view === view) return this.#a;
    if (this.#b.view === view) return this.#b;
    if (this.#c.view === view) return this.#c;
    if (this.#d.view === view) return this.#d;
    return null;
  }

  /** Remembers that `view`, whole, was the buffer of a message. */
  note(view: View): void {
    if (this.of(view) !== null) return;
    if (!this.#seen.includes(view)) {
      this.#seen[this.#nextSeen] = view;
      this.#nextSeen = (this.#nextSeen + 1) % PLACES;
    } else if (view.buffer.byteLength <= ALIASED_BYTES_MAX && !changesSize(view.buffer)) {
      this.#place(new Alias(view, this.#native?.hold(view) ?? 0));
    }
  }

  /** Lets go of all buffers. */
  clear(): void {
    for (let i = 0; i < PLACES; i++) this.#place(NONE);
    this.#seen.fill(null);
  }

  #place(alias: Alias): void {
    const place = this.#next;
    this.#next = (place + 1) % PLACES;
    const old = [this.#a, this.#b, this.#c, this.#d][place];
    if (old.hold !== 0) this.#native?.drop(old.hold);
    if (place === 0) this.#a = alias;
    else if (place === 1) this.#b = alias;
    else if (place === 2) this.#c = alias;
    else this.#d = alias;
  }
}
