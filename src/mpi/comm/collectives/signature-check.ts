/**
 * The signature check (`mpirun --check`): before a collective runs its members tell rank 0 what they have called, and hear
 * whether that fits together. Messages and tag are the same for all collectives, so that those meet too that do not
 * belong together. If they do not fit all members throw, nothing of the collective has been sent, and the communicator
 * is as before.
 *
 *     T = (1 + ⌈log2 P⌉) (L + 2o) + (P − 2) · max(o, g)
 */
import { Exception } from '../../../base/errors.js';
import { allgatherAny, bcastAny, gatherAny, type Parcel, type Schedule } from '../../../coll/index.js';
import { place } from '../../../engine/ops.js';
import type { CollectiveChannel } from '../channel.js';
import { judge, type Problem } from './judgement.js';
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
  const all: Uint8Array[] = [];
  yield* gatherAny(ch, encode(signature), all, JUDGE);
  const verdict: Parcel = { view: FITS };
  if (ch.rank === JUDGE && problemOf(all, JUDGE) !== null) verdict.view = DIFFERS;
  yield* bcastAny(ch, verdict, JUDGE);
  // What was sent has left.
  yield;
  if (verdict.view.length > 0) yield* tell(ch, signature);
}

/** All tell all of their calls, now with their lines. */
function* tell(ch: CollectiveChannel, signature: Signature): Schedule {
  signature.locate();
  const all: Uint8Array[] = [];
  yield* allgatherAny(ch, encode(signature), all);
  const [errorClass, text] = problemOf(all, ch.rank) as Problem;
  throw new Mismatch(errorClass, `${place(ch.call, ch.scope)}${text}`);
}

function problemOf(all: readonly Uint8Array[], rank: number): Problem | null {
  const problems = judge(all.map(decode));
  return problems === null ? null : problems[rank];
}

function encode({ stated }: Signature): Uint8Array {
  return Buffer.from(JSON.stringify(stated));
}

function decode({ buffer, byteOffset, byteLength }: Uint8Array): Stated {
  return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString()) as Stated;
}
