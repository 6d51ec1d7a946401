/**
 * Payload that is lent to the kernel, which sends it from where it lies (`MSG_ZEROCOPY`), also again if a packet is lost.
 * It is the sender's again once every call that lent a part of it has been returned. The kernel numbers the calls of a
 * socket from 0, modulo 2^32, and returns them in ranges, mostly in order.
 *
 *     calls   | returned | loan, whole | loan, being sent | next ...
 *                        ^ first       ^ first            ^ #next
 */
import { lentBytesMax } from '../../base/limits.js';
import type { Bulk } from '../ring/remote.js';
import type { Sockets } from './sockets.js';

interface Loan {
  readonly bulk: Bulk;
  /** The number of the first call that lent a part of it, and how many there were. */
  readonly first: number;
  calls: number;
  /** Calls that have not been returned. */
  out: number;
  /** All of it has left. */
  whole: boolean;
}

/** Ranges read in one call. */
const rangesMax = 16;

export class Loans {
  readonly #sockets: Sockets;
  readonly #socket: number;
  readonly #onLoan: () => void;
  readonly #loans: Loan[] = [];
  readonly #ranges = new Uint32Array(2 * rangesMax);
  #next = 0;

  /** `onLoan` is told when there is something to be returned. */
  constructor(sockets: Sockets, socket: number, onLoan: () => void) {
    this.#sockets = sockets;
    this.#socket = socket;
    this.#onLoan = onLoan;
  }

  /** True while something is lent. */
  get open(): boolean {
    return this.#loans.length > 0;
  }

  /** Sends bytes of `bulk` from `done` on: how many, or below 0 where the kernel does not borrow them. */
  lend(bulk: Bulk, done: number): number {
    const bytes = Math.min(lentBytesMax, bulk.bytes - done);
    const sent = this.#sockets.socketLend!(this.#socket, bulk.hold, bulk.byteOffset + done, bytes);
    if (sent <= 0) return sent;
    let loan = this.#loans.at(-1);
    if (loan?.bulk !== bulk) {
      loan = { bulk, first: this.#next, calls: 0, out: 0, whole: false };
      this.#loans.push(loan);
      this.#onLoan();
    }
    loan.calls++;
    loan.out++;
    this.#next = (this.#next + 1) >>> 0;
    return sent;
  }

  /** All of `bulk` has left: it is `sent` when all is returned. */
  finish(bulk: Bulk): void {
    const loan = this.#loans.at(-1);
    // The kernel may have borrowed none of it.
    if (loan?.bulk === bulk) {
      loan.whole = true;
      this.#settle();
    } else bulk.sent();
  }

  /** Takes back what is returned. Returns how many ranges there were. */
  takeBack(): number {
    let count = 0;
    while (this.open) {
      const ranges = this.#sockets.socketReturned!(this.#socket, this.#ranges);
      for (let i = 0; i < ranges; i++) this.#mark(this.#ranges[2 * i], this.#ranges[2 * i + 1]);
      count += ranges;
      if (ranges < rangesMax) break;
    }
    if (count > 0) this.#settle();
    return count;
  }

  /** The connection is over: nobody will read what is lent. What has not left whole is not `sent`. */
  end(): void {
    for (const { bulk, whole } of this.#loans.splice(0)) if (whole) bulk.sent();
  }

  #mark(first: number, last: number): void {
    for (const loan of this.#loans) {
      const from = Math.max(0, (first - loan.first) | 0);
      const to = Math.min(loan.calls - 1, (last - loan.first) | 0);
      if (from <= to) loan.out -= to - from + 1;
    }
  }

  #settle(): void {
    for (let i = 0; i < this.#loans.length; ) {
      const { bulk, whole, out } = this.#loans[i];
      if (!whole || out > 0) {
        i++;
        continue;
      }
      this.#loans.splice(i, 1);
      bulk.sent();
    }
  }
}
