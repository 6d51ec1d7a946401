/** Communicators of one group (MPI-4.1 §7.4), and those that the standard defines (§7.2.4). */
import { ERR_RANK, Exception, show } from '../../base/errors.js';
import { place } from '../../engine/ops.js';
import { Context } from '../../engine/queues.js';
import { type CallOptions, checkSendTag, isRank } from '../arguments.js';
import { UNDEFINED } from '../constants.js';
import { inheritErrhandler } from '../errhandler.js';
import type { Group } from '../group.js';
import { alone, everyone, Members } from '../members.js';
import { beforeFinalize, engine } from '../runtime.js';
import { agree, MakingTag } from './agreement.js';
import { type Identity, NO_NUMBER, originOf } from './base.js';
import type { Comm, Hints } from './comm.js';
import type { Intercomm } from './intercomm.js';
import { meet } from './leaders.js';
import { makers } from './makers.js';
import { enrol, firstContext, numbers } from './registry.js';
import { checkColor, checkKey, colorOfType, ranksOfColor, SPLIT_WORDS } from './split.js';
import { CommTopologies } from './topologies.js';

/** Makes a communicator of some class. */
export type Make<T> = (identity: Identity) => T;

/** A communicator of one group: ranks address its members. */
export class Intracomm extends CommTopologies {
  override Create(group: Group, opts?: CallOptions): Intracomm {
    const deadline = this.enter('Create', opts);
    const members = this.subset(group, 'Create');
    const make = (identity: Identity) => new Intracomm(identity);
    return this.#among('Create', Context.MAKING, MakingTag.CREATE, members, deadline, make);
  }

  /**
   * A communicator of the group's members, who alone call it (MPI-4.1 §7.4.2). `tag` keeps calls apart that are made at
   * the same time; it never meets the tags of messages.
   */
  Create_group(group: Group, tag = 0, opts?: CallOptions): Intracomm {
    const deadline = this.enter('Create_group', opts);
    const members = this.subset(group, 'Create_group');
    checkSendTag(this, 'Create_group', tag);
    const make = (identity: Identity) => new Intracomm(identity);
    return this.#among('Create_group', Context.LEADERS, tag, members, deadline, make);
  }

  override Split(color = 0, key = 0, opts?: CallOptions): Intracomm {
    return this.splitInto('Split', color, key, (identity) => new Intracomm(identity), opts);
  }

  /**
   * A communicator for each part of the machine (MPI-4.1 §7.4.2): `MPI.COMM_TYPE_SHARED`, ranks that share memory.
   * `COMM_TYPE_HW_GUIDED` with `mpi_hw_resource_type` = `mpi_shared_memory` in `info` is the same, with another resource
   * `MPI.COMM_NULL`; `COMM_TYPE_HW_UNGUIDED` gives `MPI.COMM_NULL` if all members share memory. ERR_ARG.
   */
  override Split_type(split_type: number, key = 0, info?: Hints | null, opts?: CallOptions): Intracomm {
    this.check('Split_type');
    const color = colorOfType(this, 'Split_type', split_type, info, this.members.world);
    return this.splitInto('Split_type', color, key, (identity) => new Intracomm(identity), opts);
  }

  /**
   * An intercommunicator of this group and another one (MPI-4.1 §7.6.2). The leaders, `local_leader` here and
   * `remote_leader` of `peer_comm`, exchange messages with `tag` on `peer_comm`, in a context that the user's messages do
   * not use; on other ranks `peer_comm` and `remote_leader` are not looked at. The groups must be disjoint. ERR_RANK,
   * ERR_COMM, ERR_TAG.
   */
  Create_intercomm(
    local_leader: number,
    peer_comm: Comm,
    remote_leader: number,
    tag = 0,
    opts?: CallOptions,
  ): Intercomm {
    const deadline = this.enter('Create_intercomm', opts);
    if (!isRank(local_leader, this.size)) {
      throw new Exception(
        ERR_RANK,
        `${place('Create_intercomm', this)}: local_leader is ${show(local_leader)}; it must be an integer from 0 to ${this.size - 1}`,
      );
    }
    this.compareCalls('Create_intercomm', deadline);
    const origin = originOf('intercommunicator', this);
    const met = meet(this, local_leader, { comm: peer_comm, leader: remote_leader, tag }, opts);
    const members = this.members;
    const remote = new Members(met.world);
    return inheritErrhandler(makers.intercomm({ number: met.number, origin, members, remote }), this);
  }

  /**
   * @internal A communicator of some members, made by `make` on each of them; others get `MPI.COMM_NULL` at once.
   * Collective among those with the given ranks, which all name in the same order.
   */
  protected derive<T extends Intracomm>(
    call: string,
    ranks: readonly number[],
    make: Make<T>,
    opts?: CallOptions,
  ): T {
    const deadline = this.enter(call, opts);
    return this.#among(call, Context.MAKING, MakingTag.DERIVE, this.members.pick(ranks), deadline, make);
  }

  /** @internal `Split` into communicators made by `make`. */
  protected splitInto<T extends Intracomm>(
    call: string,
    color: number,
    key: number,
    make: Make<T>,
    opts?: CallOptions,
  ): T {
    const deadline = this.enter(call, opts);
    checkColor(this, call, color);
    checkKey(this, call, key);
    this.compareCalls(call, deadline);
    const { queues } = engine.receiver;
    queues.expect();
    const mine = color === UNDEFINED ? NO_NUMBER : numbers.take();
    let leads = false;
    try {
      const all = new Int32Array(SPLIT_WORDS * this.size);
      this.Allgather(Int32Array.of(color, key, mine), all, opts);
      if (color === UNDEFINED) return COMM_NULL as T;
      const ranks = ranksOfColor(all, color);
      const number = all[ranks[0] * SPLIT_WORDS + 2];
      leads = ranks[0] === this.rank;
      enrol(number, leads, place(call, this));
      const made = make({ number, origin: originOf('split', this), members: this.members.pick(ranks) });
      return inheritErrhandler(made, this);
    } finally {
      if (!leads && mine !== NO_NUMBER) numbers.giveUnused(mine);
      queues.expected();
    }
  }

  protected override likeness(identity: Identity): this {
    return new Intracomm(identity) as this;
  }

  protected override get participants(): readonly number[] {
    return this.members.world;
  }

  #among<T extends Intracomm>(
    call: string,
    context: number,
    tag: number,
    members: Members,
    deadline: number,
    make: Make<T>,
  ): T {
    // All members call those that do not meet by leaders.
    if (context === Context.MAKING) this.compareCalls(call, deadline);
    if (members.rank < 0) return COMM_NULL as T;
    const made = make({ number: NO_NUMBER, origin: originOf(call, this), members });
    const circle = { call, scope: this, context: this.context + context, tag, world: members.world };
    agree(circle, deadline, (number) => made.establish(number));
    return inheritErrhandler(made, this);
  }
}

/** No communicator: what members get that are not in the new one. Every use of it is ERR_COMM. */
class Nothing extends Intracomm {
  constructor() {
    super({ number: NO_NUMBER, origin: 'MPI_COMM_NULL', members: new Members([]) });
    for (const property of ['rank', 'size'])
      Object.defineProperty(this, property, { get: () => this.check(property) });
  }
}

/** One of the standard's own. */
class Predefined extends Intracomm {
  constructor(number: number, name: string, members: Members) {
    super({ number, origin: name, members });
    engine.receiver.queues.open(firstContext(number));
    this.Set_name(name);
    this.keep();
  }
}

/** All ranks of the job. */
export const COMM_WORLD: Intracomm = new Predefined(0, 'MPI_COMM_WORLD', everyone);

/** This rank alone. */
export const COMM_SELF: Intracomm = new Predefined(1, 'MPI_COMM_SELF', alone);

/** No communicator: every use of it is ERR_COMM. */
export const COMM_NULL: Intracomm = new Nothing();

// By its attributes a library learns of the end while it may still call MPI (MPI-4.1 §11.2.4).
beforeFinalize.push(() => COMM_SELF.attributes.deleteAll('Finalize'));
