/** Alltoall by lending: each member lends all its blocks, and copies one of each other. 2·o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import { copied, doneWith } from './lending.js';

const purpose = purposeOf('Alltoall');

/** As `alltoallShared`; in place, the blocks that are lent are copies. */
export function alltoallLent(meeting: Meeting, send: Piece | null, recv: Piece, bytes: number): void {
  const { rank, size } = meeting;
  const lent = send ?? copied(recv);
  const { view, offset } = lent;
  const own = rank * bytes;
  meeting.begin(purpose, 0, bytes);
  meeting.clear();
  meeting.lend(0, view, offset, size * bytes);
  meeting.show();
  if (send !== null) meeting.copy(recv.view, recv.offset + own, view, offset + own, bytes);
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    meeting.await(member);
    meeting.borrow(member, 0, own, recv.view, recv.offset + member * bytes, bytes);
  }
  meeting.depart();
  doneWith(lent, send);
}
