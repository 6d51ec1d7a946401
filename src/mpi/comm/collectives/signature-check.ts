/**
 * The signature check (`mpirun --check`): before a collective runs its members tell rank 0 what they have called, and hear
 * whether that fits together. Messages and tag are the same for all collectives, so that those meet too that do not
 * belong together. If they do not fit all members throw, nothing of the collective has been sent, and the communicator
 * is as before.
 *
 *     T = 2 (L + 2o) + 2 (P − 2) · max(o, g)
 */
import { Exception } from '../../../base/errors.js';
import { gatherAny, type Parcel, type Schedule, scatterAny } from '../../../coll/index.js';
import { place } from '../../../engine/ops.js';
import type { CollectiveChannel } from '../channel.js';
import { judge, type Problem } from './judgement.js';
import type { Signature, Stated } from './signature.js';

/** The calls of the members do not fit together. */
export class Mismatch extends Exception {}

const JUDGE = 0;
const FITS = new Uint8Array(0);

/** The schedule, after the check. */
export function* checked(ch: CollectiveChannel, signature: Signature, schedule: Schedule): Schedule {
  yield* check(ch, signature);
  yield* schedule;
}

/** Throws a `Mismatch` on all ranks, or on none. */
export function* check(ch: CollectiveChannel, { stated }: Signature): Schedule {
  const all: Uint8Array[] = [];
  yield* gatherAny(ch, encode(stated), all, JUDGE);
  const verdict: Parcel = { view: FITS };
  yield* scatterAny(ch, ch.rank === JUDGE ? verdicts(all) : null, verdict, JUDGE);
  // What was sent has left.
  yield;
  if (verdict.view.length === 0) return;
  const [errorClass, text] = decode<Problem>(verdict.view);
  throw new Mismatch(errorClass, `${place(ch.call, ch.scope)}${text}`);
}

function verdicts(all: readonly Uint8Array[]): Uint8Array[] {
  const problems = judge(all.map((bytes) => decode<Stated>(bytes)));
  return all.map((_, rank) => (problems === null ? FITS : encode(problems[rank])));
}

function encode(value: Stated | Problem): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function decode<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as T;
}
