/** The bootstrap of ranks that are threads: one SharedArrayBuffer, handed to each at its start. */
import { labelSegment, segmentBytes } from './segment.js';

/** Reserves and labels the segment of a job of `size` ranks that share `cores` cores. */
export function createSegment(size: number, cores: number): SharedArrayBuffer {
  const segment = new SharedArrayBuffer(segmentBytes(size));
  labelSegment(segment, size, cores);
  return segment;
}
