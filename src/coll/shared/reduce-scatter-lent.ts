/** Reduce_scatter by lending: each member combines its block of all operands where they lie, in one pass. 2·o + L + m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { doneWith, foldLent, operands } from './lending.js';

const purpose = purposeOf('Reduce_scatter');

/** As `reduceScatterShared`. */
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
