/**
 * Allreduce over shared memory. Short: each member combines what all have written, o + L + P·m·γ. Longer ones on more than
 * two ranks: each combines a P-th, and reads the others' results in a second meeting: 2·(o + L) + 3·m·γ.
 */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { fold } from './fold.js';
import { boundaries } from './parts.js';

const purpose = purposeOf('Allreduce');

/** By the costs above, about where combining everything everywhere comes to cost more than a second meeting, on 4 ranks. */
const SPLIT_BYTES_MIN = 4096;

/** `recv` may be the memory of `send`. */
export function allreduceShared(meeting: Meeting, send: Piece, recv: Piece, reducer: Reducer): void {
  const bytes = send.length;
  meeting.begin(purpose, 0, bytes);
  meeting.clear();
  meeting.write(0, send.view, send.offset, bytes);
  meeting.show();
  if (meeting.size === 2 || bytes < SPLIT_BYTES_MIN) {
    fold(meeting, reducer, recv.view, recv.offset, 0, bytes);
    meeting.end();
  } else inParts(meeting, recv, reducer);
}

function inParts(meeting: Meeting, recv: Piece, reducer: Reducer): void {
  const { rank, size } = meeting;
  const { view, offset, length: bytes } = recv;
  const starts = boundaries(bytes, size, reducer.grain);
  fold(meeting, reducer, view, offset + starts[rank], starts[rank], starts[rank + 1] - starts[rank]);
  meeting.next(purpose, 1, bytes);
  meeting.clear();
  meeting.write(0, view, offset + starts[rank], starts[rank + 1] - starts[rank]);
  meeting.show();
  for (let step = 1; step < size; step++) {
    const member = (rank + step) % size;
    meeting.take(member, 0, view, offset + starts[member], starts[member + 1] - starts[member]);
  }
  meeting.end();
}
