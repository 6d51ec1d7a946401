/** The writing end of a ring: reserve, fill, commit. */
import { LINE_BYTES, RING_CREDIT, RING_DATA, RING_HEAD, RING_MODE, RingMode } from './layout.js';
import { Kind, LINES_SHIFT } from './records.js';
import type { Segment } from './segment.js';

export class OutRing {
  readonly peer: number;
  /** Payload bytes of eager messages written, modulo 2^32. Less the ring's credit word: what the peer has yet to match. */
  eagerBytes = 0;
  readonly #words: Int32Array;
  readonly #data: number;
  readonly #headWord: number;
  readonly #creditWord: number;
  readonly #modeWord: number;
  readonly #lines: number;
  /** Line that the next record starts on. */
  #position = 0;
  /** Lines written since the start, modulo 2^32. */
  #written = 0;
  /** The reader's head when last looked at: it is read again only when the ring seems full. */
  #head = 0;
  #credit = 0;

  constructor(segment: Segment, from: number, to: number) {
    const base = segment.ringBase(from, to);
    this.peer = to;
    this.#words = segment.words;
    this.#data = base + RING_DATA;
    this.#headWord = (base + RING_HEAD) / 4;
    this.#creditWord = (base + RING_CREDIT) / 4;
    this.#modeWord = (base + RING_MODE) / 4;
    this.#lines = (segment.layout.ringBytes - RING_DATA) / LINE_BYTES;
  }

  /** The longest record that always finds room once the reader has caught up. */
  get linesMax(): number {
    return this.#lines >> 2;
  }

  /**
   * Room for a record of `lines` lines: the byte offset of its first line in the segment, or -1 while the ring is
   * full. The header word after the record is cleared here, before the record is published, so that the reader
   * never takes the remains of an earlier lap for a record.
   */
  reserve(lines: number): number {
    let position = this.#position;
    const toEnd = this.#lines - position;
    const needed = (lines <= toEnd ? lines : toEnd + lines) + 1;
    if (this.#free() < needed) {
      this.#head = Atomics.load(this.#words, this.#headWord);
      if (this.#free() < needed) return -1;
    }
    if (lines > toEnd) {
      this.#words[this.#data >>> 2] = Kind.NONE;
      Atomics.store(
        this.#words,
        (this.#data + position * LINE_BYTES) >>> 2,
        Kind.PAD | (toEnd << LINES_SHIFT),
      );
      this.#written = (this.#written + toEnd) | 0;
      this.#position = position = 0;
    }
    const next = position + lines === this.#lines ? 0 : position + lines;
    this.#words[(this.#data + next * LINE_BYTES) >>> 2] = Kind.NONE;
    return this.#data + position * LINE_BYTES;
  }

  /** Publishes the record just reserved. True if the reader polls this ring; else it must be signalled. */
  commit(kind: number, lines: number): boolean {
    const position = this.#position;
    const words = this.#words;
    const next = position + lines;
    this.#position = next === this.#lines ? 0 : next;
    this.#written = (this.#written + lines) | 0;
    Atomics.store(words, (this.#data + position * LINE_BYTES) >>> 2, kind | (lines << LINES_SHIFT));
    return Atomics.load(words, this.#modeWord) === RingMode.POLLED;
  }

  /** True if the peer would have at most `limit` unmatched eager bytes after `bytes` more. */
  hasCredit(bytes: number, limit: number): boolean {
    if (((this.eagerBytes + bytes - this.#credit) | 0) <= limit) return true;
    this.#credit = Atomics.load(this.#words, this.#creditWord);
    return ((this.eagerBytes + bytes - this.#credit) | 0) <= limit;
  }

  #free(): number {
    return this.#lines - ((this.#written - this.#head) | 0);
  }
}
