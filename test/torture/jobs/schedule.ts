/** What is sent in an epoch: derived from the seed alone, so that every rank knows what all of them send. */

import { creditBytesMax } from '../../../src/base/limits.js';
import { EAGER_BYTES_NATIVE, EAGER_BYTES_PLAIN } from '../../../src/engine/protocol.js';
import { LINE_BYTES, layoutFor, RING_DATA } from '../../../src/transport/ring/layout.js';
import { PAYLOAD, PAYLOAD_AFTER_SLOT } from '../../../src/transport/ring/records.js';
import { sequence } from '../../support/job/tools.js';

export type Random = (below: number) => number;

export const modes = ['Send', 'Ssend', 'Bsend', 'Isend', 'Issend', 'Ibsend'] as const;
export type SendMode = (typeof modes)[number];

export interface Message {
  /** Names the message within its epoch, and seeds its contents. */
  readonly index: number;
  readonly source: number;
  readonly dest: number;
  readonly tag: number;
  readonly bytes: number;
  readonly mode: SendMode;
  /** The sender tries to take it back, and says afterwards (`VERDICT`) whether it could. */
  readonly cancel: boolean;
}

export const TAGS = 4;
/**
 * Tag of the first pattern between two exchanges. None of an exchange's: a rank that is done with the patterns sends
 * messages of the next exchange to one that still waits in a pattern, from any source.
 */
export const FIRST_SHIFT_TAG = 100;
/** Tag of the messages that say what became of a send to be cancelled: index, 1 if it was delivered, contents. */
export const VERDICT = 77;
export const VERDICT_BYTES = 8;

const MIB = 2 ** 20;
const ringBytes = layoutFor(8).ringBytes - RING_DATA;
const recordBytesMax = ((ringBytes / LINE_BYTES) >> 2) * LINE_BYTES;
/** Up to here a copy loops over words (`copy.ts`). */
const WORD_LOOP_BYTES = 128;

const around = (...sizes: number[]) => sizes.flatMap((bytes) => [bytes - 1, bytes, bytes + 1]);

const SHORT = [
  0,
  ...around(1, 8, LINE_BYTES - PAYLOAD_AFTER_SLOT, LINE_BYTES - PAYLOAD, 2 * LINE_BYTES - PAYLOAD),
  ...around(WORD_LOOP_BYTES, 256),
];
const MEDIUM = [
  ...around(1024, EAGER_BYTES_NATIVE, EAGER_BYTES_NATIVE + LINE_BYTES, 8192),
  ...around(EAGER_BYTES_PLAIN, recordBytesMax - PAYLOAD_AFTER_SLOT, recordBytesMax - PAYLOAD),
  ...around(2 * (recordBytesMax - PAYLOAD)),
];
const LONG = [...around(ringBytes, 65_536, creditBytesMax), MIB - 8, MIB + 3, 3 * MIB + 40];

/** No message is longer. */
export const BYTES_MAX = Math.max(...LONG) + 1;

/** Epochs differ in what they press on. */
interface Profile {
  readonly sizes: readonly (readonly number[])[];
  /** Messages of all ranks together, for each rank. */
  readonly perRank: number;
  /** All messages go one way: the ring, the credit or the slots run out. */
  readonly oneWay?: boolean;
}

const PROFILES: readonly Profile[] = [
  { sizes: [SHORT], perRank: 120 },
  { sizes: [SHORT], perRank: 200, oneWay: true },
  { sizes: [SHORT, MEDIUM], perRank: 60 },
  { sizes: [MEDIUM], perRank: 60, oneWay: true },
  { sizes: [SHORT, SHORT, MEDIUM, LONG], perRank: 16 },
];

const pick = <T>(items: readonly T[], random: Random): T => items[random(items.length)];

/** Any size, short ones more often. */
export const sizeOfAny = (random: Random): number => sizeOf(PROFILES[PROFILES.length - 1], random);

function sizeOf(profile: Profile, random: Random): number {
  const sizes = pick(profile.sizes, random);
  return random(3) === 0 ? random(Math.max(...sizes)) : pick(sizes, random);
}

export interface Epoch {
  readonly messages: readonly Message[];
  readonly bytesMax: number;
  /** Blocking sends go to higher ranks only, or to lower ones only: no circle of ranks can wait for each other. */
  readonly upward: boolean;
}

export const randomOf = (seed: number, epoch: number, salt: number): Random =>
  sequence((Math.imul(seed, 1_000_003) ^ Math.imul(epoch, 8_191) ^ Math.imul(salt + 1, 131_071)) >>> 0);

function modeOf(blockable: boolean, random: Random): SendMode {
  const mode = pick(modes, random);
  if (blockable || (mode !== 'Send' && mode !== 'Ssend')) return mode;
  return mode === 'Send' ? 'Isend' : 'Issend';
}

export function epochOf(seed: number, epoch: number, size: number): Epoch {
  const random = randomOf(seed, epoch, 0);
  const profile = pick(PROFILES, random);
  const upward = random(2) === 0;
  const from = random(size);
  const to = (from + 1 + random(size - 1)) % size;
  const messages: Message[] = [];
  for (let index = 0; index < profile.perRank * size; index++) {
    const oneWay = profile.oneWay === true && random(10) !== 0;
    const source = oneWay ? from : random(size);
    const dest = oneWay ? to : random(size);
    const mode = modeOf(upward ? dest > source : dest < source, random);
    const cancel = (mode === 'Isend' || mode === 'Issend') && random(4) === 0;
    const bytes = sizeOf(profile, random);
    messages.push({ index, source, dest, tag: random(TAGS), bytes, mode, cancel });
  }
  return { messages, bytesMax: Math.max(VERDICT_BYTES, ...messages.map(({ bytes }) => bytes)), upward };
}
