/** Reduce over shared memory: each member writes its operands, and the root combines them. o + L + P·m·γ. */
import type { Meeting, Piece } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';
import type { Reducer } from '../reducer.js';
import { fold } from './fold.js';

const purpose = purposeOf('Reduce');

/** `recv` is looked at by the root only, and may be the memory of `send`. */
export function reduceShared(
  meeting: Meeting,
  send: Piece,
  recv: Piece | null,
  reducer: Reducer,
  root: number,
): void {
  const bytes = send.length;
  meeting.begin(purpose, root, bytes);
  meeting.clear();
  meeting.write(0, send.view, send.offset, bytes);
  if (meeting.rank !== root) meeting.show();
  else fold(meeting, reducer, recv!.view, recv!.offset, 0, bytes);
  meeting.end();
}
