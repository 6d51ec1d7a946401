/** The launcher's hand on a running job: mark the dead, end the living, learn who finalized. */
import {
  HEADER_ABORT,
  HEADER_ABORT_CODE,
  HEADER_CHANGES,
  HEADER_SIZE,
  layoutFor,
  RANK_BYTES,
  RANK_DOING,
  RANK_DOING_TEXT,
  RANK_DOORBELL,
  RANK_PARKED,
  RANK_STATE,
  RankState,
} from '../transport/ring/layout.js';
import type { Sharing } from '../transport/ring/sharing.js';

export class JobControl {
  readonly size: number;
  readonly #words: Int32Array;
  readonly #rankBlocks: number;
  readonly #sharing: Sharing;

  constructor(memory: ArrayBufferLike, sharing: Sharing) {
    this.#words = new Int32Array(memory);
    this.#sharing = sharing;
    this.size = this.#words[HEADER_SIZE >> 2];
    this.#rankBlocks = layoutFor(this.size).rankBlocks;
  }

  #word(rank: number, offset: number): number {
    return (this.#rankBlocks + rank * RANK_BYTES + offset) >> 2;
  }

  /** The `RankState` of a rank. */
  state(rank: number): number {
    return Atomics.load(this.#words, this.#word(rank, RANK_STATE));
  }

  /** Says that a rank has ended, and wakes everyone who may be waiting for it. */
  markEnded(rank: number): void {
    if (this.state(rank) === RankState.FINALIZED) return;
    Atomics.store(this.#words, this.#word(rank, RANK_STATE), RankState.GONE);
    Atomics.add(this.#words, HEADER_CHANGES >> 2, 1);
    this.#wakeAll();
  }

  /** What a rank waits for since a while, such as `Recv on MPI_COMM_WORLD (source 1, tag 5)`; undefined if nothing. */
  waitsFor(rank: number): string | undefined {
    const word = this.#word(rank, RANK_DOING);
    const before = Atomics.load(this.#words, word);
    if (before === 0) return undefined;
    const bytes = new Uint8Array(this.#words.buffer, this.#word(rank, RANK_DOING_TEXT) * 4, before).slice();
    // Changed while it was read: the rank is at work.
    return Atomics.load(this.#words, word) === before ? Buffer.from(bytes).toString() : undefined;
  }

  /** The code of `MPI.Abort(code)` if a rank called it. */
  get abortCode(): number | undefined {
    if (Atomics.load(this.#words, HEADER_ABORT >> 2) === 0) return undefined;
    return Atomics.load(this.#words, HEADER_ABORT_CODE >> 2);
  }

  #wakeAll(): void {
    for (let rank = 0; rank < this.size; rank++) {
      const doorbell = this.#word(rank, RANK_DOORBELL);
      Atomics.add(this.#words, doorbell, 1);
      this.#sharing.wake(rank, doorbell, Atomics.load(this.#words, this.#word(rank, RANK_PARKED)));
    }
  }
}
