/** Makes communicators out of a communicator: their members agree on contexts that none of them uses. */
import { MAX } from '../op.js';
import { CommCollectives } from './collectives.js';

/** What the constructor of a communicator takes. */
export interface CommParts {
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
   * @internal Collective over this communicator: what `make` makes for `members` (ranks in this one), or null on a rank
   * that is not among them. Every rank passes the members that it belongs to.
   */
  protected derive<C>(members: readonly number[], make: (parts: CommParts) => C): C | null {
    const agreed = new Int32Array(1);
    this.Allreduce(Int32Array.of(nextContext), agreed, MAX);
    const context = agreed[0];
    nextContext = context + 2;
    const rank = members.indexOf(this.rank);
    if (rank < 0) return null;
    const world = members.map((member) => this.toWorld(member));
    return make({ name: `${this.name}+${context}`, context, rank, size: members.length, world });
  }
}
