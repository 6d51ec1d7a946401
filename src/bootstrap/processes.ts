/**
 * The bootstrap of ranks that are processes: memory that the launcher makes, and an event for each rank, all without a
 * name, which the ranks that live in it inherit as file descriptors.
 *
 *     0 1 2  standard    3  the launcher's orders    4  memory    5  memory of the output    6, 7, ...  events, by rank
 */
import { closeSync } from 'node:fs';
import type { Native } from '../native.js';
import { ProcessSharing, type Sharing } from '../transport/ring/sharing.js';
import { SocketSharing } from '../transport/wire/sharing.js';
import type { Home } from './control.js';
import { type Household, labelSegment, segmentBytes } from './segment.js';

export const ORDERS_FD = 3;
const MEMORY_FD = 4;
const OUTPUT_FD = 5;
const FIRST_EVENT_FD = 6;

/** What the words of the output take, and more. */
const OUTPUT_BYTES = 4096;

function sharingOf(
  native: Native,
  memory: ArrayBuffer,
  rank: number,
  firstEvent: (index: number) => number,
  { members, sockets }: Household,
): Sharing {
  const events: number[] = [];
  members.forEach((member, index) => {
    events[member] = firstEvent(index);
  });
  const within = new ProcessSharing(native, memory, rank, events);
  // Also the worker that has a rank's WebSockets wakes it by its event.
  return sockets === undefined ? within : new SocketSharing(native, memory, rank, events, within);
}

/** What the launcher makes. */
export interface CreatedHome extends Home {
  readonly memory: ArrayBuffer;
  /** To be the descriptors of its ranks, from `MEMORY_FD` on, with the output's second. */
  readonly fds: readonly number[];
}

/** Makes and labels the segment of some ranks of a job. */
export function createHome(native: Native, household: Household): CreatedHome {
  const memoryFd = native.createMemory(segmentBytes(household.size));
  const memory = native.mapMemory(memoryFd);
  labelSegment(memory, household);
  const events = household.members.map(() => native.createEvent());
  const sharing = sharingOf(native, memory, -1, (index) => events[index], household);
  return { memory, sharing, fds: [memoryFd, ...events] };
}

/** Memory for the words of the output, which all ranks of a launcher share. */
export function createOutput(native: Native): { readonly memory: ArrayBuffer; readonly fd: number } {
  const fd = native.createMemory(OUTPUT_BYTES);
  return { memory: native.mapMemory(fd), fd };
}

/** The descriptors of a rank from `MEMORY_FD` on. */
export function descriptorsOf({ fds }: CreatedHome, outputFd: number): number[] {
  return [fds[0], outputFd, ...fds.slice(1)];
}

/** In the process of a rank: joins its home and the output. The launcher is the process `parent`. */
export function joinHome(
  native: Native,
  rank: number,
  household: Household,
  parent: number,
): Home & { readonly output: ArrayBuffer; readonly memory: ArrayBuffer; readonly event: number } {
  native.joinProcesses(parent, household.members.length + FIRST_EVENT_FD - ORDERS_FD);
  const memory = native.mapMemory(MEMORY_FD);
  const output = native.mapMemory(OUTPUT_FD);
  closeSync(MEMORY_FD);
  closeSync(OUTPUT_FD);
  return {
    memory,
    output,
    event: FIRST_EVENT_FD + household.members.indexOf(rank),
    sharing: sharingOf(native, memory, rank, (index) => FIRST_EVENT_FD + index, household),
  };
}
