/** Gather by lending: the root lends the buffer that all others copy their blocks to, at once. 2·o + L + m·γ for any P. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import { writable } from './lending.js';

const purpose = purposeOf('Gather');

/** As `gatherShared`. */
export function gatherLent(
  meeting: Meeting,
  send: Piece | null,
  recv: Piece | null,
  bytes: number,
  root: number,
): void {
  const { rank } = meeting;
  const lent = rank === root && recv !== null ? writable(meeting, recv) : null;
  meeting.begin(purpose, root, bytes);
  meeting.clear();
  if (recv === null || lent === null) {
    // That the root sees what it came for.
    meeting.show();
    meeting.await(root);
    meeting.fill(root, rank * bytes, send!.view, send!.offset, bytes);
    meeting.end();
    return;
  }
  meeting.lend(0, lent.view, lent.offset, recv.length);
  meeting.show();
  if (send !== null) meeting.copy(lent.view, lent.offset + rank * bytes, send.view, send.offset, bytes);
  meeting.awaitAll();
  meeting.depart();
  if (lent !== recv) meeting.copy(recv.view, recv.offset, lent.view, lent.offset, recv.length);
}
