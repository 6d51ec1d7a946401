/**
 * Meetings: collectives of ranks that share memory. Each member writes what it brings into its slot of the
 * communicator's arena, shows it, and reads what the others have shown: no message, no queue.
 *
 *     begin -> write -> show -> await(member) -> read ... -> end
 *
 * A barrier of 2 threads takes 0.22 us so (`mpi4ts bench barrier`).
 */
import { ERR_COUNT, ERR_INTERN, ERR_PROC_FAILED, ERR_TIMEOUT, Exception } from '../base/errors.js';
import type { View } from '../transport/ring/aliases.js';
import { Arena } from '../transport/ring/arena.js';
import type { Engine } from './engine.js';
import { place, RecvOp, type Scope } from './ops.js';

/** Looks for a member before other traffic has its turn: a microsecond or two. */
const LOOKS = 2000;
/** Where ranks share cores, the one that is awaited may have to run first. */
const LOOKS_CROWDED = 8;
/** Looks between two turns of the other traffic. */
const NEAR_LOOKS = 32;

/** What a collective is, for whoever came to another one. */
export interface Purpose {
  readonly name: string;
  readonly code: number;
}

const purposes: Purpose[] = [];

/** A kind of collective; each has one, made when its file is loaded. */
export function purposeOf(name: string): Purpose {
  const purpose = { name, code: purposes.length };
  purposes.push(purpose);
  return purpose;
}

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

/** A reduction as the addon knows it. */
export interface AddonLoop {
  readonly op: number;
  readonly kind: number;
}

export class Meeting {
  readonly rank: number;
  readonly size: number;
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
  /** The slots by which this member lends its buffers. */
  readonly #lent: number[] = [];
  /** Who is being waited for. */
  #member = 0;
  readonly #isFree = () => this.#arena.free;
  readonly #isShown = () => this.#arena.shown(this.#member, NEAR_LOOKS);
  readonly #hasLeft = () => this.#arena.hasLeft(this.#member, NEAR_LOOKS);
  readonly #giveUpLeft = () => {
    if (!this.#arena.hasLeft(this.#member, 1)) this.#ended(this.#member);
  };
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

  /** All members of `scope` make theirs of the same arena. */
  constructor(engine: Engine, scope: Scope, index: number, last: number) {
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

  /** Remembers a buffer that took the general path: the next time it may be short. */
  note({ view, length }: Piece): void {
    this.#engine.shortPath.note(view, length);
  }

  /** The next collective of the communicator; what it is for, its root and its bytes are the same for all members. */
  begin(purpose: Purpose, root: number, bytes: number): void {
    this.underWay = true;
    this.#first = purpose.code | (root << 8);
    this.#second = bytes;
    this.#arena.enter();
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
    if (!arena.shown(member, this.#engine.transport.crowded ? LOOKS_CROWDED : LOOKS)) {
      this.#member = member;
      this.#wait(this.#isShown, this.#giveUpShown);
    }
    if (arena.signature(member, 0) !== this.#first || arena.signature(member, 1) !== this.#second)
      throw this.#mismatch(member);
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

  /** Whether buffers can be lent, instead of bytes written: the same for all members. */
  get lends(): boolean {
    return this.#engine.transport.lends;
  }

  /** Lends bytes of a buffer of this member until `depart`. Others name them by how many were lent before. */
  lend(view: View, offset: number, bytes: number): void {
    const { slots } = this.#engine.transport;
    let slot = slots.takeKept(view, offset, bytes, true);
    if (slot < 0) {
      slot = slots.take(true);
      // Memory that the addon cannot hold is lent as a copy.
      if (!slots.expose(slot, view, offset, bytes)) slots.expose(slot, copyOf(view, offset, bytes), 0, bytes);
    }
    this.#arena.post(this.#lent.length, slot);
    this.#lent.push(slot);
  }

  /** Copies what a member lends under an index, from byte `from` of it on. */
  borrow(member: number, index: number, from: number, view: View, offset: number, bytes: number): void {
    const rank = this.#ranks[member];
    const slot = this.#arena.posted(member, index);
    this.#into(view, offset, bytes, (hold, at) =>
      this.#engine.transport.native!.readExposed(rank, slot, from, hold, at, bytes),
    );
  }

  /**
   * `out[i] = a[i] op b[i]` over what two members lend under index 0, from byte `from` on; `b` null: over what is there
   * already. `out` may be the memory that one of them lends.
   */
  combine(
    { op, kind }: AddonLoop,
    a: number,
    b: number | null,
    from: number,
    view: View,
    offset: number,
    bytes: number,
  ): void {
    const native = this.#engine.transport.native!;
    const rank = this.#ranks[a];
    const slot = this.#arena.posted(a, 0);
    if (b === null)
      this.#into(view, offset, bytes, (hold, at) =>
        native.reduceExposed(op, kind, rank, slot, from, hold, at, bytes),
      );
    else {
      const other = this.#arena.posted(b, 0);
      this.#into(view, offset, bytes, (hold, at) =>
        native.combineExposed(op, kind, rank, slot, this.#ranks[b], other, from, hold, at, bytes),
      );
    }
  }

  /** `end`, and waits until all others have left: what was lent is this member's again. */
  depart(): void {
    const { transport } = this.#engine;
    this.#arena.leave();
    this.#departing = true;
    for (let step = 1; step < this.size; step++) {
      const member = (this.rank + step) % this.size;
      if (this.#arena.hasLeft(member, transport.crowded ? LOOKS_CROWDED : LOOKS)) continue;
      this.#member = member;
      this.#wait(this.#hasLeft, this.#giveUpLeft);
    }
    this.#departing = false;
    for (const slot of this.#lent) transport.slots.release(slot);
    this.#lent.length = 0;
    this.underWay = false;
    this.#engine.shortPath.passBy(null);
  }

  /** This member reads nothing more. */
  end(): void {
    this.underWay = false;
    this.#arena.leave();
    this.#engine.shortPath.passBy(null);
  }

  /** Runs an addon's call on bytes of a buffer; on those of a copy where the addon cannot hold them. */
  #into(view: View, offset: number, bytes: number, run: (hold: number, at: number) => boolean): void {
    const { slots } = this.#engine.transport;
    const hold = slots.hold(view);
    const copy = hold === 0 ? copyOf(view, offset, bytes) : null;
    const done = copy === null ? run(hold, view.byteOffset + offset) : run(slots.hold(copy), 0);
    if (!done) throw new Exception(ERR_INTERN, `${this.#where}: what a member lends is not there`);
    if (copy !== null) new Uint8Array(view.buffer, view.byteOffset + offset, bytes).set(copy);
  }

  #wait(ready: () => boolean, giveUp: () => void): void {
    const doing = `${this.call} on ${this.#scope.label}`;
    if (this.#engine.waitUntil(doing, ready, this.deadline, giveUp, this.#needs)) return;
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
    if (!this.#arena.shown(member, 1)) this.#ended(member);
  }

  #ended(member: number): void {
    if (!this.#engine.transport.ended(this.#ranks[member])) return;
    throw new Exception(ERR_PROC_FAILED, `${this.#where} can never complete: rank ${member} has ended`);
  }

  #mismatch(member: number): Exception {
    const first = this.#arena.signature(member, 0);
    const second = this.#arena.signature(member, 1);
    const tell = (words: number, bytes: number) =>
      `${purposes[words & 0xff]?.name} of ${bytes} bytes (root ${words >>> 8})`;
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

/** In memory that can always be held. */
function copyOf(view: View, offset: number, bytes: number): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes));
  copy.set(new Uint8Array(view.buffer, view.byteOffset + offset, bytes));
  return copy;
}
