/** What a rank that is blocked for long says of its wait, and how a launcher reads it. */
import {
  REPORT_LEFT,
  REPORT_PEERS,
  REPORT_SEEN,
  REPORT_STAMP,
  REPORT_TEXT,
  REPORT_TEXT_BYTES,
  REPORT_TRAFFIC,
  TRAFFIC_BYTES,
} from '../transport/ring/layout.js';
import type { Traffic } from '../transport/ring/report.js';

/** A message that a blocked rank waits for: to come, or to be received. Ranks are of the world; -1: any. */
export interface Want {
  readonly kind: 'send' | 'recv';
  readonly peer: number;
  readonly tag: number;
  readonly context: number;
}

/** A message that has come, and that the rank does not receive. */
export interface Unreceived {
  readonly source: number;
  readonly tag: number;
  readonly context: number;
}

/** What a rank is blocked in. */
export interface Stall {
  /** `Recv on MPI_COMM_WORLD (source 1, tag 7)`. */
  readonly call: string;
  /** The line of the program: `job.ts:12:8`. */
  readonly at?: string;
  /** All of which must happen, or one with `any`; not all that there are. */
  readonly wants: readonly Want[];
  readonly any: boolean;
  /** The communicator. */
  readonly comm?: string;
  /** A collective, and who takes part in it: ranks of the world. */
  readonly collective?: { readonly name: string; readonly members: readonly number[] };
  readonly unreceived?: readonly Unreceived[];
}

/** A look at a rank that can do nothing by itself. */
export interface Look {
  readonly rank: number;
  /** Another one after anything that it has done or heard; `left` if it has finalized. */
  readonly stamp: string;
  readonly traffic: readonly Traffic[];
  /** Absent if it has finalized. */
  readonly stall?: Stall;
}

/** What a rank whose report begins at byte `at` says; undefined if it can go on. `doorbell`: the index of its word. */
export function readReport(words: Int32Array, rank: number, at: number, doorbell: number): Look | undefined {
  const word = (offset: number) => (at + offset) / 4;
  const stamp = Atomics.load(words, word(REPORT_STAMP));
  if (stamp === REPORT_LEFT) return { rank, stamp: 'left', traffic: [] };
  if ((stamp & 1) === 0) return undefined;
  const seen = Atomics.load(words, word(REPORT_SEEN));
  // Something has come that it has not looked at.
  if (Atomics.load(words, doorbell) !== seen) return undefined;
  const bytes = new Uint8Array(words.buffer, at + REPORT_TEXT, Atomics.load(words, word(REPORT_TEXT_BYTES)));
  const text = Buffer.from(bytes).toString();
  const traffic = readTraffic(words, word(REPORT_TRAFFIC), Atomics.load(words, word(REPORT_PEERS)));
  // Changed while it was read: the rank is at work.
  if (Atomics.load(words, word(REPORT_STAMP)) !== stamp) return undefined;
  return { rank, stamp: `${stamp}.${seen}`, traffic, stall: JSON.parse(text) as Stall };
}

function readTraffic(words: Int32Array, start: number, peers: number): Traffic[] {
  return Array.from({ length: peers }, (_, index) => {
    const at = start + (index * TRAFFIC_BYTES) / 4;
    const [peer, sent, taken, over] = words.subarray(at, at + 4);
    return { peer, sent, taken, over: over === 1 };
  });
}
