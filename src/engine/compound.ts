/** An operation made of others that come and go: a collective under way. */
import { Op } from './ops.js';

export abstract class CompoundOp extends Op {
  /** A function of the user's may be running in it: until that returns it cannot end. */
  abstract get running(): boolean;
  /** The transfers that it waits for now. */
  abstract get parts(): readonly Op[];
  /** Goes on, now that they are done. Called at a safe point: it may call the user's functions. It does not throw. */
  abstract resume(): void;
  /** Ends it half-way. */
  abstract abandon(error: Error): void;

  get aim(): string {
    const waits = this.parts.filter((part) => !part.done).map((part) => part.aim);
    return waits.length === 0 ? 'about to go on' : waits.join('; ');
  }
}
