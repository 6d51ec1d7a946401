/** The addon of this thread, told where everything lies. */
import { loadNative, type Native } from '../../native.js';
import { RANK_BYTES, RANK_DONE, RANK_HELP, RANK_PID, SLOT_BYTES } from './layout.js';
import type { Segment } from './segment.js';

/** The addon, knowing the segment; null where there is none, or another copy of the package has it in this thread. */
export function attachNative(segment: Segment, rank: number): Native | null {
  const { native } = loadNative();
  const { layout } = segment;
  try {
    native?.attach(segment.bytes, {
      rank,
      size: layout.size,
      rankBlocks: layout.rankBlocks,
      rankBytes: RANK_BYTES,
      rankDone: RANK_DONE,
      rankHelp: RANK_HELP,
      rankPid: RANK_PID,
      slotTables: layout.slotTables,
      slotsPerRank: layout.slotsPerRank,
      slotBytes: SLOT_BYTES,
      processes: segment.acrossProcesses ? 1 : 0,
    });
    return native;
  } catch {
    return null;
  }
}
