/** Allgather over shared memory: each member writes its block, and reads all others. o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Allgather');

/** `send` null: the block is in its place in `recv`. `bytes` are one block's. */
export function allgatherShared(meeting: Meeting, send: Piece | null, recv: Piece, bytes: number): void {
  const { rank, size } = meeting;
  const own = recv.offset + rank * bytes;
  meeting.begin(purpose, 0, bytes);
  meeting.clear();
  if (send === null) meeting.write(0, recv.view, own, bytes);
  else meeting.write(0, send.view, send.offset, bytes);
  meeting.show();
  // From the slot, where it has just been written: what is short is copied in a loop then.
  if (send !== null) meeting.read(rank, 0, recv.view, own, bytes);
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    meeting.take(member, 0, recv.view, recv.offset + member * bytes, bytes);
  }
  meeting.end();
}
