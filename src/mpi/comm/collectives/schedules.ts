/** Drives the schedules of a communicator's collectives: to their end, by requests, or again and again. */
import { ERR_COMM, ERR_TIMEOUT, Exception } from '../../../base/errors.js';
import { type Hosts, hostsOf } from '../../../coll/hierarchy/index.js';
import { allgather, allreduce, memory, predefinedReducer, type Schedule } from '../../../coll/index.js';
import { markCaller } from '../../../engine/caller.js';
import { Meeting } from '../../../engine/meeting.js';
import { place } from '../../../engine/ops.js';
import { Context } from '../../../engine/queues.js';
import type { CallOptions } from '../../arguments.js';
import { Prequest } from '../../prequest.js';
import { Request } from '../../request.js';
import { engine, seat } from '../../runtime.js';
import { canMeet, giveArena, offered, takeArena, WORLD_ARENA, WORLD_NUMBER } from '../arenas.js';
import { CollectiveChannel, modelOf } from '../channel.js';
import { CommObjects } from '../objects.js';
import { ScheduleOp } from '../schedule-op.js';
import { ShortCalls } from './short-calls.js';
import { Signature } from './signature.js';
import { check, checked, Mismatch } from './signature-check.js';
import { refuseWithin } from './user-functions.js';

/** `mpirun --check`. */
const checking = seat.check;

/**
 * Checks a call's arguments and makes its schedule. Nothing is sent, and no buffer written, before the schedule runs; but
 * where `ch` finds a meeting, the members meet at once, and null is returned.
 */
export type Plan = (ch: CollectiveChannel) => Schedule | null;

/**
 * Every call takes a tag, those of persistent requests from here on. All members make these calls in the same order, so
 * that the tags agree; a tag comes again after 2^30 calls. The rounds of a persistent request share theirs: messages of
 * a pair of ranks do not overtake each other.
 */
const PERSISTENT_TAGS = 2 ** 30;

export class CommSchedules extends CommObjects {
  /** Channels of blocking calls that are over. */
  readonly #channels: CollectiveChannel[] = [];
  /** Null where there is nothing to know; undefined before the first blocking call. */
  #hosts: Hosts | null | undefined;
  /** Undefined before the first call that may use it. */
  #meeting: Meeting | null | undefined;
  /** @internal Once there is a meeting. */
  protected short: ShortCalls | null = null;
  /** The arena to be given back. */
  #arena: number | undefined;
  #calls = 0;
  #inits = 0;
  /** Set once a collective ended half-way: its messages may still be about. */
  #broken = false;
  /** Collectives that go on by themselves. */
  #underWay = 0;

  /** @internal Runs a collective to its end. */
  protected runCollective(call: string, opts: CallOptions | undefined, plan: Plan): void {
    const deadline = this.enter(call, opts);
    const channel = this.#openChannel(call);
    channel.deadline = deadline;
    channel.findMeeting = this.#findMeeting;
    if (this.#hosts === undefined) {
      // Who came to different calls must not be told of hosts: the plan is made once more then.
      if (channel.signature !== null) plan(channel);
      this.#compare(channel);
      this.#hosts = this.#findHosts(channel);
    }
    channel.hosts = this.#hosts;
    const schedule = this.#scheduleOf(plan, channel);
    if (schedule !== null) this.#drive(channel, schedule);
    this.#channels.push(channel);
  }

  /** @internal Starts a collective. `result` makes the request's result where it is no Status. */
  protected startCollective<T>(
    call: string,
    opts: CallOptions | undefined,
    plan: Plan,
    result?: () => T,
  ): Request<T> {
    this.enter(call, opts);
    const channel = this.#openChannel(call);
    const schedule = this.#scheduleOf(plan, channel) as Schedule;
    channel.tag = this.#nextTag();
    const op = this.#makeOp(channel);
    this.#begin(op, schedule);
    return new Request<T>(null, null, opts, result, op);
  }

  /** @internal A collective to be started again and again. Its arguments are checked now and at every start. The
   * making of one is collective and may wait for the others (MPI-4.1 §6.13): so `--check` compares it like any call. */
  protected initCollective(call: string, plan: Plan): Prequest {
    this.enter(call, undefined);
    const channel = this.#openChannel(call);
    plan(channel);
    this.#compare(channel);
    channel.tag = PERSISTENT_TAGS + this.#inits;
    this.#inits = (this.#inits + 1) % PERSISTENT_TAGS;
    const op = this.#makeOp(channel);
    return new Prequest(op, () => {
      this.#checkUsable(call);
      this.#begin(op, plan(channel) as Schedule);
    });
  }

  /**
   * @internal Under `mpirun --check`: that all members make this call, which is collective, but no schedule of the above.
   * It has checked its arguments, and has done nothing yet. ERR_OTHER, on all members.
   */
  protected compareCalls(call: string, deadline: number): void {
    if (!checking) return;
    const channel = this.#openChannel(call);
    channel.deadline = deadline;
    this.#compare(channel);
    this.#channels.push(channel);
  }

  /** Compares what the members' calls have stated. */
  #compare(channel: CollectiveChannel): void {
    if (channel.signature === null) return;
    this.#drive(channel, check(channel, channel.signature));
    channel.signature = null;
  }

  /** Null if the members have met already. */
  #scheduleOf(plan: Plan, channel: CollectiveChannel): Schedule | null {
    const schedule = plan(channel);
    const { signature } = channel;
    return schedule === null || signature === null ? schedule : checked(channel, signature, schedule);
  }

  /** Runs a schedule to its end. */
  #drive(channel: CollectiveChannel, schedule: Schedule): void {
    channel.tag = this.#nextTag();
    try {
      for (let last = false; !last; ) {
        last = schedule.next().done === true;
        this.#await(channel, channel.deadline);
      }
    } catch (error) {
      this.#fail(error);
      channel.abandon();
      throw error;
    }
  }

  readonly #findMeeting = (channel: CollectiveChannel): Meeting | null => {
    let meeting = this.#meeting;
    const isFirst = meeting === undefined;
    if (meeting === undefined) meeting = this.#meeting = this.#arrangeMeeting(channel);
    if (meeting === null) return null;
    meeting.call = channel.call;
    meeting.deadline = channel.deadline;
    if (isFirst) meeting.agree();
    this.short ??= new ShortCalls(meeting, this);
    return meeting;
  };

  /** Before the first call that could use it: the members agree on an arena. Null if they cannot meet. */
  #arrangeMeeting(outer: CollectiveChannel): Meeting | null {
    // One segment holds all whose transfers stay in memory.
    if (outer.model !== memory || !canMeet(this)) return null;
    if (this.number === WORLD_NUMBER) return new Meeting(engine, this, WORLD_ARENA, 0);
    const values = offered();
    const bytes = new Uint8Array(values.buffer);
    this.#first(outer, (ch) => allreduce(ch, bytes, bytes, predefinedReducer('MAX', 'int32')));
    const arena = takeArena(values);
    this.#arena = arena?.index;
    return arena === null ? null : new Meeting(engine, this, arena.index, arena.last);
  }

  /**
   * In the first blocking call: the members tell each other who is the lowest that they share memory with. By Bruck's
   * algorithm, so that a rank has to connect with few others.
   */
  #findHosts(outer: CollectiveChannel): Hosts | null {
    // Between two groups there is one level.
    if (outer.model === memory || this.size <= 2 || outer.local !== outer) return null;
    const lowest = new Int32Array(this.size);
    const { transport } = engine;
    const own = this.members.world.findIndex((world) => !transport.isRemote(world));
    const bytes = new Uint8Array(Int32Array.of(own).buffer);
    this.#first(outer, (ch) => allgather(ch, bytes, new Uint8Array(lowest.buffer), 'bruck'));
    return hostsOf(lowest, this.rank);
  }

  /** Runs a collective of the communicator's own before that of a call. */
  #first({ call, deadline }: CollectiveChannel, make: (ch: CollectiveChannel) => Schedule): void {
    const channel = this.#openChannel(call);
    channel.deadline = deadline;
    this.#drive(channel, make(channel));
    this.#channels.push(channel);
  }

  /** @internal */
  protected override discard(): void {
    if (this.#arena !== undefined && this.#meeting)
      giveArena(this.#arena, this.#meeting.last, this.members.world);
    this.short = null;
    super.discard();
  }

  /** @internal A channel of this communicator's collectives. */
  protected makeChannel(context: number): CollectiveChannel {
    return new CollectiveChannel(this, context, modelOf(this.members.world));
  }

  /** @internal Its contexts are needed until all that was started has ended. */
  override get busy(): boolean {
    return this.#underWay > 0 || super.busy;
  }

  #makeOp(channel: CollectiveChannel): ScheduleOp {
    return new ScheduleOp(channel, (error) => {
      this.#underWay--;
      if (error !== null) this.#fail(error);
    });
  }

  /** A call has failed: half-way, unless it was found not to match the others' before anything was sent. */
  #fail(error: unknown): void {
    if (error instanceof Mismatch) return;
    this.#broken = true;
    this.short = null;
  }

  #begin(op: ScheduleOp, schedule: Schedule): void {
    this.#underWay++;
    op.begin(schedule);
  }

  #openChannel(call: string): CollectiveChannel {
    this.#checkUsable(call);
    // Taken, not shared: several may be under way.
    const channel = this.#channels.pop() ?? this.makeChannel(this.context + Context.COLLECTIVE);
    channel.call = call;
    channel.deadline = Number.POSITIVE_INFINITY;
    channel.findMeeting = null;
    channel.hosts = this.#hosts ?? null;
    const compares = checking && (this.size > 1 || channel.local !== channel);
    channel.signature = compares ? new Signature(call, markCaller()) : null;
    return channel;
  }

  #checkUsable(call: string): void {
    refuseWithin(call, this);
    if (!this.#broken && this.#meeting?.underWay !== true) return;
    throw new Exception(
      ERR_COMM,
      `${place(call, this)}: an earlier collective on this communicator ended half-way; no further one can be used`,
    );
  }

  #nextTag(): number {
    const tag = this.#calls;
    this.#calls = (tag + 1) % PERSISTENT_TAGS;
    return tag;
  }

  #await(channel: CollectiveChannel, deadline: number): void {
    const { started } = channel;
    if (started.length === 0) {
      engine.shortPath.passBy(null);
      return;
    }
    for (let i = 0; i < started.length; i++) {
      const op = started[i];
      if (!op.done && !engine.wait(op, deadline)) {
        throw new Exception(
          ERR_TIMEOUT,
          `${op.where}: not complete in time; collectives on this communicator cannot be used any more`,
        );
      }
      channel.check(op);
    }
    channel.settle();
  }
}
