/** Combines what all members of a meeting show. */
import type { Meeting } from '../../engine/meeting.js';
import type { View } from '../../transport/ring/aliases.js';
import type { Reducer } from '../reducer.js';

/**
 * Writes the combination of `bytes` of every payload, from `at` on, to `view` at `offset`: the same bits on every rank,
 * x0 op (x1 op (... op x[P-1])), which is rank order.
 */
export function fold(
  meeting: Meeting,
  reducer: Reducer,
  view: View,
  offset: number,
  at: number,
  bytes: number,
): void {
  const last = meeting.size - 1;
  meeting.await(last);
  meeting.read(last, at, view, offset, bytes);
  const out = bytes > 0 ? meeting.bytesOf(view, offset, bytes) : null;
  for (let member = last - 1; member >= 0; member--) {
    meeting.await(member);
    if (out !== null) reducer.apply(meeting.view(member, at, bytes), out);
  }
}
