/** A collective that goes on by itself: its schedule is resumed whenever the transfers it waits for are done. */
import { ERR_OTHER, Exception } from '../../base/errors.js';
import type { Schedule } from '../../coll/index.js';
import { CompoundOp } from '../../engine/compound.js';
import type { Op } from '../../engine/ops.js';
import { engine } from '../runtime.js';
import type { CollectiveChannel } from './channel.js';

export class ScheduleOp extends CompoundOp {
  readonly #channel: CollectiveChannel;
  readonly #ended: (error: unknown) => void;
  #schedule: Schedule | null = null;
  /** Its schedule runs now: what completes meanwhile is seen when it yields. */
  #running = false;
  #queued = false;
  /** Transfers under way. */
  #pending = 0;
  #last = false;

  /** `ended` is called at the end of every round: with null of a whole one, with the error half-way. */
  constructor(channel: CollectiveChannel, ended: (error: unknown) => void) {
    super();
    this.#channel = channel;
    this.#ended = ended;
    this.call = channel.call;
    this.scope = channel.scope;
  }

  get running(): boolean {
    return this.#running;
  }

  get parts(): readonly Op[] {
    return this.#channel.started;
  }

  begin(schedule: Schedule): void {
    this.restart();
    this.#schedule = schedule;
    this.#last = false;
    this.#advance();
  }

  resume(): void {
    this.#queued = false;
    if (this.done || this.#running) return;
    try {
      this.#channel.settle();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#advance();
  }

  abandon(error: Error): void {
    if (this.done) return;
    this.cancelled = true;
    this.#fail(error);
  }

  /** Runs the schedule until it waits for something. */
  #advance(): void {
    this.#running = true;
    try {
      while (!this.#last) {
        this.#last = this.#schedule!.next().done === true;
        // A function of the user's may have ended it.
        if (this.done || this.#waits()) return;
        this.#channel.settle();
      }
      this.#schedule = null;
      this.#ended(null);
      this.complete();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = false;
    }
  }

  /** Whether a transfer is under way; the schedule is then resumed when none is any more. */
  #waits(): boolean {
    const { started } = this.#channel;
    this.#pending = 0;
    for (let i = 0; i < started.length; i++) {
      const op = started[i];
      if (op.error !== null) throw op.error;
      if (op.done) continue;
      op.onDone = this.#partDone;
      this.#pending++;
    }
    return this.#pending > 0;
  }

  readonly #partDone = (): void => {
    this.#pending--;
    // One that has failed may leave the others waiting for ever.
    if (this.#queued || (this.#pending > 0 && !this.parts.some((op) => op.error !== null))) return;
    this.#queued = true;
    engine.resumptions.add(this);
  };

  #fail(error: unknown): void {
    for (const op of this.parts) op.onDone = null;
    this.#schedule = null;
    // It has been told already if a function of the user's has ended it.
    if (!this.done) this.#ended(error);
    this.#channel.abandon();
    this.complete(error instanceof Exception ? error : this.#wrap(error));
  }

  #wrap(error: unknown): Exception {
    const text = error instanceof Error ? error.message : String(error);
    const wrapped = new Exception(ERR_OTHER, `${this.where}: ${text}`);
    wrapped.cause = error;
    return wrapped;
  }
}
