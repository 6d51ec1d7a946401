/** A job's segment before its ranks begin: labelled, all else zero. */
import {
  HEADER_AWAKE,
  HEADER_CORES,
  HEADER_MAGIC,
  HEADER_RING_BYTES,
  HEADER_SIZE,
  HEADER_SLOTS,
  layoutFor,
  SEGMENT_MAGIC,
} from '../transport/ring/layout.js';

/** Bytes of the segment of `size` ranks. */
export function segmentBytes(size: number): number {
  return layoutFor(size).totalBytes;
}

/** Labels fresh memory as a segment of a job of `size` ranks that share `cores` cores. */
export function labelSegment(memory: ArrayBufferLike, size: number, cores: number): void {
  const layout = layoutFor(size);
  const words = new Int32Array(memory, 0, 1024);
  words[HEADER_SIZE >> 2] = size;
  words[HEADER_RING_BYTES >> 2] = layout.ringBytes;
  words[HEADER_SLOTS >> 2] = layout.slotsPerRank;
  words[HEADER_CORES >> 2] = cores;
  words[HEADER_AWAKE >> 2] = size;
  Atomics.store(words, HEADER_MAGIC >> 2, SEGMENT_MAGIC);
}
