/** What the programs of this folder share. Each runs on every Node.js version and ends with the line `passed`. */
import assert from 'node:assert/strict';
import { loadNative, type Native } from '../../../src/native.js';
import {
  layoutFor,
  RANK_BYTES,
  RANK_DONE,
  RANK_HELP,
  RANK_PID,
  SLOT_BYTES,
  SLOT_GENERATION_SHIFT,
  SLOT_NEXT,
  SLOT_WORD,
} from '../../../src/transport/ring/layout.js';

export const layout = layoutFor(4);

export function addon(): Native {
  const status = loadNative();
  assert.ok(status.native !== null, status.native === null ? status.reason : '');
  return status.native;
}

export function attach(native: Native, segment: SharedArrayBuffer, rank: number): void {
  native.attach(new Uint8Array(segment), {
    ...layout,
    rank,
    rankBytes: RANK_BYTES,
    rankDone: RANK_DONE,
    rankHelp: RANK_HELP,
    rankPid: RANK_PID,
    slotBytes: SLOT_BYTES,
    processes: 0,
  });
}

export const wordIndex = (rank: number, slot: number): number =>
  (layout.slotTables + (rank * layout.slotsPerRank + slot) * SLOT_BYTES + SLOT_WORD) >> 2;

export const rankWordIndex = (rank: number, offset: number): number =>
  (layout.rankBlocks + rank * RANK_BYTES + offset) >> 2;

export const doneIndex = (rank: number): number => rankWordIndex(rank, RANK_DONE);

export const word = (generation: number, state: number): number =>
  (generation << SLOT_GENERATION_SHIFT) | state;

/** Takes a rank's done stack and lists its slots, last finished first. */
export function takeDone(words: Int32Array, rank: number): number[] {
  const slots: number[] = [];
  let link = Atomics.exchange(words, doneIndex(rank), 0);
  while (link !== 0) {
    slots.push(link - 1);
    link = words[wordIndex(rank, link - 1) + ((SLOT_NEXT - SLOT_WORD) >> 2)];
  }
  return slots;
}

/** How often to repeat what costs time: `few` by default, `many` under `npm run test:all`. */
export const times = (few: number, many: number): number =>
  process.env.MPI4TS_TEST_ALL === '1' ? many : few;

export function passed(): void {
  process.stdout.write('passed\n');
}
