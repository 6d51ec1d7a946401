/** One thread's view of a job's segment: the words, the doubles, the bytes and where the sections lie. */
import { assert } from '../../base/assert.js';
import {
  HEADER_CORES,
  HEADER_MAGIC,
  HEADER_SIZE,
  type Layout,
  layoutFor,
  RANK_BYTES,
  RANK_STATE,
  RankState,
  SEGMENT_MAGIC,
  SLOT_BYTES,
} from './layout.js';

export class Segment {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  readonly layout: Layout;
  /** Cores that the ranks of the segment share, as the launcher counted them. */
  readonly cores: number;

  constructor(memory: ArrayBufferLike) {
    this.words = new Int32Array(memory);
    this.bytes = new Uint8Array(memory);
    this.doubles = new Float64Array(memory);
    assert(
      Atomics.load(this.words, HEADER_MAGIC >> 2) === SEGMENT_MAGIC,
      'the segment has this layout version',
    );
    this.layout = layoutFor(this.words[HEADER_SIZE >> 2]);
    this.cores = this.words[HEADER_CORES >> 2];
  }

  /** Claims a rank for one runtime; false if another has it. */
  claim(rank: number): boolean {
    const at = this.rankWord(rank, RANK_STATE);
    return Atomics.compareExchange(this.words, at, RankState.VACANT, RankState.ACTIVE) === RankState.VACANT;
  }

  /** Word index of a field of a rank's block. */
  rankWord(rank: number, field: number): number {
    return (this.layout.rankBlocks + rank * RANK_BYTES + field) >> 2;
  }

  /** Word index of a field of one of a rank's slots. */
  slotWord(rank: number, slot: number, field: number): number {
    return (this.layout.slotTables + (rank * this.layout.slotsPerRank + slot) * SLOT_BYTES + field) / 4;
  }

  /** Byte offset of the ring that `from` writes and `to` reads. */
  ringBase(from: number, to: number): number {
    return this.layout.rings + (from * this.layout.size + to) * this.layout.ringBytes;
  }
}
