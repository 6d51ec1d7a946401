/**
 * Matching, once and above all transports: the receives posted and the messages that came unexpected, of one
 * context. MPI-4.1 §3.5: messages of one sender match in the order sent, receives in the order posted.
 *
 * Posted receives of one source are a list, those of ANY_SOURCE another; `order` tells which of two candidates
 * was posted first. Unexpected messages are linked twice: by source, and by arrival for ANY_SOURCE.
 */
import { assert } from '../base/assert.js';
import { ANY, type RecvOp } from './ops.js';

/** A message that has arrived (in full or as an envelope) and waits for its receive. */
export class Envelope {
  source = 0;
  tag = 0;
  bytes = 0;
  /** Record kind: how its bytes are had. */
  kind = 0;
  /** The bytes of an eager message, copied out of the ring. */
  payload: Uint8Array | null = null;
  /** The sender has had its credit for the payload already. */
  credited = false;
  slot = -1;
  slotWord = 0;
  sendId = -1;
  bySource: Links = { previous: null, next: null };
  byArrival: Links = { previous: null, next: null };
}

interface Links {
  previous: Envelope | null;
  next: Envelope | null;
}

class PostedList {
  first: RecvOp | null = null;
  last: RecvOp | null = null;

  append(op: RecvOp): void {
    op.previous = this.last;
    op.next = null;
    if (this.last === null) this.first = op;
    else this.last.next = op;
    this.last = op;
  }

  /** Inserts by `order`. */
  insert(op: RecvOp): void {
    let before = this.last;
    while (before !== null && before.order > op.order) before = before.previous;
    op.previous = before;
    op.next = before === null ? this.first : before.next;
    if (before === null) this.first = op;
    else before.next = op;
    if (op.next === null) this.last = op;
    else op.next.previous = op;
  }

  remove(op: RecvOp): void {
    if (op.previous === null) this.first = op.next;
    else op.previous.next = op.next;
    if (op.next === null) this.last = op.previous;
    else op.next.previous = op.previous;
    op.previous = op.next = null;
  }

  find(tag: number): RecvOp | null {
    let op = this.first;
    while (op !== null && op.tag !== tag && op.tag !== ANY) op = op.next;
    return op;
  }
}

class EnvelopeList {
  first: Envelope | null = null;
  last: Envelope | null = null;
  readonly #key: 'bySource' | 'byArrival';

  constructor(key: 'bySource' | 'byArrival') {
    this.#key = key;
  }

  append(envelope: Envelope): void {
    const links = envelope[this.#key];
    links.previous = this.last;
    links.next = null;
    if (this.last === null) this.first = envelope;
    else this.last[this.#key].next = envelope;
    this.last = envelope;
  }

  prepend(envelope: Envelope): void {
    const links = envelope[this.#key];
    links.previous = null;
    links.next = this.first;
    if (this.first === null) this.last = envelope;
    else this.first[this.#key].previous = envelope;
    this.first = envelope;
  }

  remove(envelope: Envelope): void {
    const key = this.#key;
    const { previous, next } = envelope[key];
    if (previous === null) this.first = next;
    else previous[key].next = next;
    if (next === null) this.last = previous;
    else next[key].previous = previous;
  }

  next(envelope: Envelope): Envelope | null {
    return envelope[this.#key].next;
  }
}

export class MatchQueue {
  readonly context: number;
  readonly #posted: (PostedList | undefined)[] = [];
  readonly #postedAny = new PostedList();
  readonly #unexpected: (EnvelopeList | undefined)[] = [];
  readonly #arrivals = new EnvelopeList('byArrival');
  #order = 0;
  /** Receives posted and not yet matched. */
  #waiting = 0;

  constructor(context: number) {
    this.context = context;
  }

  post(op: RecvOp): void {
    assert(!op.posted, 'a receive is posted once');
    op.order = this.#order++;
    op.posted = true;
    this.#waiting++;
    this.#postedList(op.source).append(op);
  }

  /** Puts a receive back in its place, after the message it had matched was taken back by its sender. */
  repost(op: RecvOp): void {
    op.posted = true;
    this.#waiting++;
    this.#postedList(op.source).insert(op);
  }

  withdraw(op: RecvOp): void {
    if (!op.posted) return;
    op.posted = false;
    this.#waiting--;
    this.#postedList(op.source).remove(op);
  }

  /** The receive that a message from `source` with `tag` matches, taken off the queue; null if none is posted. */
  takePosted(source: number, tag: number): RecvOp | null {
    const list = this.#posted[source];
    const direct = list === undefined ? null : list.find(tag);
    const wild = this.#postedAny.first === null ? null : this.#postedAny.find(tag);
    if (direct !== null && (wild === null || direct.order < wild.order)) {
      (list as PostedList).remove(direct);
      direct.posted = false;
      this.#waiting--;
      return direct;
    }
    if (wild !== null) {
      this.#postedAny.remove(wild);
      wild.posted = false;
      this.#waiting--;
    }
    return wild;
  }

  /** True if nothing waits here: the next message to arrive is the next to be received. */
  get empty(): boolean {
    return this.#waiting === 0 && this.#arrivals.first === null;
  }

  /** True while a receive is posted that no message has matched. */
  get anyPosted(): boolean {
    return this.#waiting !== 0;
  }

  /** True while a message has arrived that nobody has received. */
  get anyUnexpected(): boolean {
    return this.#arrivals.first !== null;
  }

  addUnexpected(envelope: Envelope): void {
    this.#unexpectedList(envelope.source).append(envelope);
    this.#arrivals.append(envelope);
  }

  /** Puts a message that had been received back in front of all others. */
  restoreUnexpected(envelope: Envelope): void {
    this.#unexpectedList(envelope.source).prepend(envelope);
    this.#arrivals.prepend(envelope);
  }

  removeUnexpected(envelope: Envelope): void {
    this.#unexpected[envelope.source]?.remove(envelope);
    this.#arrivals.remove(envelope);
  }

  /** Takes out whatever message came first; null if none is there. */
  shiftUnexpected(): Envelope | null {
    const { first } = this.#arrivals;
    if (first !== null) this.removeUnexpected(first);
    return first;
  }

  /** The earliest unexpected message that fits, for which `stands` holds; those that do not are removed. */
  findUnexpected(source: number, tag: number, stands: (envelope: Envelope) => boolean): Envelope | null {
    const list = source === ANY ? this.#arrivals : this.#unexpected[source];
    if (list === undefined) return null;
    let envelope = list.first;
    while (envelope !== null) {
      const next = list.next(envelope);
      if (!stands(envelope)) this.removeUnexpected(envelope);
      else if (tag === ANY || envelope.tag === tag) return envelope;
      envelope = next;
    }
    return null;
  }

  /** All messages that nobody has received, in the order of their arrival. */
  *unexpected(): Generator<Envelope> {
    for (let next = this.#arrivals.first; next !== null; next = this.#arrivals.next(next)) yield next;
  }

  #unexpectedList(source: number): EnvelopeList {
    let list = this.#unexpected[source];
    if (list === undefined) {
      list = new EnvelopeList('bySource');
      this.#unexpected[source] = list;
    }
    return list;
  }

  #postedList(source: number): PostedList {
    if (source === ANY) return this.#postedAny;
    let list = this.#posted[source];
    if (list === undefined) {
      list = new PostedList();
      this.#posted[source] = list;
    }
    return list;
  }
}
