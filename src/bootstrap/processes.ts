/**
 * The bootstrap of ranks that are processes: the launcher's memory and an event for each rank, all without a name,
 * which every rank inherits as file descriptors.
 *
 *     0 1 2  standard      3  the launcher's orders      4  memory      5, 6, ...  events of ranks 0, 1, ...
 */
import { closeSync } from 'node:fs';
import type { Native } from '../native.js';
import { ProcessSharing } from '../transport/ring/sharing.js';
import { labelSegment, segmentBytes } from './segment.js';

export const ORDERS_FD = 3;
const MEMORY_FD = 4;
const FIRST_EVENT_FD = 5;

/** A segment as one process has it: its memory, and how it is shared with the others. */
export interface ProcessSegment {
  readonly memory: ArrayBuffer;
  readonly sharing: ProcessSharing;
}

/** What the launcher makes. */
export interface CreatedSegment extends ProcessSegment {
  /** To be the ranks' descriptors from `MEMORY_FD` on. */
  readonly fds: readonly number[];
  /** Closes them: ranks that run keep theirs. */
  close(): void;
}

/** Makes and labels the segment of a job of `size` ranks that share `cores` cores. */
export function createProcessSegment(native: Native, size: number, cores: number): CreatedSegment {
  const memoryFd = native.createMemory(segmentBytes(size));
  const memory = native.mapMemory(memoryFd);
  labelSegment(memory, size, cores);
  const events = Array.from({ length: size }, () => native.createEvent());
  const fds = [memoryFd, ...events];
  return {
    memory,
    sharing: new ProcessSharing(native, memory, -1, events),
    fds,
    close: () => fds.forEach(closeSync),
  };
}

/** In the process of a rank: joins the job of the launcher whose process is `parent`. */
export function joinProcessSegment(
  native: Native,
  rank: number,
  size: number,
  parent: number,
): ProcessSegment {
  native.joinProcesses(parent, size + FIRST_EVENT_FD - ORDERS_FD);
  const memory = native.mapMemory(MEMORY_FD);
  closeSync(MEMORY_FD);
  const events = Array.from({ length: size }, (_, peer) => FIRST_EVENT_FD + peer);
  return { memory, sharing: new ProcessSharing(native, memory, rank, events) };
}
