/** One member's view of an arena, the memory in which a communicator's members meet: see layout.ts. */
import type { AddonLoop } from '../../native.js';
import type { Alias, View } from './aliases.js';
import {
  CELL_BYTES,
  CELL_LEFT,
  CELL_SLOTS,
  LINE_BYTES,
  MEET_BYTES,
  MEET_NUMBER,
  MEET_PAYLOAD,
  MEET_SIGNATURE,
  Parked,
  RANK_PARKED,
} from './layout.js';
import { loadsInOrder, storesInOrder } from './order.js';
import type { Segment } from './segment.js';
import type { RingTransport } from './transport.js';

/**
 * Up to so many bytes of payload are looked at while their number is awaited, so that all lines are on their way at once: a
 * Bcast of 64 bytes takes 0.38 us instead of 0.53, of 256 0.51 instead of 0.60. Of more, they are fetched too often while
 * they are being written (512 bytes: 0.87 instead of 0.62).
 */
const AHEAD_BYTES_MAX = 256;

export class Arena {
  readonly member: number;
  readonly members: number;
  readonly words: Int32Array;
  /** Number of the collective under way, modulo 2^32. */
  number: number;
  readonly #transport: RingTransport;
  /** World ranks of the members. */
  readonly #ranks: readonly number[];
  /** Indices of the words of which each member has one. */
  readonly #parkedWords: readonly number[];
  readonly #base: number;
  readonly #leftWord: number;
  /** The last collective that each member is known to have left. */
  readonly #left: Int32Array;
  readonly #plain: boolean;
  /** Words of a slot that are looked at together with its number. */
  #ahead = 0;
  /** What was found in them means nothing; but what is not used is not read. */
  fetched = 0;

  /** `last`: a number that no member has got beyond in this arena. */
  constructor(
    transport: RingTransport,
    index: number,
    ranks: readonly number[],
    member: number,
    last: number,
  ) {
    const { segment } = transport;
    this.#transport = transport;
    this.member = member;
    this.members = ranks.length;
    this.words = segment.words;
    this.#ranks = ranks;
    this.number = last;
    this.#left = new Int32Array(ranks.length).fill(last);
    this.#base = arenaAt(segment, index);
    this.#leftWord = this.#cell(member) + CELL_LEFT / 4;
    this.#parkedWords = ranks.map((rank) => segment.rankWord(rank, RANK_PARKED));
    this.#plain = storesInOrder && transport.fenced;
    transport.meets = true;
  }

  /** True once these ranks have left the meeting of number `last`. */
  static allLeft({ segment }: RingTransport, index: number, ranks: readonly number[], last: number): boolean {
    const base = arenaAt(segment, index);
    const left = (rank: number) => Atomics.load(segment.words, (base + rank * CELL_BYTES + CELL_LEFT) / 4);
    return ranks.every((rank) => ((left(rank) - last) | 0) >= 0);
  }

  /** The next collective, in which payloads are of about so many bytes. */
  enter(bytes: number): void {
    this.number = (this.number + 1) | 0;
    this.#ahead = bytes <= AHEAD_BYTES_MAX ? (MEET_PAYLOAD + bytes) >> 2 : 0;
  }

  /** True once this member's slot may be written: its readers of two collectives ago have left. */
  get free(): boolean {
    const needed = (this.number - 2) | 0;
    const left = this.#left;
    for (let member = 0; member < left.length; member++) {
      if (((left[member] - needed) | 0) >= 0 || member === this.member) continue;
      left[member] = Atomics.load(this.words, this.#cell(member) + CELL_LEFT / 4);
      if (((left[member] - needed) | 0) < 0) return false;
    }
    return true;
  }

  /** Writes bytes of a view into this member's payload, at a multiple of 8. */
  write(at: number, view: View, offset: number, bytes: number): void {
    const { copier } = this.#transport;
    const alias = copier.aliases.of(view);
    const to = this.payload(this.member) + at;
    if (alias !== null && alias.hold !== 0 && alias.whole) copier.aliasIn(to, alias, offset, bytes);
    else copier.intoSegment(to, view, offset, bytes);
  }

  /** Reads bytes of a member's payload, from a multiple of 8 on. */
  read(member: number, at: number, view: View, offset: number, bytes: number): void {
    const { copier } = this.#transport;
    const alias = copier.aliases.of(view);
    const from = this.payload(member) + at;
    if (alias !== null && alias.hold !== 0 && alias.whole) copier.aliasOut(from, alias, offset, bytes);
    else copier.fromSegment(from, view, offset, bytes);
  }

  /** `shown`, then `read` into the memory of an alias: one call of the addon. */
  readShown(member: number, looks: number, at: number, alias: Alias, offset: number, bytes: number): boolean {
    const { native } = this.#transport;
    const word = this.#slot(member) + MEET_NUMBER;
    const to = alias.byteOffset + offset;
    if (!native!.copyShown(word, this.number, looks, this.payload(member) + at, alias.hold, to, bytes))
      return false;
    this.#left[member] = (this.number - 1) | 0;
    return true;
  }

  /** `shown`, then `left op right` from there, of two members' payloads, into the memory of an alias: likewise. */
  combineShown(
    { op, kind }: AddonLoop,
    member: number,
    looks: number,
    left: number,
    right: number,
    at: number,
    alias: Alias,
    offset: number,
    bytes: number,
  ): boolean {
    const { native } = this.#transport;
    const word = this.#slot(member) + MEET_NUMBER;
    const [a, b] = [this.payload(left) + at, this.payload(right) + at];
    const to = alias.byteOffset + offset;
    if (!native!.combineShown(op, kind, word, this.number, looks, a, b, alias.hold, to, bytes)) return false;
    this.#left[member] = (this.number - 1) | 0;
    return true;
  }

  /** Byte offset of a member's payload in the segment. */
  payload(member: number): number {
    return this.#slot(member) * 4 + MEET_PAYLOAD;
  }

  /** A word of this member's payload, in place of bytes. */
  post(index: number, value: number): void {
    this.words[(this.payload(this.member) >> 2) + index] = value;
  }

  posted(member: number, index: number): number {
    return this.words[(this.payload(member) >> 2) + index];
  }

  /** True if a member has left the collective, looking so many times. */
  hasLeft(member: number, looks: number): boolean {
    const at = this.#cell(member) + CELL_LEFT / 4;
    for (let look = 0; look < looks; look++) {
      if (((this.words[at] - this.number) | 0) < 0) continue;
      if (!loadsInOrder) Atomics.load(this.words, at);
      return true;
    }
    return false;
  }

  /** Shows this member's slot to the others. */
  publish(first: number, second: number): void {
    const { words } = this;
    const slot = this.#slot(this.member);
    words[slot + MEET_SIGNATURE / 4] = first;
    words[slot + MEET_SIGNATURE / 4 + 1] = second;
    // As in rings: whoever stops polling fences this thread, so that either it sees the number or this sees it parked.
    if (this.#plain) words[slot + MEET_NUMBER] = this.number;
    else Atomics.store(words, slot + MEET_NUMBER, this.number);
    this.#wake();
  }

  /** True if a member has shown its slot, looking so many times. */
  shown(member: number, looks: number): boolean {
    const { words, number } = this;
    const at = this.#slot(member) + MEET_NUMBER;
    const end = at + this.#ahead;
    let ahead = 0;
    for (let look = 0; look < looks; look++) {
      if (words[at] !== number) {
        for (let line = at + LINE_BYTES / 4; line < end; line += LINE_BYTES / 4) ahead += words[line];
        continue;
      }
      this.fetched = ahead;
      if (!loadsInOrder) Atomics.load(words, at);
      // Whoever has entered this collective has left the one before.
      this.#left[member] = (number - 1) | 0;
      return true;
    }
    return false;
  }

  /** A word of what a member brings: all must bring the same. */
  signature(member: number, index: 0 | 1): number {
    return this.words[this.#slot(member) + MEET_SIGNATURE / 4 + index];
  }

  /** This member reads nothing more of the collective. */
  leave(): void {
    if (this.#plain) this.words[this.#leftWord] = this.number;
    else Atomics.store(this.words, this.#leftWord, this.number);
    // Somebody may wait for a slot that was read.
    this.#wake();
  }

  /** Wakes the members that sleep: one load each where nobody does. */
  #wake(): void {
    const { words } = this;
    for (let member = 0; member < this.members; member++) {
      const at = this.#parkedWords[member];
      const parked = loadsInOrder ? words[at] : Atomics.load(words, at);
      if (parked !== Parked.AWAKE && member !== this.member) this.#transport.wake(this.#ranks[member]);
    }
  }

  /** By world rank: communicators that have no member in common may have the same arena. */
  #cell(member: number): number {
    return (this.#base + this.#ranks[member] * CELL_BYTES) / 4;
  }

  #slot(member: number): number {
    return this.#cell(member) + (CELL_SLOTS + (this.number & 1) * MEET_BYTES) / 4;
  }
}

/** Byte offset of an arena in the segment. */
function arenaAt({ layout }: Segment, index: number): number {
  return layout.arenas + index * layout.size * CELL_BYTES;
}
