/** Reduce_scatter over shared memory: each member writes all its operands, and combines its block of all. o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { fold } from './fold.js';

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
