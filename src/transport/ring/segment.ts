/** One thread's view of a job's segment: the words, the doubles, the bytes and where the sections lie. */
import { assert } from '../../base/assert.js';
import {
  HEADER_CORES,
  HEADER_MAGIC,
  HEADER_RESIDENTS,
  HEADER_SIZE,
  type Layout,
  LINE_BYTES,
  layoutFor,
  RANK_BYTES,
  RANK_STATE,
  RankState,
  REPORT_BYTES,
  RING_CREDIT,
  RING_DATA,
  RING_HEAD,
  RING_MODE,
  SEGMENT_MAGIC,
  SLOT_BYTES,
} from './layout.js';

/** One ring: the byte offset and the lines of its records, and the indices of its words. */
export interface RingPlace {
  readonly data: number;
  readonly lines: number;
  readonly headWord: number;
  readonly creditWord: number;
  readonly modeWord: number;
}

export class Segment {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  readonly layout: Layout;
  /** The memory is shared by processes, not by threads of one. */
  readonly acrossProcesses: boolean;
  /** Cores of this machine, as the launcher counted them, and the ranks that share them. */
  readonly cores: number;
  readonly residents: number;

  constructor(memory: ArrayBufferLike) {
    this.words = new Int32Array(memory);
    this.acrossProcesses = !(memory instanceof SharedArrayBuffer);
    this.bytes = new Uint8Array(memory);
    this.doubles = new Float64Array(memory);
    assert(
      Atomics.load(this.words, HEADER_MAGIC >> 2) === SEGMENT_MAGIC,
      'the segment has this layout version',
    );
    this.layout = layoutFor(this.words[HEADER_SIZE >> 2]);
    this.cores = this.words[HEADER_CORES >> 2];
    this.residents = this.words[HEADER_RESIDENTS >> 2];
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

  /** The `RankState` of a rank. */
  state(rank: number): number {
    return Atomics.load(this.words, this.rankWord(rank, RANK_STATE));
  }

  /** Byte offset of a rank's report. */
  reportPlace(rank: number): number {
    return this.layout.reports + rank * REPORT_BYTES;
  }

  /** Where the parts are of the ring that `from` writes and `to` reads. */
  ringPlace(from: number, to: number): RingPlace {
    const { rings, size, ringBytes } = this.layout;
    const base = rings + (from * size + to) * ringBytes;
    return {
      data: base + RING_DATA,
      lines: (ringBytes - RING_DATA) / LINE_BYTES,
      headWord: (base + RING_HEAD) / 4,
      creditWord: (base + RING_CREDIT) / 4,
      modeWord: (base + RING_MODE) / 4,
    };
  }
}
