/**
 * The shared segment of one job on one host: where everything lies, and how large it is.
 *
 *     byte 0        +--------------------------------------------------+
 *                   | job header                            4096 bytes |
 *     rankBlocks    +--------------------------------------------------+
 *                   | rank block 0 | rank block 1 | ...      1024 each |
 *     slotTables    +--------------------------------------------------+
 *                   | slots of rank 0 | slots of rank 1 | ...  64 each |
 *     reports       +--------------------------------------------------+
 *                   | report of rank 0 | of rank 1 | ...    12288 each |
 *     rings         +--------------------------------------------------+
 *                   | ring 0->0 | ring 0->1 | ... | ring n-1->n-1      |
 *     arenas        +--------------------------------------------------+
 *                   | arena 0 | arena 1 | ...     none beyond 64 ranks |
 *                   +--------------------------------------------------+
 *
 * The segment is reserved whole; pages that nobody touches cost nothing. All words are 32-bit, and all
 * zero is the valid initial state, so a fresh segment needs only its header written.
 */
import { assert } from '../../base/assert.js';
import { arenasMax, meetingBytesMax, meetingRanksMax, ranksMax } from '../../base/limits.js';

/** First word of a segment. The low byte is the layout version: change it with any offset below. */
export const SEGMENT_MAGIC = 0x6d706905;

/*
 * Job header (bytes from the start of the segment)
 *
 *     +0    magic        +4   size (ranks)   +8   ring bytes   +12  slots per rank
 *     +64   abort word (0 running, 1 aborted)                  +68  abort code
 *     +128  cores, and +132 residents: ranks of this machine that share them
 *     +192  changes: incremented after each change of a rank's state
 *     +256  awake: ranks that neither sleep on their doorbell nor have finalized
 */
export const HEADER_BYTES = 4096;
export const HEADER_MAGIC = 0;
export const HEADER_SIZE = 4;
export const HEADER_RING_BYTES = 8;
export const HEADER_SLOTS = 12;
export const HEADER_ABORT = 64;
export const HEADER_ABORT_CODE = 68;
export const HEADER_CORES = 128;
export const HEADER_RESIDENTS = 132;
export const HEADER_CHANGES = 192;
export const HEADER_AWAKE = 256;

/*
 * Rank block (bytes from the start of the block). Words written by different sides are 128 bytes apart:
 * x86 prefetches cache lines in pairs.
 *
 *     +0    state        owner and launcher: see RankState
 *     +4    pid          owner: its process, once the addon is attached
 *     +8    port         owner, and launchers on other hosts: where it accepts connections, 0 nowhere yet
 *     +128  parked       owner: see Parked
 *     +256  doorbell     anyone: incremented and notified to wake the owner
 *     +384  done head    anyone: stack of the owner's slots whose receiver has finished, slot + 1, 0 empty
 *     +388  help         receivers: a slot of the owner that is being pulled and could be helped with, slot + 1, 0 none
 *     +512  pending      senders: one bit a sending rank, "my ring to you has news", 16 words
 *     +640  doing        owner: what it waits for while it sleeps: bytes of the text that follows, 0 none
 */
export const RANK_BYTES = 1024;
export const RANK_STATE = 0;
export const RANK_PID = 4;
export const RANK_PORT = 8;
export const RANK_PARKED = 128;
export const RANK_DOORBELL = 256;
export const RANK_DONE = 384;
export const RANK_HELP = 388;
export const RANK_PENDING = 512;
export const RANK_DOING = 640;
export const RANK_DOING_TEXT = 644;

/** Life of a rank slot, in the `state` word of its block. */
export const RankState = {
  /** Nobody has claimed the rank yet. */
  VACANT: 0,
  /** A runtime claimed it (by compare-exchange from VACANT). */
  ACTIVE: 1,
  /** It is finalizing: it delivers what it has sent, and posts no further receive. */
  LEAVING: 2,
  /** It finalized: it will neither send nor receive any more. */
  FINALIZED: 3,
  /** It ended without finalizing. */
  GONE: 4,
} as const;

/** Whether a rank must be woken, in the `parked` word of its block. */
export const Parked = {
  AWAKE: 0,
  /** It sleeps on its doorbell, or is about to. */
  ASLEEP: 1,
  /** It awaits in its event loop; it may sleep on its doorbell as well. */
  AWAITING: 2,
} as const;

/*
 * Slot (bytes from the start of the slot): the shared side of one send that its receiver acts upon.
 *
 *     +0    word         generation << 3 | SlotState
 *     +4    next         link of the done stack, slot + 1, 0 ends it
 *     +8    address      of the exposed bytes in the owner's memory, 64 bits; the addon's, for other processes
 *     +16   bytes        how many are exposed, 64 bits; likewise
 *     +24   copy         a copy by two processes; likewise (native/shared-copy.h)
 */
export const SLOT_BYTES = 64;
export const SLOT_WORD = 0;
export const SLOT_NEXT = 4;

/** Low three bits of a slot's word. Whoever moves it out of OFFERED or MATCHED does so by compare-exchange. */
export const SlotState = {
  FREE: 0,
  /** The sender's message may be matched, and its exposed bytes pulled. */
  OFFERED: 1,
  /** A receiver owns the message (it can no longer be cancelled) but has not copied yet. */
  MATCHED: 2,
  /** A receiver is copying, inside one native call. */
  CLAIMED: 3,
  /** The receiver has everything it wants. */
  DONE: 4,
  /** The sender took the message back. */
  REVOKED: 5,
  /** The receiver turned it down: Rsend under --check without a posted receive. */
  REFUSED: 6,
} as const;
export const SLOT_STATE_MASK = 7;
export const SLOT_GENERATION_SHIFT = 3;

/*
 * Report (bytes from its start): what a rank says of itself once it has been blocked for long (see `Report`). Its owner
 * writes it, a launcher reads it.
 *
 *     +0    stamp        how often it was begun and withdrawn: odd while it holds; REPORT_LEFT after Finalize
 *     +4    seen         the doorbell before the last look, which found nothing
 *     +8    bytes of the text       +12   peers: entries of traffic
 *     +64   text         what it waits for, in JSON
 *     +4096 traffic      16 bytes for each peer of other memory: its rank, lines sent to it, lines taken from it,
 *                        1 if nothing more will come from it
 */
export const REPORT_BYTES = 12288;
export const REPORT_STAMP = 0;
export const REPORT_SEEN = 4;
export const REPORT_TEXT_BYTES = 8;
export const REPORT_PEERS = 12;
export const REPORT_TEXT = 64;
export const REPORT_TRAFFIC = 4096;
export const TRAFFIC_BYTES = 16;

/** The stamp of a rank that neither sends nor receives any more, and has told all who share its memory. */
export const REPORT_LEFT = -1;

/*
 * Ring, one per ordered pair of ranks (bytes from the start of the ring)
 *
 *     +0    head         receiver: lines consumed so far, modulo 2^32
 *     +4    credit       receiver: eager payload bytes matched so far, modulo 2^32
 *     +128  mode         receiver: RingMode
 *     +256  data         sender: records, each a whole number of 64-byte lines
 */
export const RING_HEAD = 0;
export const RING_CREDIT = 4;
export const RING_MODE = 128;
export const RING_DATA = 256;

/** How the receiver learns of news in a ring. */
export const RingMode = {
  /** The sender sets its pending bit, and rings the doorbell of a parked receiver. */
  SIGNAL: 0,
  /** The receiver polls this ring: the sender has nothing to do. */
  POLLED: 1,
  /** Like POLLED, and before the receiver stops polling it fences all senders: they publish by a plain store. */
  FENCED: 2,
} as const;

export const LINE_BYTES = 64;

/*
 * Arena: where the members of one communicator meet in collectives. One cell a member.
 *
 *     +0      left       owner: number of the last collective it has left, modulo 2^32
 *     +128    slot 0     owner: what it brings to collectives of even number
 *             slot 1     and to those of odd number
 *
 * Slot (bytes from the start of the slot)
 *
 *     +0      number     of the collective, stored last
 *     +4      signature  two words: all members must bring the same
 *     +16     payload
 */
export const CELL_LEFT = 0;
export const CELL_SLOTS = 128;
export const MEET_NUMBER = 0;
export const MEET_SIGNATURE = 4;
export const MEET_PAYLOAD = 16;
/** A slot is a whole number of 128-byte blocks, the first of which holds the header. */
export const MEET_BYTES = 128 + meetingBytesMax;
export const CELL_BYTES = CELL_SLOTS + 2 * MEET_BYTES;

/** Byte offsets of the sections of a segment for `size` ranks. */
export interface Layout {
  readonly size: number;
  readonly ringBytes: number;
  readonly slotsPerRank: number;
  readonly rankBlocks: number;
  readonly slotTables: number;
  readonly reports: number;
  readonly rings: number;
  readonly arenas: number;
  readonly totalBytes: number;
}

/** Ring sizes by rank count: n² of them must stay well below 4 GiB, the limit of Node 20 for a view. */
function ringBytesFor(size: number): number {
  if (size <= 64) return 64 * 1024;
  if (size <= 128) return 32 * 1024;
  return size <= 256 ? 16 * 1024 : 8 * 1024;
}

/** The layout of a segment for `size` ranks, 1 ≤ size ≤ ranksMax. */
export function layoutFor(size: number): Layout {
  assert(Number.isInteger(size) && size >= 1 && size <= ranksMax, `segment for ${size} ranks`);
  const ringBytes = ringBytesFor(size);
  const slotsPerRank = size <= 64 ? 16384 : 2048;
  const rankBlocks = HEADER_BYTES;
  const slotTables = rankBlocks + size * RANK_BYTES;
  const reports = Math.ceil((slotTables + size * slotsPerRank * SLOT_BYTES) / 4096) * 4096;
  const rings = reports + size * REPORT_BYTES;
  const arenas = rings + size * size * ringBytes;
  const totalBytes = arenas + (size <= meetingRanksMax ? arenasMax * size * CELL_BYTES : 0);
  assert(totalBytes < 2 ** 32, 'a segment stays below 4 GiB');
  assert(RANK_PENDING + ranksMax / 8 <= RANK_DOING, 'the pending bitmap fits its place');
  assert(REPORT_TRAFFIC + ranksMax * TRAFFIC_BYTES <= REPORT_BYTES, 'the traffic of all peers fits a report');
  return { size, ringBytes, slotsPerRank, rankBlocks, slotTables, reports, rings, arenas, totalBytes };
}
