/** Combines what all members of a meeting show. */
import { LOOP_BYTES_MAX, type Meeting } from '../../engine/meeting.js';
import type { View } from '../../transport/ring/aliases.js';
import type { NumericArray } from '../kinds.js';
import type { Reducer } from '../reducer.js';

/**
 * Writes the combination of `bytes` of every payload (of those of the first `members`, two at least), from `at` on, to `view`
 * at `offset`: the same bits on every rank, x0 op (x1 op (... op x[P-1])), which is rank order.
 */
export function fold(
  meeting: Meeting,
  reducer: Reducer,
  view: View,
  offset: number,
  at: number,
  bytes: number,
  members = meeting.size,
): void {
  const { loop } = reducer;
  const last = members - 1;
  const short = bytes <= LOOP_BYTES_MAX && (at & 7) === 0;
  if (!short || loop === null || !meeting.isWhole(view, bytes, loop.array)) {
    combine(meeting, reducer, view, offset, at, bytes, last);
    return;
  }
  meeting.take(last, at, view, offset, bytes);
  for (let member = last - 1; member >= 0; member--) {
    meeting.await(member);
    loop.kernel(meeting.elements(member, at, bytes, loop.array), view as NumericArray);
  }
}

function combine(
  meeting: Meeting,
  reducer: Reducer,
  view: View,
  offset: number,
  at: number,
  bytes: number,
  last: number,
): void {
  const payload = (member: number) => meeting.elements(member, at, bytes, Uint8Array);
  const out = bytes === 0 ? null : meeting.bytesOf(view, offset, bytes);
  if (!meeting.takePair(reducer.addon, last - 1, last, at, view, offset, bytes)) {
    meeting.await(last);
    meeting.await(last - 1);
    if (out !== null) reducer.combine(payload(last - 1), payload(last), out);
  }
  for (let member = last - 2; member >= 0; member--) {
    meeting.await(member);
    if (out !== null) reducer.apply(payload(member), out);
  }
}
