/** Validation: each message of each round has bytes of its own, and the receiver compares them all. */
import { WINDOW } from '../contract.js';
import type { Pattern } from './pattern.js';
import type { Pool } from './pool.js';
import type { Role } from './rounds.js';
import type { Verify } from './task.js';

/** Numbers that differ between the messages of a job, as far as bytes can. */
function numberOf(source: number, round: number, i: number): number {
  return (source + 1) * 997 + round * WINDOW + i;
}

/**
 * Writes what this rank will send in `round`. Returns the function to call after the round, which checks what it
 * received. The pools hold a buffer for each message of a round.
 */
export function prepare(
  { sends, receives, source }: Role,
  rank: number,
  round: number,
  send: Pool,
  recv: Pool,
  pattern: Pattern,
): Verify {
  for (const [i, buffer] of send.upcoming(sends).entries()) pattern.fill(buffer, numberOf(rank, round, i));
  const received = recv.upcoming(receives);
  return () => {
    for (const [i, buffer] of received.entries()) {
      const wrong = pattern.check(buffer, numberOf(source, round, i));
      if (wrong !== undefined)
        return `rank ${rank}, round ${round}, message ${i} from rank ${source}: ${wrong}`;
    }
    return undefined;
  };
}
