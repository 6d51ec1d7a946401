/**
 * The numbers of communicators. That of a new one is chosen by its first member, its leader, out of a share of its own:
 * leader `l` of a job of P ranks has l, l + P, l + 2 P, …. So two communicators that are alive at the same time never
 * have the same number, however many are being made at once, and nobody has to be asked for what is free.
 *
 * A leader takes its numbers in turn and comes back to one only after it has gone through its whole share (a billion of
 * the job, divided by its ranks), passing over those it still has.
 */
import { communicatorsMax } from '../../base/limits.js';

/** Turns that are not taken: their numbers belong to `MPI.COMM_WORLD` and `MPI.COMM_SELF`. */
const FIRST_TURN = 2;

export class Numbers {
  readonly #rank: number;
  readonly #size: number;
  /** Numbers of this rank's own, those of the turns left out included. */
  readonly #share: number;
  /** Those of the communicators that this rank has, whoever leads them. */
  readonly #taken = new Set<number>();
  #turn = FIRST_TURN;

  constructor(rank: number, size: number, numbersMax = communicatorsMax) {
    this.#rank = rank;
    this.#size = size;
    this.#share = Math.floor(numbersMax / size);
  }

  /** A number for a communicator that this rank leads, reserved until `give`; -1 if there is none. */
  take(): number {
    for (let tries = FIRST_TURN; tries < this.#share; tries++) {
      const number = this.#turn * this.#size + this.#rank;
      this.#turn = this.#turn + 1 < this.#share ? this.#turn + 1 : FIRST_TURN;
      if (this.#taken.has(number)) continue;
      this.#taken.add(number);
      return number;
    }
    return -1;
  }

  /** This rank has a communicator whose number another rank chose. False if it still has another one of that number. */
  join(number: number): boolean {
    if (this.#taken.has(number)) return false;
    this.#taken.add(number);
    return true;
  }

  /** The number is not used here any more. */
  give(number: number): void {
    this.#taken.delete(number);
  }

  /** Gives a number back that nobody has used: it is the next again. */
  giveUnused(number: number): void {
    if (!this.#taken.delete(number)) return;
    const turn = Math.floor(number / this.#size);
    if (turn + 1 === this.#turn || this.#turn === FIRST_TURN) this.#turn = turn;
  }

  /** Communicators that this rank has. */
  get count(): number {
    return this.#taken.size;
  }
}
