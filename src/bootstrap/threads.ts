/** The in-memory bootstrap: one segment handed to every thread of the job, and the launcher's words in it. */
import { ranksMax } from '../base/limits.js';
import {
  HEADER_ABORT,
  HEADER_ABORT_CODE,
  HEADER_AWAKE,
  HEADER_CHANGES,
  HEADER_CORES,
  HEADER_MAGIC,
  HEADER_RING_BYTES,
  HEADER_SIZE,
  HEADER_SLOTS,
  layoutFor,
  RANK_BYTES,
  RANK_DOORBELL,
  RANK_STATE,
  RankState,
  SEGMENT_MAGIC,
} from '../transport/ring/layout.js';

export { ranksMax };

/** Reserves and labels the segment of a job of `size` ranks that share `cores` cores. */
export function createSegment(size: number, cores: number): SharedArrayBuffer {
  const layout = layoutFor(size);
  const segment = new SharedArrayBuffer(layout.totalBytes);
  const words = new Int32Array(segment, 0, 1024);
  words[HEADER_SIZE >> 2] = size;
  words[HEADER_RING_BYTES >> 2] = layout.ringBytes;
  words[HEADER_SLOTS >> 2] = layout.slotsPerRank;
  words[HEADER_CORES >> 2] = cores;
  words[HEADER_AWAKE >> 2] = size;
  Atomics.store(words, HEADER_MAGIC >> 2, SEGMENT_MAGIC);
  return segment;
}

/** The launcher's hand on a running job: mark the dead, end the living, learn who finalized. */
export class JobControl {
  readonly size: number;
  readonly #words: Int32Array;
  readonly #rankBlocks: number;

  constructor(segment: SharedArrayBuffer) {
    this.#words = new Int32Array(segment);
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

  /** Says that a rank's thread has ended, and wakes everyone who may be waiting for it. */
  markEnded(rank: number): void {
    if (this.state(rank) === RankState.FINALIZED) return;
    Atomics.store(this.#words, this.#word(rank, RANK_STATE), RankState.GONE);
    Atomics.add(this.#words, HEADER_CHANGES >> 2, 1);
    this.wakeAll();
  }

  /** Ends the job: every blocked rank leaves its wait with an error. */
  abort(code: number): void {
    Atomics.store(this.#words, HEADER_ABORT_CODE >> 2, code);
    Atomics.store(this.#words, HEADER_ABORT >> 2, 1);
    this.wakeAll();
  }

  /** The code of `MPI.Abort(code)` if a rank (or the launcher) called it. */
  get abortCode(): number | undefined {
    if (Atomics.load(this.#words, HEADER_ABORT >> 2) === 0) return undefined;
    return Atomics.load(this.#words, HEADER_ABORT_CODE >> 2);
  }

  wakeAll(): void {
    for (let rank = 0; rank < this.size; rank++) {
      const doorbell = this.#word(rank, RANK_DOORBELL);
      Atomics.add(this.#words, doorbell, 1);
      Atomics.notify(this.#words, doorbell);
    }
  }
}
