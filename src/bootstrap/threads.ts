/** The bootstrap of ranks that are threads: a SharedArrayBuffer, handed to each rank that lives in it at its start. */
import { labelSegment, segmentBytes } from './segment.js';

/** Reserves and labels a segment of a job of `size` ranks that share `cores` cores. */
export function createSegment(size: number, cores: number): SharedArrayBuffer {
  const segment = new SharedArrayBuffer(segmentBytes(size));
  labelSegment(segment, size, cores);
  return segment;
}
