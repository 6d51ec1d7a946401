/** Whom a rank of a topology hears from and tells, in the order of its neighbourhood collectives (MPI-4.1 §8.6). */
export interface Neighbours {
  readonly sources: readonly number[];
  readonly destinations: readonly number[];
  /** The order in which the blocks of one source arrive, if it is not that of `sources`: see `coll/neighbours.ts`. */
  readonly arrivals?: readonly number[];
}
