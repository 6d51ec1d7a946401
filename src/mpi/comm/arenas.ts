/** Which arenas of this rank's segment its communicators use: members agree on one before their first meeting in it. */
import { arenasMax, meetingRanksMax } from '../../base/limits.js';
import type { Scope } from '../../engine/ops.js';
import { Arena } from '../../transport/ring/arena.js';
import { engine, seat } from '../runtime.js';

/** `MPI_COMM_WORLD`, which has the first arena. */
export const WORLD_NUMBER = 0;
export const WORLD_ARENA = 0;

/** What a rank offers of an arena that it uses, or that has been used up. */
const USED = 2 ** 31 - 1;

/** No new communicator begins beyond this number: those of one communicator may go on, and around. */
const LAST_MAX = 2 ** 30;

interface Place {
  used: boolean;
  /** Number of this rank's last meeting there. */
  last: number;
  /** Those it met, who may still be in that meeting. */
  members: readonly number[];
}

const places: readonly Place[] = Array.from({ length: arenasMax }, () => ({
  used: false,
  last: 0,
  members: [],
}));
places[WORLD_ARENA].used = true;

/** An arena that all members of a new communicator can use, and a number that none of them has got beyond there. */
export interface Agreed {
  readonly index: number;
  readonly last: number;
}

/** Whether the members of a communicator, who share a segment, can meet there. Where all is checked, they do not. */
export function canMeet({ size }: Scope): boolean {
  return !seat.check && size >= 2 && engine.transport.size <= meetingRanksMax;
}

/** What this rank offers: of each arena a number, the greatest of which counts. */
export function offered(): Int32Array {
  return Int32Array.from(places, ({ used, last, members }, index) => {
    if (used || last < 0 || last >= LAST_MAX) return USED;
    // Slots of this rank's are free for others once all it met have left.
    return Arena.allLeft(engine.transport, index, members, last) ? last : USED;
  });
}

/** Takes the first arena that all have offered; null if there is none. */
export function takeArena(greatest: Int32Array): Agreed | null {
  const index = greatest.findIndex((last) => last < LAST_MAX);
  if (index < 0) return null;
  places[index].used = true;
  return { index, last: greatest[index] };
}

/** The communicator that used it, of these members by world rank, is freed. */
export function giveArena(index: number, last: number, members: readonly number[]): void {
  Object.assign(places[index], { used: false, last, members });
}
