/** The channel of one collective call: point-to-point in the context that a communicator keeps for them. */
import { ERR_COUNT, Exception } from '../../base/errors.js';
import type { Hosts } from '../../coll/hierarchy/index.js';
import { type Channel, type Model, memory, network, type Taken } from '../../coll/index.js';
import { type SharedCollective, sharedBytesMax } from '../../coll/shared/index.js';
import type { Meeting, Piece } from '../../engine/meeting.js';
import { Mode, type Op, RecvOp, type Scope, SendOp } from '../../engine/ops.js';
import { engine } from '../runtime.js';
import { giveRecv, giveSend, takeRecv, takeSend } from '../spare-ops.js';
import type { Signature } from './collectives/signature.js';

export class CollectiveChannel implements Channel {
  readonly rank: number;
  readonly size: number;
  readonly model: Model;
  readonly scope: Scope;
  /** To the members of the own group: the channel itself, but between two groups. */
  readonly local: Channel;
  /** The public call, for messages. */
  call = '';
  /** Tells this call's messages from those of other collectives of the communicator. */
  tag = 0;
  /** Who of the members shares memory, if that is known and matters. */
  hosts: Hosts | null = null;
  /** When the call gives up. */
  deadline = Number.POSITIVE_INFINITY;
  /** Where the members meet; set for blocking calls. */
  findMeeting: ((channel: CollectiveChannel) => Meeting | null) | null = null;
  /** What the call says of itself to the other members: its plan states it. Null without `mpirun --check`. */
  signature: Signature | null = null;
  /** The transfers under way. */
  readonly started: Op[] = [];
  readonly #context: number;
  readonly #group: Scope | null;

  /** `scope`: whom it reaches; `group`: the own group, if that is another one. */
  constructor(scope: Scope, context: number, model: Model, group: Scope | null = null) {
    this.rank = scope.rank;
    this.size = scope.peers;
    this.model = model;
    this.scope = scope;
    this.#context = context;
    this.#group = group;
    this.local = group === null ? this : new LocalChannel(this, group);
  }

  /** Whether the own group comes before the other one, as both see it: whose first member comes first among all ranks. */
  get isFirst(): boolean {
    return this.#group === null || this.#group.toWorld(0) < this.scope.toWorld(0);
  }

  /**
   * The meeting that serves a call of so many bytes a member, of which these are the buffers; null if messages do. The same
   * on all members.
   */
  meet(
    collective: SharedCollective,
    bytes: number,
    send: Piece | null = null,
    recv: Piece | null = null,
  ): Meeting | null {
    const meeting = this.findMeeting === null ? null : this.findMeeting(this);
    if (meeting === null || bytes > sharedBytesMax(collective, meeting.lends)) return null;
    if (send !== null) meeting.note(send);
    if (recv !== null) meeting.note(recv);
    return meeting;
  }

  send(bytes: Uint8Array, dest: number, scope: Scope = this.scope): void {
    const world = scope.toWorld(dest);
    if (engine.sender.eager(world, this.#context, this.tag, bytes, 0, bytes.length)) return;
    const op = this.#aim(takeSend(), bytes, scope);
    op.dest = world;
    op.bytes = bytes.length;
    op.mode = Mode.STANDARD;
    op.blocking = false;
    op.reset();
    engine.sender.start(op);
    this.started.push(op);
  }

  recv(bytes: Uint8Array, source: number, scope: Scope = this.scope): void {
    const op = this.#aim(takeRecv(), bytes, scope);
    op.capacity = bytes.length;
    this.#post(op, scope.toWorld(source));
  }

  take(source: number, scope: Scope = this.scope): Taken {
    const op = this.#aim(new RecvOp(), NONE, scope);
    op.allocate = true;
    this.#post(op, scope.toWorld(source));
    // The view of a receive into fresh memory is an Uint8Array.
    return op as unknown as Taken;
  }

  /** Throws what has gone wrong with the transfers, which are all done, and forgets them. */
  settle(): void {
    const { started } = this;
    for (let i = 0; i < started.length; i++) this.check(started[i]);
    for (let i = 0; i < started.length; i++) {
      const op = started[i];
      if (op instanceof SendOp) giveSend(op);
      else if (!(op as RecvOp).allocate) giveRecv(op as RecvOp);
    }
    started.length = 0;
  }

  /** Throws what has gone wrong with a transfer that is done. */
  check(op: Op): void {
    if (op.error !== null) throw op.error;
    if (!(op instanceof RecvOp) || op.bytes === op.capacity) return;
    throw new Exception(
      ERR_COUNT,
      `${op.where}: rank ${op.scope!.fromWorld(op.fromWorld)} sent ${op.bytes} bytes where ${op.capacity} were ` +
        'expected: all ranks must pass matching counts',
    );
  }

  /** Withdraws the transfers of a collective that has failed: the buffers are the caller's again. */
  abandon(): void {
    for (const op of this.started) engine.withdraw(op);
    this.started.length = 0;
  }

  #post(op: RecvOp, world: number): void {
    op.source = world;
    op.reset();
    engine.receiver.post(op);
    this.started.push(op);
  }

  #aim<T extends Op>(op: T, bytes: Uint8Array, scope: Scope): T {
    op.call = this.call;
    op.collective = true;
    op.scope = scope;
    op.context = this.#context;
    op.tag = this.tag;
    op.view = bytes;
    op.offset = 0;
    return op;
  }
}

/** The same call's way to the own group: what both start is waited for together. */
class LocalChannel implements Channel {
  readonly rank: number;
  readonly size: number;
  readonly model: Model;
  readonly #whole: CollectiveChannel;
  readonly #group: Scope;

  constructor(whole: CollectiveChannel, group: Scope) {
    this.rank = group.rank;
    this.size = group.size;
    this.model = whole.model;
    this.#whole = whole;
    this.#group = group;
  }

  send(bytes: Uint8Array, dest: number): void {
    this.#whole.send(bytes, dest, this.#group);
  }

  recv(bytes: Uint8Array, source: number): void {
    this.#whole.recv(bytes, source, this.#group);
  }

  take(source: number): Taken {
    return this.#whole.take(source, this.#group);
  }
}

/** What transfers among ranks of the job cost: all of them come to the same. */
export function modelOf(world: readonly number[]): Model {
  return world.some((one) => engine.transport.isRemote(one)) ? network : memory;
}

const NONE = new Uint8Array(0);
