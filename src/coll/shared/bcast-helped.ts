/**
 * Bcast by lending, the root helping: all lend their buffers, the others copy the first part of the root's to theirs while
 * the root copies the rest there. 3·o + 2·L + m·γ·(P - 1)/P for any P.
 *
 * On 2 ranks 64 KiB take 3.3 µs so, and 4.6 as a message whose sender helps, which it begins to do late. In more and smaller
 * pieces it takes longer (64 KiB each: 1 MiB 43 µs instead of 34).
 */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import { writable } from './lending.js';

const purpose = purposeOf('Bcast');

const LINE_BYTES = 64;

export function bcastHelped(meeting: Meeting, part: Piece, root: number): void {
  const { rank, size } = meeting;
  const bytes = part.length;
  const rest = Math.floor(bytes / size / LINE_BYTES) * LINE_BYTES;
  const first = bytes - rest;
  const lent = rank === root ? part : writable(meeting, part);
  const { view, offset } = lent;
  meeting.begin(purpose, root, bytes);
  meeting.clear();
  meeting.lend(0, view, offset, bytes);
  meeting.show();
  if (rank === root) {
    for (let step = 1; step < size; step++) {
      const member = (root + step) % size;
      meeting.await(member);
      meeting.fill(member, first, view, offset + first, rest);
    }
  } else {
    meeting.await(root);
    meeting.borrow(root, 0, 0, view, offset, first);
  }
  meeting.depart();
  if (lent !== part) meeting.copy(part.view, part.offset, view, offset, bytes);
}
