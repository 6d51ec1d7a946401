/** Scan and Exscan by lending: each member combines the operands of those before it where they lie. 2·o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { doneWith, foldLent, operands } from './lending.js';

const inclusive = purposeOf('Scan');
const exclusive = purposeOf('Exscan');

/** As `scanShared`. */
export function scanLent(meeting: Meeting, send: Piece, recv: Piece, reducer: Reducer, own: boolean): void {
  const { rank } = meeting;
  const lent = operands(send, recv);
  meeting.begin(own ? inclusive : exclusive, 0, send.length);
  meeting.clear();
  meeting.lend(0, lent.view, lent.offset, send.length);
  meeting.show();
  const members = own ? rank + 1 : rank;
  for (let member = 0; member < members; member++) meeting.await(member);
  if (members > 1) foldLent(meeting, reducer, recv, 0, members);
  else if (members === 1) meeting.borrow(0, 0, 0, recv.view, recv.offset, send.length);
  meeting.depart();
  doneWith(lent, send);
}
