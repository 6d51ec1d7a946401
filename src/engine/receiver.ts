/**
 * The receiving side: takes records off the rings, matches them, and brings the bytes into the user's buffers.
 */
import { ERR_INTERN, ERR_PROC_FAILED, Exception } from '../base/errors.js';
import { Pulled } from '../native.js';
import type { InRing } from '../transport/ring/in-ring.js';
import { SlotState } from '../transport/ring/layout.js';
import {
  joinWords,
  KIND_MASK,
  Kind,
  longId,
  PAYLOAD,
  PAYLOAD_AFTER_SLOT,
  REC_A,
  REC_B,
  REC_BYTES_HIGH,
  REC_BYTES_LOW,
  REC_C,
  REC_SEND_ID,
  REC_SLOT,
  REC_SLOT_WORD,
} from '../transport/ring/records.js';
import type { Receive, RingTransport, Sink } from '../transport/ring/transport.js';
import { detached, noMemory, truncated } from './faults.js';
import { Landings } from './landings.js';
import { Envelope, type MatchQueue } from './matching.js';
import { RecvOp } from './ops.js';
import { Queues } from './queues.js';
import type { Sender } from './sender.js';

/** Fresh memory for a message, as an object receive asks for. */
function allocate(op: RecvOp, bytes: number): void {
  op.view = new Uint8Array(bytes);
  op.offset = 0;
  op.capacity = bytes;
}

/** A message that is here with all its bytes. */
function wholeMessage(source: number, tag: number, payload: Uint8Array): Envelope {
  const envelope = new Envelope();
  envelope.source = source;
  envelope.tag = tag;
  envelope.bytes = payload.length;
  envelope.kind = Kind.EAGER;
  envelope.payload = payload;
  return envelope;
}

export class Receiver implements Sink {
  readonly #transport: RingTransport;
  readonly #sender: Sender;
  readonly queues = new Queues((envelope) => this.#drop(envelope));
  readonly #landings: Landings;
  #nextReceiveId = 0;
  /** Holds the envelope of a message that finds its receive posted: it never outlives the call. */
  readonly #passing = new Envelope();

  constructor(transport: RingTransport, sender: Sender) {
    this.#transport = transport;
    this.#sender = sender;
    this.#landings = new Landings(transport.copier, transport.words);
  }

  queue(context: number): MatchQueue {
    return this.queues.of(context);
  }

  /** Starts a receive: takes the earliest message that fits, or waits for one. */
  post(op: RecvOp): void {
    const queue = this.queue(op.context);
    while (queue.anyUnexpected) {
      const envelope = queue.findUnexpected(op.source, op.tag, this.#stands);
      if (envelope === null) break;
      queue.removeUnexpected(envelope);
      if (this.accept(op, envelope)) return;
    }
    queue.post(op);
  }

  /** Takes a receive back; false if a message has been matched to it. */
  cancel(op: RecvOp): boolean {
    if (op.done || op.matched) return false;
    this.queue(op.context).withdraw(op);
    op.cancelled = true;
    op.complete();
    return true;
  }

  /** Ends a receive that can no longer be satisfied. */
  abandon(op: RecvOp, error: Exception): void {
    if (op.done) return;
    this.queue(op.context).withdraw(op);
    this.#landings.forget(op);
    op.complete(error);
  }

  /** The earliest message that fits, left where it is. MPI-4.1 §3.8.1. */
  find(context: number, source: number, tag: number): Envelope | null {
    const queue = this.queue(context);
    return queue.anyUnexpected ? queue.findUnexpected(source, tag, this.#stands) : null;
  }

  /** The earliest message that fits, taken out of matching: only `accept` can receive it. MPI-4.1 §3.8.2. */
  take(context: number, source: number, tag: number): Envelope | null {
    const queue = this.queue(context);
    for (;;) {
      const envelope = this.find(context, source, tag);
      if (envelope === null) return null;
      queue.removeUnexpected(envelope);
      if (envelope.slot < 0) return envelope;
      const word = this.#transport.slots.match(envelope.source, envelope.slot, envelope.slotWord);
      if (word !== 0) {
        envelope.slotWord = word;
        return envelope;
      }
      this.#discard(envelope);
    }
  }

  /** Receives a given message. False if its sender has taken it back. */
  accept(op: RecvOp, envelope: Envelope): boolean {
    try {
      return this.#accept(op, envelope);
    } catch (error) {
      // No memory for the message: it is over for both sides.
      if (envelope.slot >= 0) this.#transport.finish(envelope.source, envelope.slot, envelope.slotWord);
      else if (envelope.payload === null) this.#sender.requestData(envelope.source, envelope.sendId, -1, 0);
      op.complete(noMemory(op, error));
      return true;
    }
  }

  /** Undoes a receive whose call gives up: its message is the next to be received again. */
  putBack(op: RecvOp): void {
    const payload = new Uint8Array(op.bytes);
    this.#transport.copier.local(payload, 0, op.view, op.offset, op.bytes);
    const envelope = wholeMessage(op.fromWorld, op.fromTag, payload);
    envelope.credited = true;
    const queue = this.queue(op.context);
    const other = queue.takePosted(op.fromWorld, op.fromTag);
    if (other === null) queue.restoreUnexpected(envelope);
    else this.accept(other, envelope);
  }

  #accept(op: RecvOp, envelope: Envelope): boolean {
    op.fromWorld = envelope.source;
    op.fromTag = envelope.tag;
    op.bytes = envelope.bytes;
    if (op.allocate) allocate(op, envelope.bytes);
    switch (envelope.kind) {
      case Kind.RTS_EXPOSED:
        // A rank that cannot pull has the bytes streamed.
        return this.#transport.pulls ? this.#pull(op, envelope) : this.#stream(op, envelope);
      case Kind.EAGER:
      case Kind.EAGER_SLOT:
        return this.#unpack(op, envelope);
      default:
        return this.#stream(op, envelope);
    }
  }

  record(ring: InRing, at: number): void {
    const words = this.#transport.words;
    switch (words[at] & KIND_MASK) {
      case Kind.EAGER:
        this.#eager(ring, at);
        break;
      case Kind.EAGER_LONG:
        this.#long(ring, at);
        break;
      case Kind.CTS:
        this.#sender.clearToSend(ring.peer, at);
        break;
      case Kind.RECALLED:
        this.#sender.comeBack(ring.peer, at);
        break;
      case Kind.DATA:
        this.#landings.data(at);
        break;
      default:
        this.#envelope(ring, at);
    }
  }

  readonly #stands = (envelope: Envelope): boolean => {
    if (envelope.slot < 0) return true;
    if (this.#transport.slots.stands(envelope.source, envelope.slot, envelope.slotWord)) return true;
    this.#discard(envelope);
    return false;
  };

  /** Returns the credit of a message that its sender took back. */
  #discard(envelope: Envelope): void {
    if (envelope.payload !== null && !envelope.credited)
      this.#transport.in(envelope.source).matched(envelope.bytes);
  }

  /** Ends a message that nobody can receive any more: its sender has its credit and its buffer back. */
  #drop(envelope: Envelope): void {
    const { source, slot, slotWord, sendId, payload } = envelope;
    this.#discard(envelope);
    if (slot >= 0) this.#transport.finish(source, slot, slotWord);
    else if (payload === null) this.#sender.requestData(source, sendId, -1, 0);
  }

  /** A whole message: straight into the posted buffer, or aside. */
  #eager(ring: InRing, at: number): void {
    const words = this.#transport.words;
    const tag = words[at + REC_A];
    const bytes = words[at + REC_C];
    const queue = this.queue(words[at + REC_B]);
    const op = queue.takePosted(ring.peer, tag);
    if (op === null) {
      this.queues.setAside(queue, wholeMessage(ring.peer, tag, this.#copyOut(at * 4 + PAYLOAD, bytes)));
      return;
    }
    op.fromWorld = ring.peer;
    op.fromTag = tag;
    op.bytes = bytes;
    if (bytes !== 0) ring.matched(bytes);
    this.#land(op, at * 4 + PAYLOAD, bytes);
  }

  /** A whole message whose payload follows outside of the ring: into the posted buffer, or aside. */
  #long(ring: InRing, at: number): void {
    const words = this.#transport.words;
    const tag = words[at + REC_A];
    const context = words[at + REC_B];
    const bytes = words[at + REC_C];
    const op = this.queue(context).takePosted(ring.peer, tag);
    if (op === null) {
      this.#aside(ring.peer, context, tag, bytes);
      return;
    }
    op.fromWorld = ring.peer;
    op.fromTag = tag;
    op.bytes = op.wanted = bytes;
    op.matched = true;
    ring.matched(bytes);
    try {
      if (op.allocate) allocate(op, bytes);
      this.#landings.expect(longId(ring.peer), op);
    } catch (error) {
      op.complete(noMemory(op, error));
    }
  }

  /** Nobody waits for the message: it is matched once it is here, as nothing else can come from its sender before. */
  #aside(source: number, context: number, tag: number, bytes: number): void {
    const op = new RecvOp();
    allocate(op, bytes);
    op.bytes = op.wanted = bytes;
    op.onDone = () => {
      const envelope = wholeMessage(source, tag, op.view as Uint8Array);
      const queue = this.queue(context);
      const posted = queue.takePosted(source, tag);
      if (posted === null) this.queues.setAside(queue, envelope);
      else this.accept(posted, envelope);
    };
    this.#landings.expect(longId(source), op);
  }

  /** Brings the payload of a matched eager record into the receive's buffer. */
  #land(op: RecvOp, from: number, bytes: number): void {
    if (op.allocate) {
      try {
        op.view = this.#copyOut(from, bytes);
      } catch (error) {
        op.complete(noMemory(op, error));
        return;
      }
      op.offset = 0;
      op.capacity = bytes;
      op.complete();
      return;
    }
    const landing = Math.min(bytes, op.capacity);
    if (landing !== 0) {
      if (op.view.byteLength < op.offset + landing) {
        op.complete(detached(op));
        return;
      }
      this.#transport.copier.fromSegment(from, op.view, op.offset, landing);
    }
    op.complete(bytes > op.capacity ? truncated(op) : null);
  }

  #copyOut(from: number, bytes: number): Uint8Array {
    const copy = new Uint8Array(bytes);
    if (bytes !== 0) this.#transport.copier.fromSegment(from, copy, 0, bytes);
    return copy;
  }

  /** Anything with a slot, and streamed messages. */
  #envelope(ring: InRing, at: number): void {
    const words = this.#transport.words;
    const queue = this.queue(words[at + REC_B]);
    const tag = words[at + REC_A];
    const kind = words[at] & KIND_MASK;
    const op = queue.takePosted(ring.peer, tag);
    if (op === null && kind === Kind.RTS_READY) {
      this.#transport.finish(ring.peer, words[at + REC_SLOT], words[at + REC_SLOT_WORD], SlotState.REFUSED);
      return;
    }
    const envelope = op === null ? new Envelope() : this.#passing;
    envelope.source = ring.peer;
    envelope.tag = tag;
    envelope.kind = kind;
    envelope.slot = words[at + REC_SLOT];
    envelope.slotWord = words[at + REC_SLOT_WORD];
    if (kind === Kind.EAGER_SLOT) {
      envelope.bytes = words[at + REC_C];
      envelope.payload = this.#copyOut(at * 4 + PAYLOAD_AFTER_SLOT, envelope.bytes);
    } else {
      envelope.bytes = joinWords(words[at + REC_BYTES_LOW], words[at + REC_BYTES_HIGH]);
      envelope.sendId = words[at + REC_SEND_ID];
    }
    if (op === null) this.queues.setAside(queue, envelope);
    else if (!this.accept(op, envelope)) queue.repost(op);
    this.#passing.payload = null;
  }

  /** The payload came with the envelope. */
  #unpack(op: RecvOp, envelope: Envelope): boolean {
    if (envelope.slot >= 0 && !this.#transport.finish(envelope.source, envelope.slot, envelope.slotWord)) {
      this.#discard(envelope);
      return false;
    }
    const { payload, bytes } = envelope;
    if (payload === null) return true;
    if (bytes !== 0 && !envelope.credited) this.#transport.in(envelope.source).matched(bytes);
    if (op.allocate) {
      op.view = payload;
      op.complete();
      return true;
    }
    const landing = Math.min(bytes, op.capacity);
    if (op.view.byteLength < op.offset + landing) {
      op.complete(detached(op));
      return true;
    }
    if (landing !== 0) this.#transport.copier.local(op.view, op.offset, payload, 0, landing);
    op.complete(bytes > op.capacity ? truncated(op) : null);
    return true;
  }

  /** The single copy. */
  #pull(op: RecvOp, envelope: Envelope): boolean {
    const landing = Math.min(envelope.bytes, op.capacity);
    const { source, slot, slotWord } = envelope;
    if (op.view.byteLength < op.offset + landing) {
      if (!this.#transport.finish(source, slot, slotWord)) return this.#takenBack(op, envelope);
      op.complete(detached(op));
      return true;
    }
    const result = this.#transport.pull(source, slot, slotWord, op.view, op.offset, landing);
    if (result === Pulled.REVOKED) return this.#takenBack(op, envelope);
    if (result === Pulled.DENIED) return this.#stream(op, envelope);
    if (result === Pulled.LOST)
      op.complete(new Exception(ERR_INTERN, `${op.where}: the sender's bytes are not there`));
    else op.complete(envelope.bytes > op.capacity ? truncated(op) : null);
    return true;
  }

  #stream(op: RecvOp, envelope: Envelope): boolean {
    if (envelope.slot >= 0 && (envelope.slotWord & 7) === SlotState.OFFERED) {
      const word = this.#transport.slots.match(envelope.source, envelope.slot, envelope.slotWord);
      if (word === 0) return this.#takenBack(op, envelope);
    }
    op.matched = true;
    op.wanted = Math.min(envelope.bytes, op.capacity);
    const id = this.#nextReceiveId;
    this.#nextReceiveId = (id + 1) & 0x7fffffff;
    if (op.wanted === 0) op.complete(envelope.bytes > op.capacity ? truncated(op) : null);
    else this.#landings.expect(id, op);
    this.#sender.requestData(envelope.source, envelope.sendId, id, op.wanted);
    return true;
  }

  /** A message out of a matched probe cannot be replaced by another; one met in matching can. */
  #takenBack(op: RecvOp, envelope: Envelope): boolean {
    if ((envelope.slotWord & 7) !== SlotState.MATCHED) return false;
    op.complete(
      new Exception(ERR_PROC_FAILED, `${op.where}: the sender ended before its message was received`),
    );
    return true;
  }

  land(id: number, left: number, receive: Receive): number {
    return this.#landings.land(id, left, receive);
  }
}
