/**
 * A rank's slots: the shared side of its sends that a receiver must act upon. The owner offers and takes back; a
 * receiver claims, and pushes what it has finished on the owner's done stack.
 *
 *     FREE -> OFFERED -> MATCHED -> DONE -> FREE       (streamed, or short)
 *                 \          \-> CLAIMED -> DONE       (pulled, in one native call)
 *                  |\-> REVOKED -> FREE                (the owner took it back)
 *                   \-> REFUSED -> FREE                (no receive was posted for a checked Rsend)
 */
import { assert } from '../../base/assert.js';
import type { Native } from '../../native.js';
import type { View } from './aliases.js';
import { type Held, HoldCache } from './hold-cache.js';
import {
  RANK_DONE,
  SLOT_GENERATION_SHIFT,
  SLOT_NEXT,
  SLOT_STATE_MASK,
  SLOT_WORD,
  SlotState,
} from './layout.js';
import type { Segment } from './segment.js';

/** Slots that nonblocking sends leave, so that a blocking send can always be taken back. */
const reservedSlots = 64;

/** Slots that a buffer keeps exposed for its next messages: a window of them. */
const keptSlotsMax = 64;

/** Generations fit the bits above the state. */
const GENERATION_MASK = (1 << (32 - SLOT_GENERATION_SHIFT)) - 1;

export class Slots {
  readonly #segment: Segment;
  readonly #rank: number;
  readonly #holds: HoldCache | null;
  readonly #native: Native | null;
  readonly #free: number[] = [];
  /** Slots handed out at least once: the table is touched only as far as it is used. */
  #used = 0;
  /** For each slot the buffer that it exposes, and the shape in which it does. */
  readonly #exposed: (Held | undefined)[] = [];
  readonly #shapes: number[] = [];
  readonly #doneWord: number;

  constructor(segment: Segment, rank: number, native: Native | null) {
    this.#segment = segment;
    this.#rank = rank;
    this.#native = native;
    this.#holds = native === null ? null : new HoldCache(native, (held) => this.#freeKept(held));
    this.#doneWord = segment.rankWord(rank, RANK_DONE);
  }

  /** Takes a free slot of this rank, or -1 when all are in use; the last few are for calls that wait (`reserved`). */
  take(reserved: boolean): number {
    const least = reserved ? 0 : reservedSlots;
    if (this.#left <= least) this.#holds?.freeSlots();
    if (this.#left <= least) return -1;
    return this.#free.pop() ?? this.#used++;
  }

  /**
   * Takes a slot that has kept these bytes exposed since an earlier message, or -1: it saves two native calls. What
   * is reserved for calls that wait is theirs here, too.
   */
  takeKept(view: View, offset: number, bytes: number, reserved: boolean): number {
    if (!reserved && this.#left <= reservedSlots) return -1;
    const held = this.#holds === null ? null : this.#holds.of(view);
    if (held === null || held.keptBytes !== bytes || held.keptOffset !== view.byteOffset + offset) return -1;
    return held.keptSlots.pop() ?? -1;
  }

  /** Exposes bytes of `view` in `slot` for a single copy by the receiver; false where their memory cannot be held. */
  expose(slot: number, view: View, offset: number, bytes: number): boolean {
    if (this.#holds === null || this.#native === null) return false;
    const held = this.#holds.of(view);
    const at = view.byteOffset + offset;
    if (held === null || !this.#native.expose(slot, held.hold, at, bytes)) return false;
    if (held.keptOffset !== at || held.keptBytes !== bytes) {
      this.#freeKept(held);
      held.keptOffset = at;
      held.keptBytes = bytes;
      held.shape++;
    }
    this.#exposed[slot] = held;
    this.#shapes[slot] = held.shape;
    return true;
  }

  /** Memory of `view` held for the moment, without an offer; 0 where it cannot be. */
  hold(view: View): number {
    return this.#holds?.of(view)?.hold ?? 0;
  }

  /** Makes the slot's message available and returns the slot's word, which names this one offer. */
  offer(slot: number): number {
    const words = this.#segment.words;
    const at = this.#segment.slotWord(this.#rank, slot, SLOT_WORD);
    const generation = ((words[at] >>> SLOT_GENERATION_SHIFT) + 1) & GENERATION_MASK;
    const word = (generation << SLOT_GENERATION_SHIFT) | SlotState.OFFERED;
    Atomics.store(words, at, word);
    return word;
  }

  /** Takes an offer back; false if a receiver was first. The slot is then still in use until it is DONE. */
  revoke(slot: number, word: number): boolean {
    return this.#move(this.#rank, slot, word, SlotState.REVOKED);
  }

  /** Takes an offer back even from a receiver that has matched it, once that receiver has ended. */
  reclaim(slot: number, word: number): boolean {
    // Of a thread that has ended, a copy is over; a process may have died in the middle of one.
    return [SlotState.OFFERED, SlotState.MATCHED, SlotState.CLAIMED].some((state) =>
      this.revoke(slot, withState(word, state)),
    );
  }

  /** Returns a slot that is DONE or REVOKED. */
  release(slot: number): void {
    const held = this.#exposed[slot];
    if (held === undefined) this.#free.push(slot);
    else if (held.cached && held.shape === this.#shapes[slot] && held.keptSlots.length < keptSlotsMax)
      held.keptSlots.push(slot);
    else this.#conceal(slot);
  }

  /** Takes a slot out of use for good: what it exposes can no longer be read. */
  retire(slot: number): void {
    this.#native?.conceal(slot);
    this.#exposed[slot] = undefined;
  }

  /** True if a peer's offer still stands. */
  stands(owner: number, slot: number, word: number): boolean {
    return Atomics.load(this.#segment.words, this.#segment.slotWord(owner, slot, SLOT_WORD)) === word;
  }

  /** Receiver: makes a peer's message ours, so that it can no longer be taken back. Returns the new word, or 0. */
  match(owner: number, slot: number, word: number): number {
    return this.#move(owner, slot, word, SlotState.MATCHED) ? withState(word, SlotState.MATCHED) : 0;
  }

  /** Changes the state of a slot, if its word is `word`. */
  mark(owner: number, slot: number, word: number, state: number): boolean {
    return slot >= 0 && slot < this.#segment.layout.slotsPerRank && this.#move(owner, slot, word, state);
  }

  /** Owner: what the receiver of an offer, in another memory, has made of it. */
  finishAs(slot: number, word: number, state: number): void {
    if (slot < 0 || slot >= this.#segment.layout.slotsPerRank) return;
    if (state !== SlotState.DONE && state !== SlotState.REFUSED) return;
    const offered = withState(word, SlotState.OFFERED);
    if (!this.finish(this.#rank, slot, offered, state))
      this.finish(this.#rank, slot, withState(word, SlotState.MATCHED), state);
  }

  /** Receiver: ends a matched or offered message, as DONE or REFUSED; false if it was taken back. */
  finish(owner: number, slot: number, word: number, state: number): boolean {
    if (!this.#move(owner, slot, word, state)) return false;
    const words = this.#segment.words;
    const head = this.#segment.rankWord(owner, RANK_DONE);
    const next = this.#segment.slotWord(owner, slot, SLOT_NEXT);
    for (let top = Atomics.load(words, head); ; ) {
      words[next] = top;
      const seen = Atomics.compareExchange(words, head, top, slot + 1);
      if (seen === top) return true;
      top = seen;
    }
  }

  /** True if the receiver turned the message in our slot down. */
  refused(slot: number): boolean {
    const word = Atomics.load(this.#segment.words, this.#segment.slotWord(this.#rank, slot, SLOT_WORD));
    return (word & SLOT_STATE_MASK) === SlotState.REFUSED;
  }

  /** True if a receiver has finished one of our slots since the last `takeDone`. */
  get anyDone(): boolean {
    return this.#segment.words[this.#doneWord] !== 0;
  }

  /** Takes the whole done stack and calls `visit` with each slot. Returns how many there were. */
  takeDone(visit: (slot: number) => void): number {
    const words = this.#segment.words;
    let link = Atomics.exchange(words, this.#doneWord, 0);
    let count = 0;
    while (link !== 0) {
      const slot = link - 1;
      // The link is read before `visit`, which may release the slot and offer it again.
      link = words[this.#segment.slotWord(this.#rank, slot, SLOT_NEXT)];
      visit(slot);
      count++;
    }
    return count;
  }

  /** Slots that can be taken. */
  get #left(): number {
    return this.#segment.layout.slotsPerRank - this.#used + this.#free.length;
  }

  /** Lets go of every buffer still held for reuse. */
  close(): void {
    this.#holds?.clear();
  }

  #conceal(slot: number): void {
    this.#native?.conceal(slot);
    this.#exposed[slot] = undefined;
    this.#free.push(slot);
  }

  #freeKept(held: Held): void {
    for (const slot of held.keptSlots) this.#conceal(slot);
    held.keptSlots.length = 0;
  }

  #move(owner: number, slot: number, word: number, state: number): boolean {
    assert(slot >= 0 && slot < this.#segment.layout.slotsPerRank, `slot ${slot} of rank ${owner}`);
    const at = this.#segment.slotWord(owner, slot, SLOT_WORD);
    return Atomics.compareExchange(this.#segment.words, at, word, withState(word, state)) === word;
  }
}

function withState(word: number, state: number): number {
  return (word & ~SLOT_STATE_MASK) | state;
}
