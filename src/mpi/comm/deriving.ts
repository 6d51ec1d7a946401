/** Makes communicators out of a communicator: their members agree on contexts that none of them uses. */
import { inheritErrhandler } from '../errhandler.js';
import { MAX } from '../op.js';
import { CommCollectives } from './collectives.js';
import type { Comm } from './comm.js';

/** What the constructor of a communicator takes. */
export interface Identity {
  readonly name: string;
  readonly context: number;
  readonly rank: number;
  readonly size: number;
  /** World ranks of the members. */
  readonly world: readonly number[];
}

/** The next context that this rank has not used; each communicator takes two. */
let nextContext = 4;

export class CommDeriving extends CommCollectives {
  /**
   * @internal Collective over this communicator: what `make` makes for the members of the given ranks in this one, null
   * for others. Every rank passes the members that it belongs to.
   */
  protected derive<T extends Comm>(
    call: string,
    ranks: readonly number[],
    make: (identity: Identity) => T,
  ): T {
    const agreed = new Int32Array(1);
    this.Allreduce(Int32Array.of(nextContext), agreed, MAX);
    const context = agreed[0];
    nextContext = context + 2;
    const rank = ranks.indexOf(this.rank);
    if (rank < 0) return null as unknown as T;
    const world = ranks.map((member) => this.toWorld(member));
    const made = make({ name: `${call} of ${this.name}`, context, rank, size: ranks.length, world });
    inheritErrhandler(made, this as unknown as Comm);
    return made;
  }
}
