/**
 * Allreduce by lending. Two members combine all operands where they lie: 2·(o + L) + m·γ. More combine a P-th each, and
 * copy what the others have combined: 3·(o + L) + 2·m·γ.
 */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { doneWith, foldLent, operands, partOf } from './lending.js';
import { boundaries } from './parts.js';

const purpose = purposeOf('Allreduce');

/** As `allreduceShared`. */
export function allreduceLent(meeting: Meeting, send: Piece, recv: Piece, reducer: Reducer): void {
  const lent = operands(send, recv);
  const bytes = send.length;
  meeting.begin(purpose, 0, bytes);
  meeting.clear();
  meeting.lend(0, lent.view, lent.offset, bytes);
  meeting.show();
  meeting.awaitAll();
  if (meeting.size > 2) inParts(meeting, recv, reducer);
  else foldLent(meeting, reducer, recv, 0);
  meeting.depart();
  doneWith(lent, send);
}

function inParts(meeting: Meeting, recv: Piece, reducer: Reducer): void {
  const { rank, size } = meeting;
  const bytes = recv.length;
  const starts = boundaries(bytes, size, reducer.grain);
  const own = starts[rank + 1] - starts[rank];
  foldLent(meeting, reducer, partOf(recv, starts[rank], own), starts[rank]);
  meeting.next(purpose, 1, bytes);
  meeting.clear();
  meeting.lend(1, recv.view, recv.offset + starts[rank], own);
  meeting.show();
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    const at = starts[member];
    meeting.await(member);
    meeting.borrow(member, 1, 0, recv.view, recv.offset + at, starts[member + 1] - at);
  }
}
