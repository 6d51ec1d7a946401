/**
 * The signature check (`mpirun --check`): before a collective runs its members tell rank 0 what they have called, and hear
 * whether that fits together. Messages and tag are the same for all collectives, so that those meet too that do not
 * belong together. If they do not fit all members throw, nothing of the collective has been sent, and the communicator
 * is as before. Of two groups each tells its own rank 0; these tell each other, and come to the same.
 *
 *     T = (1 + ⌈log2 P⌉) (L + 2o) + (P − 2) · max(o, g), and L + 2o between two groups
 */
import { Exception } from '../../../base/errors.js';
import { bcastAny, gatherAny, type Parcel, type Schedule } from '../../../coll/index.js';
import { place } from '../../../engine/ops.js';
import type { CollectiveChannel } from '../channel.js';
import type { Naming, Problem } from './differences.js';
import { judgeBetween } from './inter-judgement.js';
import { type Judgement, judge } from './judgement.js';
import type { Signature, Stated } from './signature.js';

/** The calls of the members do not fit together. */
export class Mismatch extends Exception {}

const JUDGE = 0;
const FITS = new Uint8Array(0);
const DIFFERS = new Uint8Array(1);

/** The schedule, after the check. */
export function* checked(ch: CollectiveChannel, signature: Signature, schedule: Schedule): Schedule {
  yield* check(ch, signature);
  yield* schedule;
}

/** Throws a `Mismatch` on all ranks, or on none. */
export function* check(ch: CollectiveChannel, signature: Signature): Schedule {
  const all: Stated[] = [];
  yield* gather(ch, signature, all);
  const verdict: Parcel = { view: FITS };
  if (ch.local.rank === JUDGE && judgementOf(ch, all) !== null) verdict.view = DIFFERS;
  yield* bcastAny(ch.local, verdict, JUDGE);
  // What was sent has left.
  yield;
  if (verdict.view.length > 0) yield* tell(ch, signature);
}

/** All learn of all calls, now with their lines. */
function* tell(ch: CollectiveChannel, signature: Signature): Schedule {
  signature.locate();
  const known: Stated[] = [];
  yield* gather(ch, signature, known);
  const list: Parcel = { view: FITS };
  if (ch.local.rank === JUDGE) list.view = encode(known);
  yield* bcastAny(ch.local, list, JUDGE);
  yield;
  const all = decode(list.view) as Stated[];
  const [errorClass, text] = problemOf(ch, all);
  throw new Mismatch(errorClass, `${place(ch.call, ch.scope)}${text}`);
}

/** What all members have stated into `all` of rank 0, of two groups into that of both, in one order. */
function* gather(ch: CollectiveChannel, { stated }: Signature, all: Stated[]): Schedule {
  const messages: Uint8Array[] = [];
  yield* gatherAny(ch.local, encode(stated), messages, JUDGE);
  if (ch.local.rank !== JUDGE) return;
  const here = messages.map((message) => decode(message) as Stated);
  if (ch.local === ch) {
    all.push(...here);
    return;
  }
  ch.send(encode(here), JUDGE);
  const taken = ch.take(JUDGE);
  yield;
  const there = decode(taken.view) as Stated[];
  all.push(...(ch.isFirst ? [...here, ...there] : [...there, ...here]));
}

function judgementOf(ch: CollectiveChannel, all: readonly Stated[]): Judgement | null {
  return ch.local === ch ? judge(all) : judgeBetween(all, ch.isFirst ? ch.local.size : ch.size);
}

/** What this rank is told. */
function problemOf(ch: CollectiveChannel, all: readonly Stated[]): Problem {
  const judgement = judgementOf(ch, all) as Judgement;
  if (ch.local === ch) return judgement(ch.rank, (rank) => `rank ${rank}`);
  const first = ch.isFirst ? ch.local.size : ch.size;
  const name: Naming = (at) => {
    const whose = at < first === ch.isFirst ? 'this' : 'the other';
    return `rank ${at < first ? at : at - first} of ${whose} group`;
  };
  return judgement(ch.isFirst ? ch.local.rank : first + ch.local.rank, name);
}

function encode(value: Stated | readonly Stated[]): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function decode({ buffer, byteOffset, byteLength }: Uint8Array): unknown {
  return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString());
}
