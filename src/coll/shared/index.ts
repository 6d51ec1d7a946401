/**
 * Collectives of ranks that share memory, done when they return: for blocking calls. Short ones go through the arena; in long
 * ones the members lend each other their buffers, where they can (`*-lent.ts`). Every member must come to the same choice,
 * so it depends only on the collective and on what is the same on all ranks.
 *
 * In place: `reduce` and `allreduce` take the same memory as `send` and `recv`; `gather` and `scatter` a null at the root;
 * `reduceScatter` the beginning of `send`, `scan` the same memory; `allgather` and `alltoall` a null `send`.
 */
import { meetingBytesMax } from '../../base/limits.js';
import type { Meeting, Piece } from '../../engine/meeting.js';
import type { Reducer } from '../reducer.js';
import { isOpen, type SharedCollective } from '../select.js';
import { allgatherShared } from './allgather.js';
import { allgatherLent } from './allgather-lent.js';
import { allreduceShared } from './allreduce.js';
import { allreduceLent } from './allreduce-lent.js';
import { alltoallShared } from './alltoall.js';
import { alltoallLent } from './alltoall-lent.js';
import { bcastShared } from './bcast.js';
import { bcastHelped } from './bcast-helped.js';
import { bcastLent } from './bcast-lent.js';
import { gatherShared } from './gather.js';
import { gatherLent } from './gather-lent.js';
import { LENDING_BYTES_MIN } from './lending.js';
import { reduceShared } from './reduce.js';
import { reduceLent } from './reduce-lent.js';
import { reduceScatterShared } from './reduce-scatter.js';
import { reduceScatterLent } from './reduce-scatter-lent.js';
import { scanShared } from './scan.js';
import { scanLent } from './scan-lent.js';
import { scatterShared } from './scatter.js';
import { scatterLent } from './scatter-lent.js';

export type { SharedCollective } from '../select.js';
export { barrierShared as barrier } from './barrier.js';
export { bcastAnyShared as bcastAny } from './bcast-any.js';
export { partOf } from './lending.js';

/**
 * From so many bytes on it pays that the root of a Bcast waits for the others, and does its part: where each has a core, and
 * where they share cores (4 ranks on 2: 64 KiB 12 µs without and 17 with it, 1 MiB 95 and 89, 4 MiB 440 and 290).
 */
const HELPED_BYTES_MIN = 16 * 1024;
const HELPED_BYTES_MIN_CROWDED = 1024 * 1024;

/** The longest payload of one member that is served by shared memory; -1 for none. `lends`: as of the meeting. */
export function sharedBytesMax(collective: SharedCollective, lends: boolean): number {
  if (!isOpen(collective)) return -1;
  return lends ? Number.POSITIVE_INFINITY : meetingBytesMax;
}

export function bcast(meeting: Meeting, part: Piece, root: number): void {
  const helpedMin = meeting.roomy ? HELPED_BYTES_MIN : HELPED_BYTES_MIN_CROWDED;
  if (part.length < LENDING_BYTES_MIN || !meeting.lends) bcastShared(meeting, part, root);
  else if (part.length < helpedMin) bcastLent(meeting, part, root);
  else bcastHelped(meeting, part, root);
}

export function gather(
  meeting: Meeting,
  send: Piece | null,
  recv: Piece | null,
  bytes: number,
  root: number,
): void {
  // Others have to wait for the root, and may keep a core that they share with it: of 4 ranks on 2, 8 KiB take 8.3 µs, and
  // 6.5 through the arena.
  const lends = meeting.roomy ? bytes >= LENDING_BYTES_MIN : bytes > meetingBytesMax;
  const run = lends && meeting.lends ? gatherLent : gatherShared;
  run(meeting, send, recv, bytes, root);
}

export function scatter(
  meeting: Meeting,
  send: Piece | null,
  recv: Piece | null,
  bytes: number,
  root: number,
): void {
  const lends = bytes >= LENDING_BYTES_MIN || payloadOf(meeting.size, bytes) > meetingBytesMax;
  const run = lends && meeting.lends ? scatterLent : scatterShared;
  run(meeting, send, recv, bytes, root);
}

export function allgather(meeting: Meeting, send: Piece | null, recv: Piece, bytes: number): void {
  const run = bytes >= LENDING_BYTES_MIN && meeting.lends ? allgatherLent : allgatherShared;
  run(meeting, send, recv, bytes);
}

export function alltoall(meeting: Meeting, send: Piece | null, recv: Piece, bytes: number): void {
  const lends = bytes >= LENDING_BYTES_MIN || payloadOf(meeting.size, bytes) > meetingBytesMax;
  const run = lends && meeting.lends ? alltoallLent : alltoallShared;
  run(meeting, send, recv, bytes);
}

export function reduce(
  meeting: Meeting,
  send: Piece,
  recv: Piece | null,
  reducer: Reducer,
  root: number,
): void {
  const run = send.length >= LENDING_BYTES_MIN && meeting.lends ? reduceLent : reduceShared;
  run(meeting, send, recv, reducer, root);
}

export function allreduce(meeting: Meeting, send: Piece, recv: Piece, reducer: Reducer): void {
  const run = send.length >= LENDING_BYTES_MIN && meeting.lends ? allreduceLent : allreduceShared;
  run(meeting, send, recv, reducer);
}

/** `recv` is this member's block of the result, which begins at byte `at`. */
export function reduceScatter(
  meeting: Meeting,
  send: Piece,
  recv: Piece,
  at: number,
  reducer: Reducer,
): void {
  const run = send.length >= LENDING_BYTES_MIN && meeting.lends ? reduceScatterLent : reduceScatterShared;
  run(meeting, send, recv, at, reducer);
}

/** `own`: Scan; else Exscan. */
export function scan(meeting: Meeting, send: Piece, recv: Piece, reducer: Reducer, own: boolean): void {
  const run = send.length >= LENDING_BYTES_MIN && meeting.lends ? scanLent : scanShared;
  run(meeting, send, recv, reducer, own);
}

/** Bytes of `count` blocks that each begin at a multiple of 8. */
export function payloadOf(count: number, block: number): number {
  return Math.ceil(block / 8) * 8 * count;
}
