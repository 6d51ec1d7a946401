/** A segment before its ranks begin: labelled, all else zero. And who they are. */
import {
  HEADER_AWAKE,
  HEADER_CORES,
  HEADER_MAGIC,
  HEADER_RESIDENTS,
  HEADER_RING_BYTES,
  HEADER_SIZE,
  HEADER_SLOTS,
  layoutFor,
  SEGMENT_MAGIC,
} from '../transport/ring/layout.js';
import type { WireOptions } from '../transport/wire/options.js';

/** Who lives in a segment, and how. */
export interface Household {
  /** Ranks, ascending. */
  readonly members: readonly number[];
  /** Ranks of the job. */
  readonly size: number;
  /** Ranks of the job on this machine, which share its cores: the members, and those of other segments. */
  readonly residents: number;
  /** Cores that they share. */
  readonly cores: number;
  /** Whose sockets the members have, if any. */
  readonly sockets?: WireOptions['sockets'];
}

/** Bytes of the segment of `size` ranks. */
export function segmentBytes(size: number): number {
  return layoutFor(size).totalBytes;
}

/** Labels fresh memory as a segment of a job. */
export function labelSegment(
  memory: ArrayBufferLike,
  { size, residents, cores }: Pick<Household, 'size' | 'residents' | 'cores'>,
): void {
  const layout = layoutFor(size);
  const words = new Int32Array(memory, 0, 1024);
  words[HEADER_SIZE >> 2] = size;
  words[HEADER_RING_BYTES >> 2] = layout.ringBytes;
  words[HEADER_SLOTS >> 2] = layout.slotsPerRank;
  words[HEADER_CORES >> 2] = cores;
  words[HEADER_RESIDENTS >> 2] = residents;
  words[HEADER_AWAKE >> 2] = residents;
  Atomics.store(words, HEADER_MAGIC >> 2, SEGMENT_MAGIC);
}
