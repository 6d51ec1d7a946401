/** Alltoall over shared memory: each member writes all its blocks, and reads one of each other. o + L + 2·P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Alltoall');

/** `send` null: the blocks are in `recv`, and are replaced. `bytes` are one block's. */
export function alltoallShared(meeting: Meeting, send: Piece | null, recv: Piece, bytes: number): void {
  const { rank, size } = meeting;
  const stride = (bytes + 7) & ~7;
  const from = send ?? recv;
  meeting.begin(purpose, 0, bytes);
  meeting.clear();
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    meeting.write(member * stride, from.view, from.offset + member * bytes, bytes);
  }
  meeting.show();
  const own = rank * bytes;
  if (send !== null) meeting.copy(recv.view, recv.offset + own, send.view, send.offset + own, bytes);
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    meeting.take(member, rank * stride, recv.view, recv.offset + member * bytes, bytes);
  }
  meeting.end();
}
