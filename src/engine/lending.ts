/**
 * Buffers that ranks of one memory lend each other for the time of a meeting: exposed in slots like those of long messages,
 * and read or written by the others where they lie, with no offer and no claim. Memory that the addon cannot hold is lent as a
 * copy, which serves reading only.
 */
import { ERR_INTERN, Exception } from '../base/errors.js';
import type { AddonLoop } from '../native.js';
import type { View } from '../transport/ring/aliases.js';
import type { RingTransport } from '../transport/ring/transport.js';

/** Bytes that a rank lends. */
export interface Loan {
  readonly rank: number;
  readonly slot: number;
}

export class Lending {
  readonly #transport: RingTransport;
  readonly #slots: number[] = [];

  constructor(transport: RingTransport) {
    this.#transport = transport;
  }

  /** Lends bytes, and returns the slot that names them to others. */
  lend(view: View, offset: number, bytes: number): number {
    if (bytes === 0) return 0;
    const { slots } = this.#transport;
    let slot = slots.takeKept(view, offset, bytes, true);
    if (slot < 0) {
      slot = slots.take(true);
      const exposed =
        slot >= 0 &&
        (slots.expose(slot, view, offset, bytes) ||
          slots.expose(slot, copyOf(view, offset, bytes), 0, bytes));
      if (!exposed) throw new Exception(ERR_INTERN, 'no slot is left to lend a buffer in');
    }
    this.#slots.push(slot);
    return slot;
  }

  /** Copies of a loan, from byte `from` on. False if it was taken back. */
  borrow(rank: number, slot: number, from: number, view: View, offset: number, bytes: number): boolean {
    const native = this.#transport.native!;
    return this.#into(view, offset, bytes, (hold, at) =>
      native.readExposed(rank, slot, from, hold, at, bytes),
    );
  }

  /** Copies bytes of this rank's to a loan, from byte `from` of it on. False if it was taken back. */
  fill({ rank, slot }: Loan, from: number, view: View, offset: number, bytes: number): boolean {
    if (bytes === 0) return true;
    const { native, slots } = this.#transport;
    const hold = slots.hold(view);
    if (hold !== 0) return native!.writeExposed(rank, slot, from, hold, view.byteOffset + offset, bytes);
    return native!.writeExposed(rank, slot, from, slots.hold(copyOf(view, offset, bytes)), 0, bytes);
  }

  /** `out[i] = a[i] op b[i]` from byte `from` of the loans on; `b` null: over what is there. False if one was taken back. */
  combine(
    { op, kind }: AddonLoop,
    a: Loan,
    b: Loan | null,
    from: number,
    view: View,
    offset: number,
    bytes: number,
  ): boolean {
    const native = this.#transport.native!;
    return this.#into(view, offset, bytes, (hold, at) =>
      b === null
        ? native.reduceExposed(op, kind, a.rank, a.slot, from, hold, at, bytes)
        : native.combineExposed(op, kind, a.rank, a.slot, b.rank, b.slot, from, hold, at, bytes),
    );
  }

  /** All have read what was lent: the slots may serve again. */
  end(): void {
    for (const slot of this.#slots) this.#transport.slots.release(slot);
    this.#slots.length = 0;
  }

  /** Nobody can read or write any more what was lent. Late readers know the slots: they never serve again. */
  takeBack(): void {
    for (const slot of this.#slots) this.#transport.slots.retire(slot);
    this.#slots.length = 0;
  }

  /** Runs an addon's call on bytes of a buffer; on those of a copy where the addon cannot hold them. */
  #into(view: View, offset: number, bytes: number, run: (hold: number, at: number) => boolean): boolean {
    if (bytes === 0) return true;
    const { slots } = this.#transport;
    const hold = slots.hold(view);
    if (hold !== 0) return run(hold, view.byteOffset + offset);
    const copy = copyOf(view, offset, bytes);
    const done = run(slots.hold(copy), 0);
    if (done) new Uint8Array(view.buffer, view.byteOffset + offset, bytes).set(copy);
    return done;
  }
}

/** In memory that can always be held. */
export function copyOf(view: View, offset: number, bytes: number): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes));
  copy.set(new Uint8Array(view.buffer, view.byteOffset + offset, bytes));
  return copy;
}
