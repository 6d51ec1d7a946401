/** What all communicators have in common (MPI-4.1 §7.4 and §7.6). */
import { ERR_COMM, ERR_GROUP, ERR_REQUEST, ERR_TIMEOUT, Exception, show } from '../../base/errors.js';
import { place } from '../../engine/ops.js';
import { Context } from '../../engine/queues.js';
import type { CallOptions } from '../arguments.js';
import { CONGRUENT, IDENT, SIMILAR, UNDEFINED, UNEQUAL } from '../constants.js';
import { inheritErrhandler } from '../errhandler.js';
import { Group } from '../group.js';
import type { Members } from '../members.js';
import { Request } from '../request.js';
import { engine } from '../runtime.js';
import type { Status } from '../status.js';
import { Agreement, agree, type Circle, MakingTag } from './agreement.js';
import { type Identity, NO_NUMBER, originOf } from './base.js';
import { CommCollectives } from './collectives/objects.js';
import { refuseWithin } from './collectives/user-functions.js';

/** Hints for a communicator: an `MPI.Info`, or whatever answers like one. */
export interface Hints {
  Get(key: string): string | null | undefined;
}

/** The request of an `Idup`. */
class MakingRequest extends Request {
  readonly #agreement: Agreement;

  constructor(agreement: Agreement) {
    super(null, agreement.op);
    this.#agreement = agreement;
  }

  override Cancel(): void {
    this.#refuse('Cancel');
  }

  override Free(): void {
    this.#refuse('Free');
  }

  override fill(status: Status | null | undefined): void {
    status?.setEmpty();
  }

  /** All members take part: one of them cannot take back its share. */
  override cancelOps(): void {}

  protected override retire(): void {
    this.#agreement.end();
    this.send = null;
    this.recv = null;
  }

  #refuse(call: string): never {
    throw new Exception(ERR_REQUEST, `${call}: the request of an Idup can only be completed (MPI-4.1 §6.12)`);
  }
}

/**
 * A group of ranks that exchange messages among themselves. The upper-case calls move buffers, the lower-case ones
 * JavaScript objects; names, argument order and defaults are mpi4py's.
 */
export abstract class Comm extends CommCollectives {
  /** The standard's own: they cannot be freed. */
  #predefined = false;

  /** The group of its members; of an intercommunicator, of the local ones (MPI-4.1 §7.3.2). */
  Get_group(): Group {
    this.check('Get_group');
    return new Group(this.members);
  }

  /** The group of its members. */
  get group(): Group {
    return this.Get_group();
  }

  /** Whether it is an intercommunicator (MPI-4.1 §7.6.1). */
  Is_inter(): boolean {
    this.check('Is_inter');
    return this.remoteMembers !== null;
  }

  /** Whether it is an intracommunicator. */
  Is_intra(): boolean {
    return !this.Is_inter();
  }

  /** Whether it is an intercommunicator. */
  get is_inter(): boolean {
    return this.Is_inter();
  }

  /** Whether it is an intracommunicator. */
  get is_intra(): boolean {
    return this.Is_intra();
  }

  /**
   * `MPI.IDENT` for the same communicator, `MPI.CONGRUENT` for another one with the same members, `MPI.SIMILAR` if their
   * order differs, else `MPI.UNEQUAL` (MPI-4.1 §7.4.1). Of intercommunicators both groups count. Local.
   */
  Compare(comm: Comm): number {
    this.check('Compare');
    if (!(comm instanceof Comm))
      throw new Exception(ERR_COMM, `${place('Compare', this)}: comm is ${show(comm)}; pass a communicator`);
    comm.check('Compare');
    if (comm.number === this.number) return IDENT;
    const here = this.remoteMembers;
    const there = comm.remoteMembers;
    if ((here === null) !== (there === null)) return UNEQUAL;
    const pairs: [Members, Members][] = [[this.members, comm.members]];
    if (here !== null && there !== null) pairs.push([here, there]);
    if (pairs.every(([one, other]) => one.equals(other))) return CONGRUENT;
    return pairs.every(([one, other]) => one.resembles(other)) ? SIMILAR : UNEQUAL;
  }

  /** `MPI.CART`, `MPI.GRAPH` or `MPI.DIST_GRAPH`; `MPI.UNDEFINED` without a topology (MPI-4.1 §8.5.5). */
  Get_topology(): number {
    this.check('Get_topology');
    return UNDEFINED;
  }

  /** The kind of topology, as `Get_topology` returns it, and whether there is one. */
  get topology(): number {
    return this.Get_topology();
  }
  get is_topo(): boolean {
    return this.Get_topology() !== UNDEFINED;
  }

  /**
   * A communicator with the same members, in contexts of its own (MPI-4.1 §7.4.2). Collective. The copy callbacks of the
   * attributes run once the members have agreed; if one throws, so does this, on its rank only.
   */
  Dup(_info?: Hints | null, opts?: CallOptions): this {
    return this.#duplicate('Dup', opts);
  }

  /** Like `Dup`, with hints of its own (MPI-4.1 §7.4.2). No hint has an effect. */
  Dup_with_info(_info: Hints, opts?: CallOptions): this {
    return this.#duplicate('Dup_with_info', opts);
  }

  /** The same as `Dup`. */
  Clone(opts?: CallOptions): this {
    return this.#duplicate('Clone', opts);
  }

  /**
   * Starts a `Dup` (MPI-4.1 §7.4.2). The communicator can be used once the request is complete; ERR_COMM before.
   * (Inside of an array the request is not awaited by an async function that returns it.)
   */
  Idup(_info?: Hints | null): [comm: this, request: Request] {
    this.check('Idup');
    const copy = this.#unfinishedCopy();
    const agreement = new Agreement(this.#circle('Idup'), (number) => copy.establish(number));
    inheritErrhandler(copy, this);
    this.attributes.copyTo(copy.attributes, place('Idup', this));
    return [copy, new MakingRequest(agreement)];
  }

  /** Like `Idup`, with hints of its own. */
  Idup_with_info(info: Hints): [comm: this, request: Request] {
    return this.Idup(info);
  }

  /**
   * Gives the communicator up (MPI-4.1 §7.4.3): using it again is ERR_COMM. Operations under way complete as if nothing
   * had happened; messages that nobody has received are dropped. Collective, but it waits for nobody. The delete
   * callbacks of its attributes run first; if one throws, so does this, and the communicator stays. ERR_OTHER within an
   * operation of one of its own collectives.
   */
  Free(): void {
    this.#checkFreeable('Free');
    this.attributes.deleteAll(place('Free', this));
    this.discard();
  }

  /** Like `Free`, after what is under way on it here has completed (MPI-4.1 §11.10.4). */
  Disconnect(opts?: CallOptions): void {
    this.#checkFreeable('Disconnect');
    const deadline = this.enter('Disconnect', opts);
    const over = () => !this.busy && !engine.sender.uses(this.context);
    const doing = `Disconnect of ${this.label}`;
    if (!engine.waitUntil(doing, over, deadline, () => {}))
      throw new Exception(ERR_TIMEOUT, `${place('Disconnect', this)}: not over within ${opts?.timeout} ms`);
    this.attributes.deleteAll(place('Disconnect', this));
    this.discard();
  }

  /** A communicator of the group's members (MPI-4.1 §7.4.2), `MPI.COMM_NULL` for others. Collective. */
  abstract Create(group: Group, opts?: CallOptions): Comm;

  /**
   * A communicator for each color (MPI-4.1 §7.4.2): its members by `key`, and among equal keys by rank. `MPI.COMM_NULL`
   * for those whose color is `MPI.UNDEFINED`. Collective. ERR_ARG.
   */
  abstract Split(color?: number, key?: number, opts?: CallOptions): Comm;

  /** A communicator for each part of the machine, of the kind that `split_type` names (MPI-4.1 §7.4.2). */
  abstract Split_type(split_type: number, key?: number, info?: Hints | null, opts?: CallOptions): Comm;

  /** @internal The remote group, or null. */
  get remoteMembers(): Members | null {
    return null;
  }

  /** @internal A communicator like this one, with other contexts: of the same class, with what belongs to it. */
  protected abstract likeness(identity: Identity): this;

  /** @internal World ranks of all who take part when this communicator is duplicated, in an order that all know. */
  protected abstract get participants(): readonly number[];

  /** @internal */
  protected keep(): void {
    this.#predefined = true;
  }

  /** @internal The members that `group` names; they must be this communicator's. */
  protected subset(group: Group, call: string): Members {
    if (!(group instanceof Group)) {
      throw new Exception(ERR_GROUP, `${place(call, this)}: group is ${show(group)}; pass a group`);
    }
    const members = group.members(call);
    const stranger = members.world.find((world) => !this.members.has(world));
    if (stranger === undefined) return members;
    throw new Exception(
      ERR_GROUP,
      `${place(call, this)}: rank ${stranger} of MPI_COMM_WORLD is in the group, but not in this communicator`,
    );
  }

  #duplicate(call: string, opts: CallOptions | undefined): this {
    const deadline = this.enter(call, opts);
    this.compareCalls(call, deadline);
    const copy = this.#unfinishedCopy();
    agree(this.#circle(call), deadline, (number) => copy.establish(number));
    inheritErrhandler(copy, this);
    try {
      this.attributes.copyTo(copy.attributes, place(call, this));
    } catch (error) {
      copy.discard();
      throw error;
    }
    return copy;
  }

  #unfinishedCopy(): this {
    return this.likeness({ number: NO_NUMBER, origin: originOf('dup', this), members: this.members });
  }

  #circle(call: string): Circle {
    const context = this.context + Context.MAKING;
    return { call, scope: this, context, tag: MakingTag.DUP, world: this.participants };
  }

  #checkFreeable(call: string): void {
    this.check(call);
    refuseWithin(call, this);
    if (!this.#predefined) return;
    throw new Exception(ERR_COMM, `${place(call, this)}: ${this.label} is the standard's own, and stays`);
  }
}
