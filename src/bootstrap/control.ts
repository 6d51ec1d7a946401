/** The launcher's hand on a running job: mark the dead, learn who finalized and who waits for what. */
import {
  HEADER_ABORT,
  HEADER_ABORT_CODE,
  HEADER_CHANGES,
  type Layout,
  layoutFor,
  RANK_BYTES,
  RANK_DOING,
  RANK_DOING_TEXT,
  RANK_DOORBELL,
  RANK_PARKED,
  RANK_PORT,
  RANK_STATE,
  RankState,
  REPORT_BYTES,
} from '../transport/ring/layout.js';
import type { Sharing } from '../transport/ring/sharing.js';
import { type Look, readReport } from './stall.js';

/** A segment and how those who live in it share it. */
export interface Home {
  readonly memory: ArrayBufferLike;
  readonly sharing: Sharing;
}

/** A rank that is blocked, and in what: `Recv on MPI_COMM_WORLD (source 1, tag 5)`. */
export interface RankWait {
  readonly rank: number;
  readonly call: string;
}

export class JobControl {
  readonly size: number;
  /** By rank; undefined for those of other machines. */
  readonly #homes: readonly (Home | undefined)[];
  /** Each home once. */
  readonly #distinct: readonly Home[];
  readonly #words = new Map<Home, Int32Array>();
  readonly #layout: Layout;

  /** `homes`: where each rank lives; ranks that share memory have the same one, those of other machines none. */
  constructor(homes: readonly (Home | undefined)[]) {
    this.size = homes.length;
    this.#homes = homes;
    this.#distinct = [...new Set(homes.filter((home) => home !== undefined))];
    for (const home of this.#distinct) this.#words.set(home, new Int32Array(home.memory));
    this.#layout = layoutFor(this.size);
  }

  /** True if a rank of this machine has finalized. */
  hasFinalized(rank: number): boolean {
    return Atomics.load(this.#wordsOf(rank), this.#word(rank, RANK_STATE)) === RankState.FINALIZED;
  }

  /** Says that a rank has ended, and wakes everyone who may be waiting for it. */
  markEnded(rank: number, finalized = this.hasFinalized(rank)): void {
    const state = finalized ? RankState.FINALIZED : RankState.GONE;
    for (const home of this.#distinct) {
      if (home === this.#homes[rank] && finalized) continue;
      Atomics.store(this.#words.get(home)!, this.#word(rank, RANK_STATE), state);
      Atomics.add(this.#words.get(home)!, HEADER_CHANGES >> 2, 1);
      this.#wakeAll(home);
    }
  }

  /** Says where a rank accepts connections. */
  setPort(rank: number, port: number): void {
    for (const home of this.#distinct) {
      Atomics.store(this.#words.get(home)!, this.#word(rank, RANK_PORT), port);
      this.#wakeAll(home);
    }
  }

  /** What those of these ranks wait for that have been blocked for a while. */
  findWaits(ranks: Iterable<number>): RankWait[] {
    return [...ranks].flatMap((rank) => {
      const call = this.#waitOf(rank);
      return call === undefined ? [] : [{ rank, call }];
    });
  }

  /** A look at each of these ranks; undefined if one of them can go on by itself. */
  look(ranks: Iterable<number>): Look[] | undefined {
    const looks: Look[] = [];
    for (const rank of ranks) {
      const at = this.#layout.reports + rank * REPORT_BYTES;
      const look = readReport(this.#wordsOf(rank), rank, at, this.#word(rank, RANK_DOORBELL));
      if (look === undefined) return undefined;
      looks.push(look);
    }
    return looks;
  }

  #waitOf(rank: number): string | undefined {
    const words = this.#wordsOf(rank);
    const word = this.#word(rank, RANK_DOING);
    const before = Atomics.load(words, word);
    if (before === 0) return undefined;
    const bytes = new Uint8Array(words.buffer, this.#word(rank, RANK_DOING_TEXT) * 4, before).slice();
    // Changed while it was read: the rank is at work.
    return Atomics.load(words, word) === before ? Buffer.from(bytes).toString() : undefined;
  }

  /** The code of `MPI.Abort(code)` if a rank called it. */
  get abortCode(): number | undefined {
    for (const words of this.#words.values())
      if (Atomics.load(words, HEADER_ABORT >> 2) !== 0) return Atomics.load(words, HEADER_ABORT_CODE >> 2);
    return undefined;
  }

  #wordsOf(rank: number): Int32Array {
    return this.#words.get(this.#homes[rank]!)!;
  }

  #word(rank: number, offset: number): number {
    return (this.#layout.rankBlocks + rank * RANK_BYTES + offset) >> 2;
  }

  #wakeAll(home: Home): void {
    const words = this.#words.get(home)!;
    for (let rank = 0; rank < this.size; rank++) {
      if (this.#homes[rank] !== home) continue;
      const doorbell = this.#word(rank, RANK_DOORBELL);
      Atomics.add(words, doorbell, 1);
      home.sharing.wake(rank, doorbell, Atomics.load(words, this.#word(rank, RANK_PARKED)));
    }
  }
}
