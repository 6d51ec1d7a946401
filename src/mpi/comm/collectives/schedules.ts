/** Drives the schedules of a communicator's collectives: to their end, by requests, or again and again. */
import { ERR_COMM, ERR_TIMEOUT, Exception } from '../../../base/errors.js';
import type { Schedule } from '../../../coll/index.js';
import { place } from '../../../engine/ops.js';
import { Context } from '../../../engine/queues.js';
import type { CallOptions } from '../../arguments.js';
import { Prequest } from '../../prequest.js';
import { Request } from '../../request.js';
import { engine } from '../../runtime.js';
import { CollectiveChannel, modelOf } from '../channel.js';
import { CommObjects } from '../objects.js';
import { ScheduleOp } from '../schedule-op.js';

/** Checks a call's arguments and makes its schedule. Nothing is sent, and no buffer written, before the schedule runs. */
export type Plan = (ch: CollectiveChannel) => Schedule;

/**
 * Every call takes a tag, those of persistent requests from here on. All members make these calls in the same order, so
 * that the tags agree; a tag comes again after 2^30 calls. The rounds of a persistent request share theirs: messages of
 * a pair of ranks do not overtake each other.
 */
const PERSISTENT_TAGS = 2 ** 30;

export class CommSchedules extends CommObjects {
  /** Channels of blocking calls that are over. */
  readonly #channels: CollectiveChannel[] = [];
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
    const schedule = plan(channel);
    channel.tag = this.#nextTag();
    let whole = false;
    try {
      for (let last = false; !last; ) {
        last = schedule.next().done === true;
        this.#await(channel, deadline);
      }
      whole = true;
    } finally {
      if (!whole) {
        this.#broken = true;
        channel.abandon();
      }
    }
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
    const schedule = plan(channel);
    channel.tag = this.#nextTag();
    const op = this.#makeOp(channel);
    this.#begin(op, schedule);
    return new Request<T>(null, null, opts, result, op);
  }

  /** @internal A collective to be started again and again. Its arguments are checked now and at every start. */
  protected initCollective(call: string, plan: Plan): Prequest {
    this.enter(call, undefined);
    const channel = this.#openChannel(call);
    plan(channel);
    channel.tag = PERSISTENT_TAGS + this.#inits;
    this.#inits = (this.#inits + 1) % PERSISTENT_TAGS;
    const op = this.#makeOp(channel);
    return new Prequest(op, () => {
      this.#checkWhole(call);
      this.#begin(op, plan(channel));
    });
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
    return new ScheduleOp(channel, (whole) => {
      this.#underWay--;
      if (!whole) this.#broken = true;
    });
  }

  #begin(op: ScheduleOp, schedule: Schedule): void {
    this.#underWay++;
    op.begin(schedule);
  }

  #openChannel(call: string): CollectiveChannel {
    this.#checkWhole(call);
    // Taken, not shared: a user operation may run a collective of its own.
    const channel = this.#channels.pop() ?? this.makeChannel(this.context + Context.COLLECTIVE);
    channel.call = call;
    return channel;
  }

  #checkWhole(call: string): void {
    if (!this.#broken) return;
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
