/** Gather over shared memory: each member writes its block, and the root reads all. o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Gather');

/** `send` null at the root: its block is in place. `recv` is looked at by the root only; `bytes` are one block's. */
export function gatherShared(
  meeting: Meeting,
  send: Piece | null,
  recv: Piece | null,
  bytes: number,
  root: number,
): void {
  meeting.begin(purpose, root, bytes);
  if (meeting.rank !== root || recv === null) {
    meeting.clear();
    meeting.write(0, send!.view, send!.offset, bytes);
    meeting.show();
  } else {
    for (let step = 1; step < meeting.size; step++) {
      const member = (root + step) % meeting.size;
      meeting.take(member, 0, recv.view, recv.offset + member * bytes, bytes);
    }
    if (send !== null) meeting.copy(recv.view, recv.offset + root * bytes, send.view, send.offset, bytes);
  }
  meeting.end();
}
