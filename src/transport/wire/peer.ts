/** What a rank knows of one that it shares no memory with. */
import type { InRing } from '../ring/in-ring.js';
import type { OutRing } from '../ring/out-ring.js';
import { REC_A, REC_B, REC_C, REC_WANTED_HIGH } from '../ring/records.js';
import type { Segment } from '../ring/segment.js';
import type { Connection, Greeting } from './connection.js';
import { InPump } from './in-pump.js';
import { Loans } from './loans.js';
import { OutPump } from './out-pump.js';
import type { Sockets } from './sockets.js';

/** A record of one line, beside the messages: see `records.ts`. */
export interface Control {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** The fifth word, which only CTS has. */
  readonly d?: number;
}

export class Peer {
  readonly rank: number;
  readonly out: OutPump;
  readonly in: InPump;
  readonly ring: InRing;
  connection: Connection | null = null;
  /** A connection that this side has begun. */
  attempt: Greeting | null = null;
  /** When to try again, after an attempt. */
  retryAt = 0;
  /** Since when no attempt has found it listening; undefined after one that has. */
  missedSince: number | undefined;
  /** That it cannot be reached has been told. */
  unreachable = false;
  /** It matches no further message. */
  leaving = false;
  /** Nothing more will come from it. */
  over = false;
  readonly #sockets: Sockets;
  readonly #words: Int32Array;
  readonly #outRing: OutRing;
  /** Controls that found the ring full: one queue for all kinds, whose order is kept (LEAVING must be the last). */
  readonly #controls: Control[] = [];

  constructor(sockets: Sockets, segment: Segment, self: number, out: OutRing, ring: InRing) {
    this.#sockets = sockets;
    this.rank = ring.peer;
    this.out = new OutPump(sockets, segment, self, this.rank);
    this.in = new InPump(sockets, segment, ring, self);
    this.ring = ring;
    this.#words = segment.words;
    this.#outRing = out;
  }

  /** True when all that was committed for it has left. */
  get empty(): boolean {
    return this.out.empty && !this.lends && this.#controls.length === 0;
  }

  /** From now on long payload is lent, if the system does that, and so is what comes: see `Loans`. */
  lend(socket: number, onLoan: () => void): void {
    this.in.fromLenders = true;
    if (this.#sockets.socketLends?.(socket) !== true) return;
    this.out.loans = new Loans(this.#sockets, socket, onLoan);
  }

  /** True while the kernel reads payload from where it lies. */
  get lends(): boolean {
    return this.out.loans?.open === true;
  }

  /** True while something waits for a connection, for room in the ring, or to be returned by the kernel. */
  get waits(): boolean {
    if (this.over) return false;
    return this.#controls.length > 0 || this.lends || (this.connection === null && !this.out.empty);
  }

  control(control: Control): void {
    this.#controls.push(control);
  }

  /** Puts the controls into the ring that find room there. Returns how many. */
  commitControls(): number {
    const words = this.#words;
    let count = 0;
    while (count < this.#controls.length) {
      const at = this.#outRing.reserve(1);
      if (at < 0) break;
      const { kind, a, b, c, d = 0 } = this.#controls[count++];
      words[(at >>> 2) + REC_A] = a;
      words[(at >>> 2) + REC_B] = b;
      words[(at >>> 2) + REC_C] = c;
      words[(at >>> 2) + REC_WANTED_HIGH] = d;
      this.#outRing.commit(kind, 1);
    }
    this.#controls.splice(0, count);
    return count;
  }
}
