/** Collectives of JavaScript objects: the lower-case calls, as mpi4py has them, and their nonblocking forms. */
import type { CallOptions } from '../../arguments.js';
import type { ObjectOpOf } from '../../combine.js';
import { SUM } from '../../op.js';
import type { Request } from '../../request.js';
import type { ObjectPlan } from './object-plans.js';
import * as plan from './object-plans.js';
import * as vector from './object-vector-plans.js';
import { CommReductions } from './reductions.js';

const ofOne = { ...plan, ...vector };

/** What a communicator's lower-case collectives are made of. */
export type ObjectPlans = Readonly<typeof ofOne>;

export class CommCollectives extends CommReductions {
  /** @internal How its lower-case collectives run: of one group. */
  protected get objectPlans(): ObjectPlans {
    return ofOne;
  }

  /** Returns when every member has called it. */
  barrier(opts?: CallOptions): void {
    this.Barrier(opts);
  }
  /** Starts a `barrier`. */
  ibarrier(opts?: CallOptions): Request {
    return this.Ibarrier(opts);
  }

  /** The root's object, on every member. The root gets the one that it passed. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  bcast<T = any>(obj: T, root = 0, opts?: CallOptions): T {
    return this.#run('bcast', opts, this.objectPlans.bcast<T>(obj, root));
  }
  /** Starts a `bcast`; `await` or `wait` gives its result. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  ibcast<T = any>(obj: T, root = 0, opts?: CallOptions): Request<T> {
    return this.#start('ibcast', opts, this.objectPlans.bcast<T>(obj, root));
  }

  /** The members' objects in rank order on the root, null elsewhere. */
  gather<T>(sendobj: T, root = 0, opts?: CallOptions): T[] | null {
    return this.#run('gather', opts, this.objectPlans.gather<T>(sendobj, root));
  }
  /** Starts a `gather`; `await` or `wait` gives its result. */
  igather<T>(sendobj: T, root = 0, opts?: CallOptions): Request<T[] | null> {
    return this.#start('igather', opts, this.objectPlans.gather<T>(sendobj, root));
  }

  /** The i-th object of the root's list on member i; the list is looked at on the root only. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  scatter<T = any>(sendobj: readonly T[] | null, root = 0, opts?: CallOptions): T {
    return this.#run('scatter', opts, this.objectPlans.scatter<T>(sendobj, root));
  }
  /** Starts a `scatter`; `await` or `wait` gives its result. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  iscatter<T = any>(sendobj: readonly T[] | null, root = 0, opts?: CallOptions): Request<T> {
    return this.#start('iscatter', opts, this.objectPlans.scatter<T>(sendobj, root));
  }

  /** The members' objects in rank order, on every member. */
  allgather<T>(sendobj: T, opts?: CallOptions): T[] {
    return this.#run('allgather', opts, this.objectPlans.allgather<T>(sendobj));
  }
  /** Starts a `allgather`; `await` or `wait` gives its result. */
  iallgather<T>(sendobj: T, opts?: CallOptions): Request<T[]> {
    return this.#start('iallgather', opts, this.objectPlans.allgather<T>(sendobj));
  }

  /** Object i of member j's list as object j of member i's. */
  alltoall<T>(sendobj: readonly T[], opts?: CallOptions): T[] {
    return this.#run('alltoall', opts, this.objectPlans.alltoall<T>(sendobj));
  }
  /** Starts a `alltoall`; `await` or `wait` gives its result. */
  ialltoall<T>(sendobj: readonly T[], opts?: CallOptions): Request<T[]> {
    return this.#start('ialltoall', opts, this.objectPlans.alltoall<T>(sendobj));
  }

  /**
   * The members' objects combined, in rank order, on the root; null elsewhere. `op` is a predefined operation, or a function
   * of two values that must be associative.
   */
  reduce<T>(sendobj: T, op: ObjectOpOf<T> = SUM, root = 0, opts?: CallOptions): T | null {
    return this.#run('reduce', opts, this.objectPlans.reduce<T>(sendobj, op, root));
  }
  /** Starts a `reduce`; `await` or `wait` gives its result. */
  ireduce<T>(sendobj: T, op: ObjectOpOf<T> = SUM, root = 0, opts?: CallOptions): Request<T | null> {
    return this.#start('ireduce', opts, this.objectPlans.reduce<T>(sendobj, op, root));
  }

  /** Like `reduce`, with the result on every member. */
  allreduce<T>(sendobj: T, op: ObjectOpOf<T> = SUM, opts?: CallOptions): T {
    return this.#run('allreduce', opts, this.objectPlans.allreduce<T>(sendobj, op));
  }
  /** Starts a `allreduce`; `await` or `wait` gives its result. */
  iallreduce<T>(sendobj: T, op: ObjectOpOf<T> = SUM, opts?: CallOptions): Request<T> {
    return this.#start('iallreduce', opts, this.objectPlans.allreduce<T>(sendobj, op));
  }

  /** The objects of members 0 to i combined, on member i. */
  scan<T>(sendobj: T, op: ObjectOpOf<T> = SUM, opts?: CallOptions): T {
    return this.#run('scan', opts, this.objectPlans.scan<T>(sendobj, op));
  }
  /** Starts a `scan`; `await` or `wait` gives its result. */
  iscan<T>(sendobj: T, op: ObjectOpOf<T> = SUM, opts?: CallOptions): Request<T> {
    return this.#start('iscan', opts, this.objectPlans.scan<T>(sendobj, op));
  }

  /** The objects of members 0 to i − 1 combined, on member i; null on member 0. */
  exscan<T>(sendobj: T, op: ObjectOpOf<T> = SUM, opts?: CallOptions): T | null {
    return this.#run('exscan', opts, this.objectPlans.exscan<T>(sendobj, op));
  }
  /** Starts a `exscan`; `await` or `wait` gives its result. */
  iexscan<T>(sendobj: T, op: ObjectOpOf<T> = SUM, opts?: CallOptions): Request<T | null> {
    return this.#start('iexscan', opts, this.objectPlans.exscan<T>(sendobj, op));
  }

  /** The members' lists, of any lengths, joined in rank order on the root; null elsewhere. (Not in mpi4py.) */
  gatherv<T>(sendobjs: readonly T[], root = 0, opts?: CallOptions): T[] | null {
    return this.#run('gatherv', opts, this.objectPlans.gatherv<T>(sendobjs, root));
  }
  /** Starts a `gatherv`; `await` or `wait` gives its result. */
  igatherv<T>(sendobjs: readonly T[], root = 0, opts?: CallOptions): Request<T[] | null> {
    return this.#start('igatherv', opts, this.objectPlans.gatherv<T>(sendobjs, root));
  }

  /** The root's list cut into `counts[i]` objects for member i. (Not in mpi4py.) */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  scatterv<T = any>(
    sendobjs: readonly T[] | null,
    counts: ArrayLike<number> | null,
    root = 0,
    opts?: CallOptions,
  ): T[] {
    return this.#run('scatterv', opts, this.objectPlans.scatterv<T>(sendobjs, counts, root));
  }
  /** Starts a `scatterv`; `await` or `wait` gives its result. */
  // biome-ignore lint/suspicious/noExplicitAny: what a peer sends is known to the program only
  iscatterv<T = any>(
    sendobjs: readonly T[] | null,
    counts: ArrayLike<number> | null,
    root = 0,
    opts?: CallOptions,
  ): Request<T[]> {
    return this.#start('iscatterv', opts, this.objectPlans.scatterv<T>(sendobjs, counts, root));
  }

  /** The members' lists, of any lengths, joined in rank order on every member. (Not in mpi4py.) */
  allgatherv<T>(sendobjs: readonly T[], opts?: CallOptions): T[] {
    return this.#run('allgatherv', opts, this.objectPlans.allgatherv<T>(sendobjs));
  }
  /** Starts a `allgatherv`; `await` or `wait` gives its result. */
  iallgatherv<T>(sendobjs: readonly T[], opts?: CallOptions): Request<T[]> {
    return this.#start('iallgatherv', opts, this.objectPlans.allgatherv<T>(sendobjs));
  }

  /** `sendobjs` cut into `counts[i]` objects for member i; what the members send here, joined in rank order. (Not in mpi4py.) */
  alltoallv<T>(sendobjs: readonly T[], counts: ArrayLike<number>, opts?: CallOptions): T[] {
    return this.#run('alltoallv', opts, this.objectPlans.alltoallv<T>(sendobjs, counts));
  }
  /** Starts a `alltoallv`; `await` or `wait` gives its result. */
  ialltoallv<T>(sendobjs: readonly T[], counts: ArrayLike<number>, opts?: CallOptions): Request<T[]> {
    return this.#start('ialltoallv', opts, this.objectPlans.alltoallv<T>(sendobjs, counts));
  }

  /** The i-th objects of the members' lists combined, in rank order, on member i. (Not in mpi4py.) */
  reduce_scatter<T>(sendobjs: readonly T[], op: ObjectOpOf<T> = SUM, opts?: CallOptions): T {
    return this.#run('reduce_scatter', opts, this.objectPlans.reduceScatter<T>(sendobjs, op));
  }
  /** Starts a `reduce_scatter`; `await` or `wait` gives its result. */
  ireduce_scatter<T>(sendobjs: readonly T[], op: ObjectOpOf<T> = SUM, opts?: CallOptions): Request<T> {
    return this.#start('ireduce_scatter', opts, this.objectPlans.reduceScatter<T>(sendobjs, op));
  }

  #run<T>(call: string, opts: CallOptions | undefined, { plan, result }: ObjectPlan<T>): T {
    this.runCollective(call, opts, plan);
    return result();
  }

  #start<T>(call: string, opts: CallOptions | undefined, { plan, result }: ObjectPlan<T>): Request<T> {
    return this.startCollective(call, opts, plan, result);
  }
}
