/** Scatter over shared memory: the root writes all blocks, and each member reads its own. o + P·m·γ + L. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Scatter');

/** `recv` null at the root: its block stays where it is. `send` is looked at by the root only; `bytes` are one block's. */
export function scatterShared(
  meeting: Meeting,
  send: Piece | null,
  recv: Piece | null,
  bytes: number,
  root: number,
): void {
  const stride = (bytes + 7) & ~7;
  meeting.begin(purpose, root, bytes);
  if (meeting.rank === root && send !== null) {
    meeting.clear();
    for (let member = 0; member < meeting.size; member++)
      if (member !== root) meeting.write(member * stride, send.view, send.offset + member * bytes, bytes);
    meeting.show();
    if (recv !== null) meeting.copy(recv.view, recv.offset, send.view, send.offset + root * bytes, bytes);
  } else {
    meeting.take(root, meeting.rank * stride, recv!.view, recv!.offset, bytes);
  }
  meeting.end();
}
