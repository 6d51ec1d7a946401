/** The reading end of a ring: peek, handle, advance. */
import { creditBytesMax } from '../../base/limits.js';
import type { Alias } from './aliases.js';
import type { Copier } from './copy.js';
import { LINE_BYTES } from './layout.js';
import { loadsInOrder } from './order.js';
import { KIND_MASK, Kind, LINES_SHIFT, PAYLOAD, REC_A, REC_B, REC_C } from './records.js';
import type { Segment } from './segment.js';

export class InRing {
  readonly peer: number;
  readonly #copier: Copier;
  /** True while the ring is on the receiver's hot list. */
  hot = false;
  /** Its writer is this rank's own pump (see `Remote`), which is told of credit that is returned. */
  remote = false;
  onCredit: ((credit: number) => void) | null = null;
  readonly #words: Int32Array;
  readonly #data: number;
  readonly #headWord: number;
  readonly #creditWord: number;
  readonly #modeWord: number;
  readonly #lines: number;
  #position = 0;
  #consumed = 0;
  #published = 0;
  #credit = 0;
  #creditPublished = 0;

  /** What `take` found. */
  takenTag = 0;
  takenBytes = 0;
  /** True if the sender must be woken, for there is room again. */
  takenWakes = false;

  constructor(segment: Segment, from: number, to: number, copier: Copier) {
    const place = segment.ringPlace(from, to);
    this.peer = from;
    this.#words = segment.words;
    this.#copier = copier;
    this.#data = place.data;
    this.#headWord = place.headWord;
    this.#creditWord = place.creditWord;
    this.#modeWord = place.modeWord;
    this.#lines = place.lines;
  }

  /** Lines read since the start, modulo 2^32. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Word index of the next record if one is there, else -1. Pads are stepped over. */
  peek(): number {
    const words = this.#words;
    let at = (this.#data + this.#position * LINE_BYTES) >>> 2;
    // A plain load first: it costs 1 ns against 6 ns of Atomics.load, and most polls find nothing.
    if (words[at] === Kind.NONE) return -1;
    const commit = loadsInOrder ? words[at] : Atomics.load(words, at);
    if ((commit & KIND_MASK) !== Kind.PAD) return at;
    // Its room is returned with that of the record after it.
    this.#step(commit >>> LINES_SHIFT);
    at = this.#data >>> 2;
    if (Atomics.load(words, at) === Kind.NONE) return -1;
    return at;
  }

  /** True if the next record is there, and a whole message that no pull follows. */
  get eagerNext(): boolean {
    const at = this.peek();
    return at >= 0 && (this.#words[at] & KIND_MASK) === Kind.EAGER;
  }

  /**
   * The short path: takes the eager record at the head of the ring if it is of this context, has this tag (or any, if
   * `tag` is `any`) and fits the alias's buffer. True with `takenTag`, `takenBytes` and `takenWakes` set; false, with
   * nothing done, if it is another or none is seen in so many looks.
   */
  take(tag: number, any: number, context: number, alias: Alias, looks: number): boolean {
    const words = this.#words;
    const start = this.#data + this.#position * LINE_BYTES;
    const at = start >>> 2;
    for (let look = 1; words[at] === Kind.NONE; look++) if (look >= looks) return false;
    const commit = loadsInOrder ? words[at] : Atomics.load(words, at);
    const bytes = words[at + REC_C];
    const arrived = words[at + REC_A];
    if ((commit & KIND_MASK) !== Kind.EAGER || words[at + REC_B] !== context) return false;
    if ((arrived !== tag && tag !== any) || bytes > alias.length || !alias.whole) return false;
    this.#copier.aliasOut(start + PAYLOAD, alias, 0, bytes);
    this.matched(bytes);
    this.takenTag = arrived;
    this.takenBytes = bytes;
    this.takenWakes = this.advance(commit);
    return true;
  }

  /** Steps over a pad; false if there is none. A function of its own: `take` is inlined as long as it is short. */
  skipPad(): boolean {
    const at = (this.#data + this.#position * LINE_BYTES) >>> 2;
    const commit = loadsInOrder ? this.#words[at] : Atomics.load(this.#words, at);
    if ((commit & KIND_MASK) !== Kind.PAD) return false;
    this.#step(commit >>> LINES_SHIFT);
    return true;
  }

  /**
   * Leaves the record whose commit word is `commit`: its bytes are the sender's again from now on. True if the sender
   * can see that, and must be woken if it sleeps for want of room.
   */
  advance(commit: number): boolean {
    this.#step(commit >>> LINES_SHIFT);
    // One store for a quarter of the ring: each makes the sender's next look at the head a cache miss.
    if (((this.#consumed - this.#published) | 0) < this.#lines >> 2) return false;
    this.#published = this.#consumed;
    Atomics.store(this.#words, this.#headWord, this.#consumed);
    return true;
  }

  #step(lines: number): void {
    const next = this.#position + lines;
    this.#position = next === this.#lines ? 0 : next;
    this.#consumed = (this.#consumed + lines) | 0;
  }

  /** Returns credit for `bytes` of eager payload that found their receive. */
  matched(bytes: number): void {
    this.#credit = (this.#credit + bytes) | 0;
    if (((this.#credit - this.#creditPublished) | 0) >= creditBytesMax >> 2) {
      this.#creditPublished = this.#credit;
      Atomics.store(this.#words, this.#creditWord, this.#credit);
      this.onCredit?.(this.#credit);
    }
  }

  /** Tells the sender whether it must signal. Poll once more after switching to SIGNAL. */
  setMode(mode: number): void {
    Atomics.store(this.#words, this.#modeWord, mode);
  }
}
