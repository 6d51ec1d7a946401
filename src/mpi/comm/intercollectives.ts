/** How the collectives of an intercommunicator run: their plans, and what they send over (MPI-4.1 §6.2.3). */
import type { Scope } from '../../engine/ops.js';
import type { Members } from '../members.js';
import type { Identity } from './base.js';
import { CollectiveChannel, modelOf } from './channel.js';
import { objectPlansOfTwo } from './collectives/inter-object-plans.js';
import { plansOfTwo } from './collectives/inter-plans.js';
import type { ObjectPlans } from './collectives/objects.js';
import type { Plans } from './collectives/plans.js';
import { Comm } from './comm.js';

/** The local group as peers. */
class LocalGroup implements Scope {
  readonly #comm: Scope;
  readonly #members: Members;

  constructor(comm: Scope, members: Members) {
    this.#comm = comm;
    this.#members = members;
  }

  get label(): string {
    return this.#comm.label;
  }
  get rank(): number {
    return this.#members.rank;
  }
  get size(): number {
    return this.#members.size;
  }
  get peers(): number {
    return this.#members.size;
  }
  toWorld(rank: number): number {
    return this.#members.world[rank];
  }
  fromWorld(world: number): number {
    return this.#members.position(world);
  }
}

export abstract class InterCollectives extends Comm {
  readonly #group: Scope;

  /** @internal */
  constructor(identity: Identity) {
    super(identity);
    this.#group = new LocalGroup(this, identity.members);
  }

  /** @internal Between two groups. */
  protected override get plans(): Plans {
    return plansOfTwo;
  }

  /** @internal */
  protected override get objectPlans(): ObjectPlans {
    return objectPlansOfTwo;
  }

  /** @internal To both groups: whose messages are whose is told by where they come from. */
  protected override makeChannel(context: number): CollectiveChannel {
    return new CollectiveChannel(this, context, modelOf(this.participants), this.#group);
  }
}
