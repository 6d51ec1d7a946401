/**
 * What a rank says of itself while it is blocked and nothing comes: for what, and how much has gone to and come from its
 * peers. `launcher/deadlock/judge.ts` tells what follows when all ranks do.
 */
import {
  REPORT_LEFT,
  REPORT_PEERS,
  REPORT_SEEN,
  REPORT_STAMP,
  REPORT_TEXT,
  REPORT_TEXT_BYTES,
  REPORT_TRAFFIC,
  TRAFFIC_BYTES,
} from './layout.js';
import type { Segment } from './segment.js';

/** What has passed between a rank and a peer of other memory, in lines of their rings, modulo 2^32. */
export interface Traffic {
  readonly peer: number;
  readonly sent: number;
  readonly taken: number;
  /** Nothing more will come from the peer. */
  readonly over: boolean;
}

/** Bytes of the text, at most. */
export const reportTextMax = REPORT_TRAFFIC - REPORT_TEXT;

export class Report {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #at: number;
  #seen = 0;
  #traffic: readonly Traffic[] = [];

  constructor(segment: Segment, rank: number) {
    this.#words = segment.words;
    this.#bytes = segment.bytes;
    this.#at = segment.reportPlace(rank);
  }

  /** True while the report holds. */
  get holds(): boolean {
    return (this.#words[this.#word(REPORT_STAMP)] & 1) === 1;
  }

  /** Begins the report, or brings it up to date. `seen`: the doorbell before a look that found nothing. */
  publish(text: Uint8Array, seen: number, traffic: readonly Traffic[]): void {
    if (this.holds && seen === this.#seen && !this.#passed(traffic)) return;
    this.withdraw();
    this.#seen = seen;
    this.#traffic = traffic;
    this.#bytes.set(text.subarray(0, reportTextMax), this.#at + REPORT_TEXT);
    this.#put(REPORT_TEXT_BYTES, Math.min(text.length, reportTextMax));
    this.#put(REPORT_PEERS, traffic.length);
    for (const [index, { peer, sent, taken, over }] of traffic.entries())
      this.#words.set([peer, sent, taken, over ? 1 : 0], this.#word(REPORT_TRAFFIC + index * TRAFFIC_BYTES));
    this.#put(REPORT_SEEN, seen);
    // The last: whoever sees it odd sees all the rest.
    this.#step();
  }

  /** The rank goes on. */
  withdraw(): void {
    if (this.holds) this.#step();
  }

  /** The rank has finalized, and everybody who shares its memory was told. */
  leave(): void {
    this.#put(REPORT_STAMP, REPORT_LEFT);
  }

  #step(): void {
    Atomics.add(this.#words, this.#word(REPORT_STAMP), 1);
  }

  #passed(traffic: readonly Traffic[]): boolean {
    return traffic.some(({ sent, taken, over }, index) => {
      const known = this.#traffic[index];
      return sent !== known.sent || taken !== known.taken || over !== known.over;
    });
  }

  #put(offset: number, value: number): void {
    Atomics.store(this.#words, this.#word(offset), value);
  }

  #word(offset: number): number {
    // A segment may be larger than 2 GiB.
    return (this.#at + offset) / 4;
  }
}
