/** Communicators of two groups, whose messages go from one to the other (MPI-4.1 §7.6). */
import { ERR_GROUP, Exception } from '../../base/errors.js';
import { allgatherBoth } from '../../coll/inter/index.js';
import { place } from '../../engine/ops.js';
import type { CallOptions } from '../arguments.js';
import { UNDEFINED } from '../constants.js';
import { inheritErrhandler } from '../errhandler.js';
import { Group } from '../group.js';
import { Members } from '../members.js';
import { engine } from '../runtime.js';
import { type Identity, originOf } from './base.js';
import { groupsOf } from './collectives/inter-roles.js';
import type { Hints } from './comm.js';
import { InterCollectives } from './intercollectives.js';
import { COMM_NULL, Intracomm } from './intracomm.js';
import { makers } from './makers.js';
import { enrol, numbers } from './registry.js';
import { checkColor, checkKey, colorOfType, ranksOfColor, SPLIT_WORDS } from './split.js';

/** What all members of both groups have said, by rank. */
interface Gossip {
  readonly here: Int32Array;
  readonly there: Int32Array;
}

/**
 * Two disjoint groups. `rank` and `size` are those of the local group; `dest` and `source` of messages are ranks of the
 * remote one.
 */
export class Intercomm extends InterCollectives {
  readonly #remote: Members;

  /** @internal */
  constructor(identity: Identity & { readonly remote: Members }) {
    super(identity);
    this.#remote = identity.remote;
  }

  /** Number of members of the remote group (MPI-4.1 §7.6.1). */
  Get_remote_size(): number {
    this.check('Get_remote_size');
    return this.#remote.size;
  }

  /** The remote group (MPI-4.1 §7.6.1). */
  Get_remote_group(): Group {
    this.check('Get_remote_group');
    return new Group(this.#remote);
  }

  /** Number of members of the remote group. */
  get remote_size(): number {
    return this.Get_remote_size();
  }

  /** The remote group. */
  get remote_group(): Group {
    return this.Get_remote_group();
  }

  /**
   * A communicator of both groups (MPI-4.1 §7.6.2): the one that says `high` comes last. All members of a group say the
   * same; if both groups do, the one whose first member comes first in `MPI.COMM_WORLD` is first.
   */
  Merge(high = false, opts?: CallOptions): Intracomm {
    this.enter('Merge', opts);
    return this.#making(
      'Merge',
      this.rank === 0,
      ({ here, there }) => {
        const [mine, theirs] = [here[0], there[0]];
        const first = mine === theirs ? this.#leads(0, 0) : mine < theirs;
        const [low, high] = first ? [this.members, this.#remote] : [this.#remote, this.members];
        return {
          number: (first ? here : there)[2],
          chosenHere: first && this.rank === 0,
          make: (number) =>
            new Intracomm({
              number,
              origin: originOf('merge', this),
              members: new Members([...low.world, ...high.world]),
            }),
        };
      },
      [high ? 1 : 0, 0],
      opts,
    );
  }

  /**
   * An intercommunicator of parts of both groups (MPI-4.1 §7.4.2): `group` names members of the local group, and all of
   * them the same. `MPI.COMM_NULL` for others, and for all if one of the groups is empty. Collective over both groups.
   */
  override Create(group: Group, opts?: CallOptions): Intercomm {
    this.enter('Create', opts);
    const members = this.subset(group, 'Create');
    const color = members.rank < 0 ? UNDEFINED : 0;
    return this.#parted('Create', color, members.rank, opts);
  }

  /**
   * An intercommunicator for each color that both groups have (MPI-4.1 §7.4.2): its members by `key`, and among equal
   * keys by rank. `MPI.COMM_NULL` for others. Collective over both groups. ERR_ARG.
   */
  override Split(color = 0, key = 0, opts?: CallOptions): Intercomm {
    this.enter('Split', opts);
    checkColor(this, 'Split', color);
    checkKey(this, 'Split', key);
    return this.#parted('Split', color, key, opts);
  }

  /** An intercommunicator for each part of the machine, as `Intracomm.Split_type` finds them. */
  override Split_type(split_type: number, key = 0, info?: Hints | null, opts?: CallOptions): Intercomm {
    this.enter('Split_type', opts);
    checkKey(this, 'Split_type', key);
    const color = colorOfType(this, 'Split_type', split_type, info, this.participants);
    return this.#parted('Split_type', color, key, opts);
  }

  /** @internal */
  override get remoteMembers(): Members {
    return this.#remote;
  }

  protected override likeness(identity: Identity): this {
    return new Intercomm({ ...identity, remote: this.#remote }) as this;
  }

  protected override get participants(): readonly number[] {
    const [low, high] = this.#leads(0, 0) ? [this.members, this.#remote] : [this.#remote, this.members];
    return [...low.world, ...high.world];
  }

  /** Whether the first of a local and a remote rank comes first among all ranks: it then decides. */
  #leads(local: number, remote: number): boolean {
    return this.members.world[local] < this.#remote.world[remote];
  }

  #parted(call: string, color: number, key: number, opts: CallOptions | undefined): Intercomm {
    return this.#making(
      call,
      color !== UNDEFINED,
      ({ here, there }) => {
        const local = ranksOfColor(here, color);
        const remote = ranksOfColor(there, color);
        if (color === UNDEFINED || remote.length === 0) return null;
        if (call === 'Create' && local.some((rank, i) => here[rank * SPLIT_WORDS + 1] !== i)) {
          throw new Exception(
            ERR_GROUP,
            `${place(call, this)}: members of the local group have passed different groups`,
          );
        }
        const leads = this.#leads(local[0], remote[0]);
        return {
          number: (leads ? here[local[0] * SPLIT_WORDS + 2] : there[remote[0] * SPLIT_WORDS + 2]) as number,
          chosenHere: leads && local[0] === this.rank,
          make: (number) =>
            new Intercomm({
              number,
              origin: originOf(call, this),
              members: this.members.pick(local),
              remote: this.#remote.pick(remote),
            }),
        };
      },
      [color, key],
      opts,
    );
  }

  /**
   * Has all members of both groups say two words and a number that they propose, if they may lead, and makes what
   * `decide` makes of it: nothing, where that is null.
   */
  #making<T extends Intracomm | Intercomm>(
    call: string,
    proposes: boolean,
    decide: (gossip: Gossip) => { number: number; chosenHere: boolean; make: (number: number) => T } | null,
    words: readonly [number, number],
    opts: CallOptions | undefined,
  ): T {
    const { queues } = engine.receiver;
    queues.expect();
    const mine = proposes ? numbers.take() : -1;
    let leads = false;
    try {
      const outcome = decide(this.#gossip(call, Int32Array.of(...words, mine), opts));
      if (outcome === null) return COMM_NULL as Intracomm as T;
      leads = outcome.chosenHere;
      enrol(outcome.number, leads, place(call, this));
      return inheritErrhandler(outcome.make(outcome.number), this);
    } finally {
      if (!leads) numbers.giveUnused(mine);
      queues.expected();
    }
  }

  #gossip(call: string, words: Int32Array, opts: CallOptions | undefined): Gossip {
    const here = new Int32Array(this.size * SPLIT_WORDS);
    const there = new Int32Array(this.#remote.size * SPLIT_WORDS);
    const [own, mine, theirs] = [words, here, there].map(({ buffer }) => new Uint8Array(buffer));
    this.runCollective(call, opts, (ch) => allgatherBoth(groupsOf(ch), own, mine, theirs));
    return { here, there };
  }
}

makers.intercomm = (identity) => new Intercomm(identity as Identity & { remote: Members });
