/**
 * The match queues of one rank, by context. A communicator has four contexts that follow each other (`CONTEXTS`), and is
 * named here by the first.
 *
 * A communicator is made on no rank before all its members have begun to make it. So a message in a context that this
 * rank does not have is early if the rank is making communicators, and kept until it has made them; otherwise it is of
 * one that was freed here, where nobody can receive it, and is dropped.
 */
import { type Envelope, MatchQueue } from './matching.js';

/** Contexts of a communicator, a power of two. */
export const CONTEXTS = 4;
/** What each is for, added to the first. */
export const Context = {
  POINT_TO_POINT: 0,
  COLLECTIVE: 1,
  /** The agreement on a new communicator. */
  MAKING: 2,
  /** The same among some of the members, with a tag of the user's; the leaders of an intercommunicator's groups. */
  LEADERS: 3,
} as const;

/** Queues found without a look at the map: a place for each context of a few communicators. */
const NEAR = 64;
/** No communicator has it: the last four contexts are left out (see `communicatorsMax`). */
const NO_CONTEXT = -1;

export class Queues {
  readonly #all = new Map<number, MatchQueue>();
  readonly #lost = new MatchQueue(NO_CONTEXT);
  /** By the last bits of the context: a whole map costs every message some 10 ns. */
  readonly #near: MatchQueue[] = Array.from({ length: NEAR }, () => this.#lost);
  readonly #open = new Set<number>();
  /** Contexts of no communicator here, in which messages came. */
  readonly #early = new Set<number>();
  readonly #drop: (envelope: Envelope) => void;
  #making = 0;

  /** `drop` ends a message that nobody receives. */
  constructor(drop: (envelope: Envelope) => void) {
    this.#drop = drop;
  }

  of(context: number): MatchQueue {
    const queue = this.#near[context & (NEAR - 1)];
    return queue.context === context ? queue : this.#far(context);
  }

  /** Keeps a message that no receive has matched. */
  setAside(queue: MatchQueue, envelope: Envelope): void {
    if (queue === this.#lost) this.#drop(envelope);
    else queue.addUnexpected(envelope);
  }

  /** This rank begins to make a communicator: contexts that it does not have may be those of the new one. */
  expect(): void {
    this.#making++;
  }

  /** It has ended that, with or without a communicator. */
  expected(): void {
    if (--this.#making > 0) return;
    for (const context of this.#early) this.#close(context);
    this.#early.clear();
  }

  /** This rank has the communicator now. */
  open(first: number): void {
    this.#open.add(first);
    for (let context = first; context < first + CONTEXTS; context++) this.#early.delete(context);
  }

  /** True while a receive is posted in the communicator. */
  busy(first: number): boolean {
    for (let context = first; context < first + CONTEXTS; context++)
      if (this.#all.get(context)?.anyPosted) return true;
    return false;
  }

  /** The communicator is freed: what came for it and was not received is dropped. */
  close(first: number): void {
    this.#open.delete(first);
    for (let context = first; context < first + CONTEXTS; context++) this.#close(context);
  }

  #far(context: number): MatchQueue {
    let queue = this.#all.get(context);
    if (queue === undefined) {
      if (!this.#open.has(context & -CONTEXTS)) {
        if (this.#making === 0) return this.#lost;
        this.#early.add(context);
      }
      queue = new MatchQueue(context);
      this.#all.set(context, queue);
    }
    this.#near[context & (NEAR - 1)] = queue;
    return queue;
  }

  #close(context: number): void {
    const queue = this.#all.get(context);
    if (queue === undefined) return;
    this.#all.delete(context);
    if (this.#near[context & (NEAR - 1)] === queue) this.#near[context & (NEAR - 1)] = this.#lost;
    for (let envelope = queue.shiftUnexpected(); envelope !== null; envelope = queue.shiftUnexpected())
      this.#drop(envelope);
  }
}
