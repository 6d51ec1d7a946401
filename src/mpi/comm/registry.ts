/** The communicators of this rank: their numbers, and the contexts that belong to them. */
import { ERR_OTHER, Exception } from '../../base/errors.js';
import { communicatorsMax } from '../../base/limits.js';
import { CONTEXTS } from '../../engine/queues.js';
import { engine } from '../runtime.js';
import { Numbers } from './numbers.js';

const { rank, size } = engine.transport;
const { queues } = engine.receiver;

export const numbers = new Numbers(rank, size);

/** A freed communicator. */
export interface Freed {
  readonly number: number;
  /** An operation that was started before still needs its contexts. */
  readonly busy: boolean;
}

/** Those that are still busy. */
const leaving: Freed[] = [];

/** First context of a communicator: a 32-bit word. */
export function firstContext(number: number): number {
  return (number * CONTEXTS) | 0;
}

/** This rank has the communicator from now on. `chosenHere`: its number comes from `numbers.take`. */
export function enrol(number: number, chosenHere: boolean, where: string): void {
  if (number < 0) {
    const share = Math.floor(communicatorsMax / size);
    throw new Exception(
      ERR_OTHER,
      `${where}: its first rank leads communicatorsMax / ranks = ${share} communicators already; free some`,
    );
  }
  if (!chosenHere && !numbers.join(number)) {
    throw new Exception(
      ERR_OTHER,
      `${where}: a communicator that other members have freed is still in use here, and its number came back; free it`,
    );
  }
  queues.open(firstContext(number));
}

/** Gives a freed communicator's number and contexts back, at once or when its last operation is over. */
export function dismiss(comm: Freed): void {
  // Two looks for each that is freed: they go faster than they come, and no call takes long.
  for (let looks = 0; looks < 2 && leaving.length > 0; looks++) release(leaving.shift() as Freed);
  release(comm);
}

function release(comm: Freed): void {
  if (comm.busy) {
    leaving.push(comm);
    return;
  }
  queues.close(firstContext(comm.number));
  numbers.give(comm.number);
}
