/** Bcast over shared memory: the root writes its bytes once, and all others read them. o + 2·m·γ + L for any P. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Bcast');

export function bcastShared(meeting: Meeting, part: Piece, root: number): void {
  const { view, offset, length: bytes } = part;
  meeting.begin(purpose, root, bytes);
  if (meeting.rank === root) {
    meeting.clear();
    meeting.write(0, view, offset, bytes);
    meeting.show();
  } else {
    meeting.take(root, 0, view, offset, bytes);
  }
  meeting.end();
}
