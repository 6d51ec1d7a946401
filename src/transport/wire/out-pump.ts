/**
 * From the ring to a peer into the socket: records leave as they stand, line by line. The pump is the ring's reader; a
 * record's room is the writer's again once the kernel has all of it.
 *
 *     ring     | sent | being sent | published | free ...
 *                     ^ #line, #sentBytes of it
 */
import { wireEagerBytesMax } from '../../base/limits.js';
import { LINE_BYTES } from '../ring/layout.js';
import { KIND_MASK, Kind, LINES_SHIFT } from '../ring/records.js';
import type { Bulk } from '../ring/remote.js';
import type { Segment } from '../ring/segment.js';
import type { Loans } from './loans.js';
import type { Sockets } from './sockets.js';

/** The kernel takes less at once. */
const callBytesMax = 2 ** 30;

/** True for records that payload follows outside of the ring. */
function carries(kind: number): boolean {
  return kind === Kind.BULK || kind === Kind.EAGER_LONG;
}

export class OutPump {
  readonly #sockets: Sockets;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #data: number;
  readonly #headWord: number;
  readonly #lines: number;
  readonly #bulks: Bulk[] = [];
  /** Where long payload is lent to the kernel. */
  loans: Loans | null = null;
  /** Where the next record to leave begins. */
  #line = 0;
  /** Bytes of it, and of the records and the payload behind it, that have left. */
  #sentBytes = 0;
  /** Lines that have left since the start, modulo 2^32. */
  #gone = 0;

  constructor(sockets: Sockets, segment: Segment, from: number, to: number) {
    const place = segment.ringPlace(from, to);
    this.#sockets = sockets;
    this.#words = segment.words;
    this.#bytes = segment.bytes;
    this.#data = place.data;
    this.#headWord = place.headWord;
    this.#lines = place.lines;
  }

  /** Payload for the next BULK or EAGER_LONG record that has none. */
  add(bulk: Bulk): void {
    this.#bulks.push(bulk);
  }

  /** The payload added last, unless it has left. */
  takeLast(): Bulk | undefined {
    return this.#bulks.pop();
  }

  /** True when nothing waits to leave. */
  get empty(): boolean {
    return this.#commitAt(this.#line) === Kind.NONE;
  }

  /** Sends what the kernel takes. False if the connection is broken. */
  push(socket: number): boolean {
    for (;;) {
      const end = this.#runEnd();
      if (end === this.#line) return true;
      const bulk = carries(this.#kindAt(this.#line)) ? this.#bulks[0] : undefined;
      const sent = this.#send(socket, (end - this.#line) * LINE_BYTES, bulk);
      if (sent <= 0) return sent === 0;
      this.#sentBytes += sent;
      this.#leave(end, bulk);
    }
  }

  /** Where the records end that can leave in one call: one with payload behind it goes alone, and of a PAD only its first line. */
  #runEnd(): number {
    let line = this.#line;
    while (line < this.#lines) {
      const commit = this.#commitAt(line);
      const kind = commit & KIND_MASK;
      if (kind === Kind.NONE || (carries(kind) && line > this.#line)) break;
      if (kind === Kind.PAD || carries(kind)) return line + 1;
      line += commit >>> LINES_SHIFT;
    }
    return line;
  }

  #send(socket: number, headers: number, bulk: Bulk | undefined): number {
    const from = this.#data + this.#line * LINE_BYTES + this.#sentBytes;
    if (bulk === undefined)
      return this.#sockets.socketSend(socket, this.#bytes, from, headers - this.#sentBytes, 0, 0, 0);
    const left = Math.max(0, headers - this.#sentBytes);
    const done = Math.max(0, this.#sentBytes - headers);
    const part = Math.min(callBytesMax, bulk.bytes - done);
    // What leaves unasked is never longer: it is not lent, for what the kernel does not take of it at once is copied.
    if (this.loans !== null && bulk.bytes > wireEagerBytesMax) {
      // The header's place in the ring has another record soon.
      if (left > 0) return this.#sockets.socketSend(socket, this.#bytes, from, left, 0, 0, 0);
      const lent = this.loans.lend(bulk, done);
      // Below 0: there may be no memory to keep count of it, or the connection is broken, as a plain send will tell.
      if (lent >= 0) return lent;
    }
    const at = left > 0 ? from : this.#data;
    return this.#sockets.socketSend(socket, this.#bytes, at, left, bulk.hold, bulk.byteOffset + done, part);
  }

  /** Gives back the room of the records before `end` that have left whole. */
  #leave(end: number, bulk: Bulk | undefined): void {
    while (this.#line < end) {
      const commit = this.#commitAt(this.#line);
      const isPad = (commit & KIND_MASK) === Kind.PAD;
      const lines = commit >>> LINES_SHIFT;
      const bytes = (isPad ? 1 : lines) * LINE_BYTES + (bulk?.bytes ?? 0);
      if (this.#sentBytes < bytes) break;
      this.#sentBytes -= bytes;
      this.#gone = (this.#gone + lines) | 0;
      this.#line = this.#line + lines === this.#lines ? 0 : this.#line + lines;
      if (bulk !== undefined) {
        this.#bulks.shift();
        if (this.loans === null) bulk.sent();
        else this.loans.finish(bulk);
      }
      if (isPad || this.#line === 0) break;
    }
    Atomics.store(this.#words, this.#headWord, this.#gone);
  }

  #commitAt(line: number): number {
    return this.#words[(this.#data + line * LINE_BYTES) >>> 2];
  }

  #kindAt(line: number): number {
    return this.#commitAt(line) & KIND_MASK;
  }
}
