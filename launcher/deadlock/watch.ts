/** Looks at the ranks of a job regularly, and tells when they are deadlocked. */
import type { Look, Stall } from '../../src/bootstrap/stall.js';
import { isStill, signatureOf } from './judge.js';

/** Between two looks. As long as one rank is at work, a look reads little more than its word. */
export const lookMs = 500;

/** Looks in a row that must find the same. Two would do; ranks have said for a second by then that they are blocked. */
const roundsMin = 3;

/** A rank that is blocked. */
export interface BlockedRank extends Stall {
  readonly rank: number;
}

/** What is known of a deadlock. */
export interface Deadlock {
  readonly blocked: readonly BlockedRank[];
  /** Ranks that have finalized, but run. All others have ended. */
  readonly finalized: readonly number[];
}

type Looks = readonly Look[] | undefined;

export class DeadlockWatch {
  readonly #timer: NodeJS.Timeout;
  readonly #look: () => Looks | Promise<Looks>;
  readonly #found: (deadlock: Deadlock) => void;
  #looking = false;
  #signature = '';
  #rounds = 0;

  /** `look`: a look at all ranks that have not ended; undefined if one of them can go on. Tells of each deadlock once. */
  constructor(look: () => Looks | Promise<Looks>, found: (deadlock: Deadlock) => void) {
    this.#look = look;
    this.#found = found;
    this.#timer = setInterval(() => void this.#round(), lookMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const looks = await this.#look();
    this.#looking = false;
    if (looks === undefined || !isStill(looks)) {
      this.#signature = '';
      return;
    }
    const signature = signatureOf(looks);
    this.#rounds = signature === this.#signature ? this.#rounds + 1 : 1;
    this.#signature = signature;
    if (this.#rounds === roundsMin) this.#found(deadlockOf(looks));
  }
}

function deadlockOf(looks: readonly Look[]): Deadlock {
  return {
    blocked: looks
      .flatMap(({ rank, stall }) => (stall === undefined ? [] : [{ ...stall, rank }]))
      .sort((one, other) => one.rank - other.rank),
    finalized: looks.flatMap(({ rank, stall }) => (stall === undefined ? [rank] : [])).sort((a, b) => a - b),
  };
}
