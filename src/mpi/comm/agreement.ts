/**
 * The members of a new communicator agree on its number: each tells the first, over a binomial tree, that it has begun;
 * then the first chooses (see `numbers.ts`) and tells all. Nobody has the communicator before everybody has begun to make
 * it: that is what `engine/queues.ts` relies on. Goes on in any call that makes progress.
 *
 * Cost: 2 log₂ P (L + 2 o), LogP.
 */
import { ERR_TIMEOUT, Exception } from '../../base/errors.js';
import { Mode, RecvOp, type Scope, SendOp } from '../../engine/ops.js';
import { engine } from '../runtime.js';
import { refuseWithin } from './collectives/user-functions.js';
import { enrol, numbers } from './registry.js';

/** Tags in the context for making communicators. */
export const MakingTag = { DUP: 1, CREATE: 2, DERIVE: 3, SPLIT: 4 } as const;

/** Who agrees, and by which messages. */
export interface Circle {
  readonly call: string;
  /** For messages about it. */
  readonly scope: Scope;
  readonly context: number;
  readonly tag: number;
  /** World ranks of all who agree. */
  readonly world: readonly number[];
}

export class Agreement {
  /** Done when this rank has the number. It is no receive of its own: those of the tree work for it. */
  readonly op: RecvOp;
  readonly #circle: Circle;
  readonly #agreed: (number: number) => void;
  readonly #parent: number = -1;
  /** World ranks. */
  readonly #children: number[] = [];
  /** Children that have not said yet that all below them have begun. */
  readonly #awaited: RecvOp[] = [];
  #number = new Int32Array(1);
  #fromParent: RecvOp | undefined;
  #open = true;

  /** Begins; ERR_OTHER within an operation of a collective on the same communicator. `agreed` is called with the number once, inside this call or any other that makes progress. */
  constructor(circle: Circle, agreed: (number: number) => void) {
    refuseWithin(circle.call, circle.scope);
    this.#circle = circle;
    this.#agreed = agreed;
    this.op = this.#aim(new RecvOp());
    this.op.reset();
    const { world } = circle;
    const me = world.indexOf(engine.transport.rank);
    for (let bit = 1; bit < world.length; bit <<= 1) {
      if ((me & bit) !== 0) {
        this.#parent = world[me - bit];
        break;
      }
      if (me + bit < world.length) this.#children.push(world[me + bit]);
    }
    engine.receiver.queues.expect();
    for (const child of this.#children) this.#awaited.push(this.#receive(child));
    for (const op of this.#awaited) this.#then(op, () => this.#climb());
    if (this.#awaited.length === 0) this.#climb();
  }

  /** Withdraws what has not come, if the agreement has failed. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const op of this.#awaited) engine.cancel(op);
    if (this.#fromParent !== undefined) engine.cancel(this.#fromParent);
    engine.receiver.queues.expected();
  }

  /** All below have begun, or one more has. */
  #climb(): void {
    const next = this.#awaited.find((op) => !op.done);
    if (this.op.done) return;
    if (next !== undefined) {
      this.op.source = next.source;
    } else if (this.#parent < 0) {
      this.#number[0] = numbers.take();
      this.#descend();
    } else {
      this.#send(this.#parent);
      this.op.source = this.#parent;
      this.#fromParent = this.#receive(this.#parent);
      this.#then(this.#fromParent, () => this.#descend());
    }
  }

  #descend(): void {
    for (const child of this.#children) this.#send(child);
    const [number] = this.#number;
    let problem: Exception | null = null;
    try {
      enrol(number, this.#parent < 0, this.op.where);
      this.#agreed(number);
    } catch (error) {
      problem = error as Exception;
    }
    this.#open = false;
    engine.receiver.queues.expected();
    this.op.complete(problem);
  }

  #then(op: RecvOp, next: () => void): void {
    const go = () => {
      if (op.cancelled) return;
      if (op.error === null) next();
      else this.op.complete(op.error);
    };
    op.onDone = go;
    engine.receiver.post(op);
  }

  #receive(source: number): RecvOp {
    const op = this.#aim(new RecvOp());
    op.source = source;
    op.view = this.#number;
    op.capacity = 4;
    op.reset();
    return op;
  }

  #send(dest: number): void {
    const op = new SendOp();
    op.call = this.#circle.call;
    op.scope = this.#circle.scope;
    op.context = this.#circle.context;
    op.tag = this.#circle.tag;
    op.dest = dest;
    op.view = this.#number;
    op.bytes = 4;
    op.mode = Mode.STANDARD;
    op.reset();
    engine.sender.start(op);
  }

  #aim(op: RecvOp): RecvOp {
    op.call = this.#circle.call;
    op.scope = this.#circle.scope;
    op.context = this.#circle.context;
    op.tag = this.#circle.tag;
    return op;
  }
}

/** Agrees now; `agreed` has been called when this returns. Throws ERR_OTHER, ERR_TIMEOUT, ERR_PROC_FAILED. */
export function agree(circle: Circle, deadline: number, agreed: (number: number) => void): void {
  const agreement = new Agreement(circle, agreed);
  const { op } = agreement;
  let inTime = false;
  try {
    inTime = engine.wait(op, deadline);
  } finally {
    agreement.end();
  }
  if (!inTime) {
    throw new Exception(
      ERR_TIMEOUT,
      `${op.where}: not all members have called it in time; no other can be made of this communicator any more`,
    );
  }
  if (op.error !== null) throw op.error;
}
