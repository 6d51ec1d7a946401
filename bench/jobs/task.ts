/** What a step of a work comes to on one rank. */

/** Says what is wrong with what was received; undefined if nothing is. */
export type Verify = () => string | undefined;

export interface Task {
  /** Does this rank's part in one round; undefined if it has none. */
  readonly round: (() => void) | undefined;
  /** Writes what this rank gives in round `turn`, the next one; what it returns is called after the round. */
  prepare(turn: number): Verify;
}
