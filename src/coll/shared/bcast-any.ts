/**
 * Bcast of a message whose length only the root knows, over shared memory: the root writes length and bytes once, and all
 * others read them. o + 2·m·γ + L for any P.
 *
 *     byte 0   length, or -1 where it is too long for the arena
 *          8   the message
 */
import { meetingBytesMax } from '../../base/limits.js';
import type { Meeting } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Parcel } from '../objects.js';

const purpose = purposeOf('bcast');

const MESSAGE = 8;
const TOO_LONG = -1;

/** False, on all members, where the message has to travel in another way. */
export function bcastAnyShared(meeting: Meeting, parcel: Parcel, root: number): boolean {
  meeting.begin(purpose, root, 0);
  let length: number;
  if (meeting.rank === root) {
    const { view } = parcel;
    length = view.length <= meetingBytesMax - MESSAGE ? view.length : TOO_LONG;
    meeting.clear();
    meeting.post(0, length);
    if (length !== TOO_LONG) meeting.write(MESSAGE, view, 0, length);
    meeting.show();
  } else {
    meeting.await(root);
    length = meeting.posted(root, 0);
    if (length !== TOO_LONG) {
      // What is decoded may keep this memory: none of a pool.
      const view = Buffer.allocUnsafeSlow(length);
      meeting.read(root, MESSAGE, view, 0, length);
      parcel.view = view;
    }
  }
  meeting.end();
  return length !== TOO_LONG;
}
