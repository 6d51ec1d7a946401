/** Reduce by lending: the root combines all operands where they lie, in one pass. 2·o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { doneWith, foldLent, operands } from './lending.js';

const purpose = purposeOf('Reduce');

/** As `reduceShared`. */
export function reduceLent(
  meeting: Meeting,
  send: Piece,
  recv: Piece | null,
  reducer: Reducer,
  root: number,
): void {
  const lent = operands(send, recv);
  const bytes = send.length;
  meeting.begin(purpose, root, bytes);
  meeting.clear();
  meeting.lend(0, lent.view, lent.offset, bytes);
  meeting.show();
  if (meeting.rank === root) {
    meeting.awaitAll();
    foldLent(meeting, reducer, recv as Piece, 0);
  }
  meeting.depart();
  doneWith(lent, send);
}
