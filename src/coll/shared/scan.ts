/** Scan and Exscan over shared memory: each member combines the operands of those before it (and its own). o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { fold } from './fold.js';

const inclusive = purposeOf('Scan');
const exclusive = purposeOf('Exscan');

/** `own`: with this member's operand. `recv` may be the memory of `send`; without anything to combine it stays as it is. */
export function scanShared(meeting: Meeting, send: Piece, recv: Piece, reducer: Reducer, own: boolean): void {
  const { rank } = meeting;
  const bytes = send.length;
  meeting.begin(own ? inclusive : exclusive, 0, bytes);
  meeting.clear();
  meeting.write(0, send.view, send.offset, bytes);
  meeting.show();
  const members = own ? rank + 1 : rank;
  if (members > 1) fold(meeting, reducer, recv.view, recv.offset, 0, bytes, members);
  else if (members === 1) meeting.take(0, 0, recv.view, recv.offset, bytes);
  meeting.end();
}
