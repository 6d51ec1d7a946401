/** Allgather by lending: each member lends its block, and copies all others. 2·o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Allgather');

/** As `allgatherShared`. */
export function allgatherLent(meeting: Meeting, send: Piece | null, recv: Piece, bytes: number): void {
  const { rank, size } = meeting;
  const own = recv.offset + rank * bytes;
  meeting.begin(purpose, 0, bytes);
  meeting.clear();
  if (send === null) meeting.lend(0, recv.view, own, bytes);
  else meeting.lend(0, send.view, send.offset, bytes);
  meeting.show();
  if (send !== null) meeting.copy(recv.view, own, send.view, send.offset, bytes);
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    meeting.await(member);
    meeting.borrow(member, 0, 0, recv.view, recv.offset + member * bytes, bytes);
  }
  meeting.depart();
}
