/**
 * Meetings: collectives of ranks that share memory. Each member writes what it brings into its slot of the
 * communicator's arena, shows it, and reads what the others have shown: no message, no queue.
 *
 *     begin -> write -> show -> await(member) -> read ... -> end
 *     begin -> lend  -> show -> await(member) -> borrow, combine, fill ... -> depart
 *
 * A barrier of 2 threads takes 0.22 us so (`mpi4ts bench barrier`).
 */
import { ERR_COUNT, ERR_OTHER, ERR_PROC_FAILED, ERR_TIMEOUT, Exception } from '../base/errors.js';
import type { AddonLoop } from '../native.js';
import type { Alias, View } from '../transport/ring/aliases.js';
import { Arena } from '../transport/ring/arena.js';
import type { Engine } from './engine.js';
import { Lending, type Loan } from './lending.js';
import { place, RecvOp, type Scope } from './ops.js';
import { nameOf, type Purpose, purposeOf } from './purposes.js';

/** Looks for a member before other traffic has its turn: a microsecond or two. */
const LOOKS = 2000;
/** Where ranks share cores, the one that is awaited may have to run first. */
const LOOKS_CROWDED = 8;
/** Looks between two turns of the other traffic. */
const NEAR_LOOKS = 32;

/** Up to so many bytes a loop in TypeScript takes less than a call of the addon: of 256, 1.1 us in all against 0.65. */
export const LOOP_BYTES_MAX = 64;

const agreement = purposeOf('the first collective');

/** A class of typed arrays. */
interface ElementArray<A extends View> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
}

interface SlotView {
  readonly at: number;
  readonly bytes: number;
  readonly array: unknown;
  readonly view: View;
}

/** A piece of a user's buffer. */
export interface Piece {
  readonly view: View;
  readonly offset: number;
  readonly length: number;
}

export class Meeting {
  readonly rank: number;
  readonly size: number;
  /** Buffers can be lent, instead of bytes written: the same for all members. */
  lends = false;
  /** The public call, for messages, and when it gives up. */
  call = '';
  deadline = Number.POSITIVE_INFINITY;
  /** A collective has begun, and has not ended. */
  underWay = false;
  readonly #engine: Engine;
  readonly #scope: Scope;
  readonly #arena: Arena;
  readonly #ranks: readonly number[];
  #first = 0;
  #second = 0;
  /** The last views of each member's slots. */
  readonly #views: (SlotView | undefined)[] = [];
  #departing = false;
  readonly #lending: Lending;
  /** Who is being waited for. */
  #member = 0;
  readonly #isFree = () => this.#arena.free;
  readonly #isShown = () => this.#arena.shown(this.#member, NEAR_LOOKS);
  readonly #hasLeft = () => this.#arena.hasLeft(this.#member, NEAR_LOOKS);
  readonly #giveUpLeft = () => this.#giveUpUnless(this.#member, () => this.#arena.hasLeft(this.#member, 1));
  readonly #giveUpShown = () => this.#giveUp(this.#member);
  readonly #giveUpFree = () => {
    for (let member = 0; member < this.size; member++) if (!this.#arena.free) this.#giveUp(member);
  };

  /** In the terms of messages: one from every member that has not come, or not left. */
  readonly #needs = () => {
    const done = (member: number) =>
      this.#departing ? this.#arena.hasLeft(member, 1) : this.#arena.shown(member, 1);
    const missing = [...this.#ranks.keys()].filter((member) => member !== this.rank && !done(member));
    return { ops: missing.map((member) => this.#receiveFrom(member)), any: false };
  };

  /** All members of `scope` make theirs of the same arena, and `agree` first. */
  constructor(engine: Engine, scope: Scope, index: number, last: number) {
    this.#lending = new Lending(engine.transport);
    this.rank = scope.rank;
    this.size = scope.size;
    this.#engine = engine;
    this.#scope = scope;
    this.#ranks = Array.from({ length: scope.size }, (_, rank) => scope.toWorld(rank));
    this.#arena = new Arena(engine.transport, index, this.#ranks, scope.rank, last);
  }

  /** The number of the last collective. */
  get last(): number {
    return this.#arena.number;
  }

  /** Before all else: the members tell each other whether they can lend. Some may be without the addon. */
  agree(): void {
    this.begin(agreement, 0, 0);
    this.clear();
    this.#arena.post(0, this.#engine.transport.lends ? 1 : 0);
    this.show();
    this.awaitAll();
    this.lends = this.#ranks.every((_, member) => this.#arena.posted(member, 0) === 1);
    this.end();
  }

  /** Remembers a buffer that took the general path: the next time it may be short. */
  note({ view, length }: Piece): void {
    this.#engine.shortPath.note(view, length);
  }

  /** The next collective of the communicator; what it is for, its root and its bytes are the same for all members. */
  begin(purpose: Purpose, root: number, bytes: number): void {
    this.underWay = true;
    this.#first = purpose.code | (root << 8);
    // As the arena's words hold it.
    this.#second = bytes | 0;
    this.#arena.enter(bytes);
  }

  /** On to a second part of the same collective: this member reads nothing more of the first. */
  next(purpose: Purpose, root: number, bytes: number): void {
    this.#arena.leave();
    this.begin(purpose, root, bytes);
  }

  /** Waits until this member's slot may be written. */
  clear(): void {
    if (this.#arena.free) return;
    this.#wait(this.#isFree, this.#giveUpFree);
  }

  /** Writes bytes into this member's slot, at a multiple of 8. */
  write(at: number, view: View, offset: number, bytes: number): void {
    if (bytes > 0) this.#arena.write(at, view, offset, bytes);
  }

  /** Shows the slot to the others. */
  show(): void {
    this.#arena.publish(this.#first, this.#second);
  }

  /** Waits until a member has shown its slot. */
  await(member: number): void {
    if (member === this.rank) return;
    const arena = this.#arena;
    if (!arena.shown(member, this.#looks)) {
      this.#member = member;
      this.#wait(this.#isShown, this.#giveUpShown);
    }
    this.#compare(member);
  }

  #compare(member: number): void {
    const arena = this.#arena;
    if (arena.signature(member, 0) !== this.#first || arena.signature(member, 1) !== this.#second)
      throw this.#mismatch(member);
  }

  get #looks(): number {
    return this.#engine.transport.crowded ? LOOKS_CROWDED : LOOKS;
  }

  /** The alias of a buffer to which the addon may write; null if it has none, or for so few bytes. */
  #held(view: View, bytes: number): Alias | null {
    if (bytes <= LOOP_BYTES_MAX) return null;
    const alias = this.#engine.transport.copier.aliases.of(view);
    return alias?.whole && alias.hold !== 0 ? alias : null;
  }

  /** `await` and `read`. */
  take(member: number, at: number, view: View, offset: number, bytes: number): void {
    const alias = this.#held(view, bytes);
    if (
      alias !== null &&
      member !== this.rank &&
      this.#arena.readShown(member, this.#looks, at, alias, offset, bytes)
    ) {
      this.#compare(member);
      return;
    }
    this.await(member);
    this.read(member, at, view, offset, bytes);
  }

  /**
   * Awaits two members, and writes `left op right` of what they show to `view`, in one call of the addon. False, with nothing
   * awaited or written, where that cannot be.
   */
  takePair(
    loop: AddonLoop | null,
    left: number,
    right: number,
    at: number,
    view: View,
    offset: number,
    bytes: number,
  ): boolean {
    const alias = this.#held(view, bytes);
    if (alias === null || loop === null) return false;
    const member = left === this.rank ? right : left;
    if (member !== right) this.await(right);
    while (!this.#arena.combineShown(loop, member, this.#looks, left, right, at, alias, offset, bytes))
      this.await(member);
    this.#compare(member);
    return true;
  }

  /** Waits until all members have shown theirs, beginning with the next one. */
  awaitAll(): void {
    for (let member = this.rank + 1; member < this.size; member++) this.await(member);
    for (let member = 0; member < this.rank; member++) this.await(member);
  }

  /** Reads bytes that a member has shown, from a multiple of 8 on. */
  read(member: number, at: number, view: View, offset: number, bytes: number): void {
    if (bytes > 0) this.#arena.read(member, at, view, offset, bytes);
  }

  /** Copies within this rank's memory. */
  copy(target: View, to: number, source: View, from: number, bytes: number): void {
    if (bytes > 0) this.#engine.transport.copier.local(target, to, source, from, bytes);
  }

  /** Bytes that a member shows, as elements, to be read until `end`. */
  elements<A extends View>(member: number, at: number, bytes: number, array: ElementArray<A>): A {
    const place = 2 * member + (this.#arena.number & 1);
    const last = this.#views[place];
    // Most calls are of the size of the last one: a new view takes longer than the reduction of one double.
    if (last !== undefined && last.at === at && last.bytes === bytes && last.array === array)
      return last.view as A;
    const offset = this.#arena.payload(member) + at;
    const view = new array(this.#arena.words.buffer, offset, bytes / array.BYTES_PER_ELEMENT);
    this.#views[place] = { at, bytes, array, view };
    return view;
  }

  /** Whether an array of this class is known, and has so many bytes in all. */
  isWhole(view: View, bytes: number, array: ElementArray<View>): boolean {
    const alias = this.#engine.transport.copier.aliases.of(view);
    return alias !== null && alias.array === array && alias.length === bytes && alias.whole;
  }

  /** A part of this rank's memory as bytes. */
  bytesOf(view: View, offset: number, bytes: number): Uint8Array {
    const alias = this.#engine.transport.copier.aliases.of(view);
    if (alias?.whole && offset === 0 && bytes === alias.length) return alias.bytes;
    return new Uint8Array(view.buffer, view.byteOffset + offset, bytes);
  }

  /** A word of this member's slot, in place of bytes. */
  post(index: number, value: number): void {
    this.#arena.post(index, value);
  }

  /** A word that a member has shown. */
  posted(member: number, index: number): number {
    return this.#arena.posted(member, index);
  }

  /** Lends bytes of a buffer of this member, under an index, until `depart`. */
  lend(index: number, view: View, offset: number, bytes: number): void {
    this.#arena.post(index, this.#lending.lend(view, offset, bytes));
  }

  /** Copies what a member lends under an index, from byte `from` of it on. */
  borrow(member: number, index: number, from: number, view: View, offset: number, bytes: number): void {
    const slot = this.#arena.posted(member, index);
    if (!this.#lending.borrow(this.#ranks[member], slot, from, view, offset, bytes))
      throw this.#takenBack(member);
  }

  /** Copies bytes to what a member lends under index 0, from byte `from` of it on. */
  fill(member: number, from: number, view: View, offset: number, bytes: number): void {
    if (!this.#lending.fill(this.#loan(member), from, view, offset, bytes)) throw this.#takenBack(member);
  }

  /** Whether the memory of a buffer itself can be lent, and not only a copy of it. */
  holds(view: View): boolean {
    return this.#engine.transport.slots.hold(view) !== 0;
  }

  /** The ranks have a core each, on all members: one that waits may as well help. */
  get roomy(): boolean {
    return !this.#engine.transport.shares;
  }

  /**
   * `out[i] = a[i] op b[i]` over what two members lend under index 0, from byte `from` on; `b` null: over what is there
   * already.
   */
  combine(
    loop: AddonLoop,
    a: number,
    b: number | null,
    from: number,
    view: View,
    offset: number,
    bytes: number,
  ): void {
    const right = b === null ? null : this.#loan(b);
    if (!this.#lending.combine(loop, this.#loan(a), right, from, view, offset, bytes))
      throw this.#takenBack(b ?? a);
  }

  #loan(member: number): Loan {
    return { rank: this.#ranks[member], slot: this.#arena.posted(member, 0) };
  }

  /** `end`, and waits until all others have left: what was lent is this member's again. */
  depart(): void {
    this.#arena.leave();
    this.#departing = true;
    for (let step = 1; step < this.size; step++) {
      const member = (this.rank + step) % this.size;
      if (this.#arena.hasLeft(member, this.#looks)) continue;
      this.#member = member;
      this.#wait(this.#hasLeft, this.#giveUpLeft);
    }
    this.#departing = false;
    this.#lending.end();
    this.underWay = false;
    this.#engine.shortPath.passBy(null);
  }

  /** This member reads nothing more. */
  end(): void {
    this.underWay = false;
    this.#arena.leave();
    this.#engine.shortPath.passBy(null);
  }

  #wait(ready: () => boolean, giveUp: () => void): void {
    const doing = `${this.call} on ${this.#scope.label}`;
    try {
      if (this.#engine.waitUntil(doing, ready, this.deadline, giveUp, this.#needs)) return;
    } catch (error) {
      this.#lending.takeBack();
      throw error;
    }
    this.#lending.takeBack();
    throw new Exception(
      ERR_TIMEOUT,
      `${this.#where}: not complete in time; collectives on this communicator cannot be used any more`,
    );
  }

  #receiveFrom(member: number): RecvOp {
    const op = new RecvOp();
    op.call = this.call;
    op.scope = this.#scope;
    op.collective = true;
    op.source = this.#ranks[member];
    return op;
  }

  /** Throws if a member can no longer come. */
  #giveUp(member: number): void {
    this.#giveUpUnless(member, () => this.#arena.shown(member, 1));
  }

  /** What a rank did before it ended is seen once its end is. */
  #giveUpUnless(member: number, done: () => boolean): void {
    if (!this.#engine.transport.ended(this.#ranks[member]) || done()) return;
    throw new Exception(ERR_PROC_FAILED, `${this.#where} can never complete: rank ${member} has ended`);
  }

  /** A member has given the call up: because of an error of its own, or it has ended. */
  #takenBack(member: number): Exception {
    this.#lending.takeBack();
    const ended = this.#engine.transport.ended(this.#ranks[member]);
    return new Exception(
      ended ? ERR_PROC_FAILED : ERR_OTHER,
      `${this.#where} can never complete: rank ${member} has ${ended ? 'ended' : 'given the call up'}`,
    );
  }

  #mismatch(member: number): Exception {
    this.#lending.takeBack();
    const first = this.#arena.signature(member, 0);
    const second = this.#arena.signature(member, 1);
    const tell = (words: number, bytes: number) =>
      `${nameOf(words & 0xff)} of ${bytes >>> 0} bytes (root ${words >>> 8})`;
    return new Exception(
      ERR_COUNT,
      `${this.#where}: rank ${member} came to ${tell(first, second)}, this one to ${tell(this.#first, this.#second)}: ` +
        'all ranks must pass matching arguments',
    );
  }

  get #where(): string {
    return place(this.call, this.#scope);
  }
}
