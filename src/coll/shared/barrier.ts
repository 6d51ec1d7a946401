/** Barrier over shared memory. Each member shows a number, and looks at all others: o + L + (P - 2)·l, l a cache miss. */
import type { Meeting } from '../../engine/meeting.js';
import { purposeOf } from '../../engine/purposes.js';

const purpose = purposeOf('Barrier');

export function barrierShared(meeting: Meeting): void {
  meeting.begin(purpose, 0, 0);
  meeting.clear();
  meeting.show();
  meeting.awaitAll();
  meeting.end();
}
