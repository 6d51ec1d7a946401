/**
 * Reduce_scatter over shared memory: each member writes all its operands, and combines its block of all: o + L + P·m·γ.
 * Longer ones are lent, and combined where they lie: 2·o + L + m·γ.
 */
import { type Meeting, type Piece, purposeOf } from '../../engine/meeting.js';
import type { Reducer } from '../reducer.js';
import { fold } from './fold.js';
import { doneWith, foldLent, operands } from './lending.js';

const purpose = purposeOf('Reduce_scatter');

/** `recv` is this member's block, of as many bytes, which begins at byte `at` of `send`; in place, the beginning of `send`. */
export function reduceScatterShared(
  meeting: Meeting,
  send: Piece,
  recv: Piece,
  at: number,
  reducer: Reducer,
): void {
  meeting.begin(purpose, 0, send.length);
  meeting.clear();
  meeting.write(0, send.view, send.offset, send.length);
  meeting.show();
  fold(meeting, reducer, recv.view, recv.offset, at, recv.length);
  meeting.end();
}

export function reduceScatterLent(
  meeting: Meeting,
  send: Piece,
  recv: Piece,
  at: number,
  reducer: Reducer,
): void {
  const lent = operands(send, recv);
  meeting.begin(purpose, 0, send.length);
  meeting.clear();
  meeting.lend(0, lent.view, lent.offset, send.length);
  meeting.show();
  meeting.awaitAll();
  foldLent(meeting, reducer, recv, at);
  meeting.depart();
  doneWith(lent, send);
}
