/** The bootstrap of ranks that are threads: a SharedArrayBuffer, handed to each rank that lives in it at its start. */
import { labelSegment, segmentBytes } from './segment.js';

/** Reserves and labels a segment of a job of `size` ranks, `residents` of which share `cores` cores. */
export function createSegment(size: number, cores: number, residents = size): SharedArrayBuffer {
  const segment = new SharedArrayBuffer(segmentBytes(size));
  labelSegment(segment, { size, residents, cores });
  return segment;
}
