/** Combines what all members of a meeting show. */
import type { Meeting } from '../../engine/meeting.js';
import type { View } from '../../transport/ring/aliases.js';
import type { NumericArray } from '../kinds.js';
import type { Reducer } from '../reducer.js';

/** Up to so many bytes a loop in TypeScript takes less than a call of the addon: 62 ns for one double. */
const LOOP_BYTES_MAX = 256;

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
  const { loop } = reducer;
  if (bytes > LOOP_BYTES_MAX || loop === null || !meeting.isWhole(view, bytes, loop.array))
    apply(meeting, reducer, view, offset, at, bytes);
  else
    for (let member = last - 1; member >= 0; member--) {
      meeting.await(member);
      loop.kernel(meeting.elements(member, at, bytes, loop.array), view as NumericArray);
    }
}

function apply(
  meeting: Meeting,
  reducer: Reducer,
  view: View,
  offset: number,
  at: number,
  bytes: number,
): void {
  const out = bytes > 0 ? meeting.bytesOf(view, offset, bytes) : null;
  for (let member = meeting.size - 2; member >= 0; member--) {
    meeting.await(member);
    if (out !== null) reducer.apply(meeting.elements(member, at, bytes, Uint8Array), out);
  }
}
