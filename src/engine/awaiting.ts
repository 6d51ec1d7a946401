/**
 * Awaited operations: while some are, the rank's traffic advances from the event loop. The loop sleeps on the
 * rank's doorbell through `Atomics.waitAsync` (7 to 17 µs to wake); a timer keeps the program alive, which a
 * pending waitAsync does not, and looks after what no doorbell announces.
 */
import { ERR_OTHER, Exception } from '../base/errors.js';
import { parkSliceMsMax } from '../base/limits.js';
import { Parked } from '../transport/ring/layout.js';
import type { Engine } from './engine.js';
import { type Op, Patience } from './ops.js';

export class Awaiting {
  readonly #engine: Engine;
  readonly #ops = new Set<Op>();
  #timer: NodeJS.Timeout | undefined;
  #pumping = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get active(): boolean {
    return this.#ops.size > 0;
  }

  /** Calls `done` (from the event loop, or inside any MPI call) once `op` is done. It must not block or throw. */
  add(op: Op, done: () => void): void {
    // To await one half of an exchange advances all traffic: the other half may be done by now.
    if (op.done) {
      done();
      return;
    }
    this.#ops.add(op);
    op.onDone = () => {
      this.#ops.delete(op);
      done();
      if (!this.active) this.#stop();
    };
    this.#timer ??= setInterval(() => this.#tick(), parkSliceMsMax);
    if (this.#pumping) this.#engine.transport.kick();
    else void this.#pump();
  }

  /** Ends every awaited operation: the program finalizes. */
  abandon(): void {
    for (const op of this.#ops) {
      this.#engine.cancel(op);
      if (!op.done) op.complete(new Exception(ERR_OTHER, `${op.where} was still awaited at MPI.Finalize`));
    }
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.active) {
      const seen = this.#engine.transport.listen(Parked.AWAITING);
      if (this.#engine.progress() > 0) {
        // Let the programs' own callbacks run between two batches.
        await new Promise(setImmediate);
        continue;
      }
      await this.#engine.transport.sleepAsync(seen);
    }
    this.#pumping = false;
  }

  /** Gives up what a rank that has ended can no longer complete, and wakes the pump if its doorbell was missed. */
  #tick(): void {
    this.#engine.progress();
    for (const op of this.#ops) this.#engine.giveUp(op, Patience.AWAITING);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    // The pump still sleeps on the doorbell: let it see that it has nothing to do, while it is known to await.
    this.#engine.transport.kick();
    this.#engine.transport.ignore();
  }
}
