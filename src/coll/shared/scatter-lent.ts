/** Scatter by lending: the root lends its blocks, and each of the others copies its own. 2·o + L + m·γ for any P. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Scatter');

/** As `scatterShared`. */
export function scatterLent(
  meeting: Meeting,
  send: Piece | null,
  recv: Piece | null,
  bytes: number,
  root: number,
): void {
  const { rank } = meeting;
  meeting.begin(purpose, root, bytes);
  meeting.clear();
  if (rank !== root || send === null) {
    // That the root sees what it came for.
    meeting.show();
    meeting.await(root);
    meeting.borrow(root, 0, rank * bytes, recv!.view, recv!.offset, bytes);
    meeting.end();
    return;
  }
  meeting.lend(0, send.view, send.offset, send.length);
  meeting.show();
  if (recv !== null) meeting.copy(recv.view, recv.offset, send.view, send.offset + rank * bytes, bytes);
  meeting.awaitAll();
  meeting.depart();
}
