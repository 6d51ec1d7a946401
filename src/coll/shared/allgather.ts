/** Allgather over shared memory: each member writes its block, and reads all others. o + L + P·m·γ. */
import { type Meeting, purposeOf } from '../../engine/meeting.js';
import type { Part } from './part.js';

const purpose = purposeOf('Allgather');

/** `send` null: the block is in its place in `recv`. `bytes` are one block's. */
export function allgatherShared(meeting: Meeting, send: Part | null, recv: Part, bytes: number): void {
  const { rank, size } = meeting;
  const own = recv.offset + rank * bytes;
  meeting.begin(purpose, 0, bytes);
  meeting.clear();
  if (send === null) meeting.write(0, recv.view, own, bytes);
  else meeting.write(0, send.view, send.offset, bytes);
  meeting.show();
  if (send !== null) meeting.copy(recv.view, own, send.view, send.offset, bytes);
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    meeting.await(member);
    meeting.read(member, 0, recv.view, recv.offset + member * bytes, bytes);
  }
  meeting.end(true);
}
