/**
 * Compound operations that can go on. A transfer completes in the midst of a ring's records; what follows from it may run
 * functions of the user's that call MPI, so it waits here until the end of `progress`.
 */
import type { CompoundOp } from './compound.js';

export class Resumptions {
  readonly #ready: CompoundOp[] = [];

  /** True while one waits. */
  get any(): boolean {
    return this.#ready.length > 0;
  }

  add(op: CompoundOp): void {
    this.#ready.push(op);
  }

  /** Resumes those that wait, also when called from within one that is being resumed. Returns how many. */
  run(): number {
    let count = 0;
    for (let op = this.#ready.shift(); op !== undefined; op = this.#ready.shift()) {
      op.resume();
      count++;
    }
    return count;
  }
}
