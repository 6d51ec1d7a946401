/**
 * The sending side. Which protocol carries a message:
 *
 *     bytes ≤ eagerBytesMax and credit left    EAGER, or EAGER_SLOT where the sender waits for the match
 *     bytes ≤ wireEagerBytesMax, credit left,  EAGER_LONG: the bytes follow at once, out of the user's buffer
 *       standard mode, to another memory
 *     memory can be held                       RTS_EXPOSED: the receiver pulls with one copy
 *     otherwise                                RTS_STREAM: CTS, then DATA through the ring
 *
 * A full ring defers: later sends to the same peer queue behind, so that order is kept.
 */
import { assert } from '../base/assert.js';
import { ERR_OTHER, ERR_PROC_FAILED, Exception } from '../base/errors.js';
import { wireEagerBytesMax } from '../base/limits.js';
import type { View } from '../transport/ring/aliases.js';
import {
  highWord,
  Kind,
  linesOf,
  lowWord,
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
import type { Bulk } from '../transport/ring/remote.js';
import type { RingTransport } from '../transport/ring/transport.js';
import { unreadable } from './faults.js';
import { Mode, type SendOp, SendState } from './ops.js';
import { CONTEXTS } from './queues.js';
import { Streams } from './streams.js';

/** Ids of sends that got no slot start here, above every slot number. */
const SLOTLESS_ID = 1 << 24;

export class Sender {
  readonly #transport: RingTransport;
  readonly #check: boolean;
  /** Longest message that travels with its envelope. See `eagerBytesMax` in protocol.ts. */
  readonly eagerBytesMax: number;
  /** Sends with a slot, by slot; the others by id. */
  readonly #bySlot: (SendOp | undefined)[] = [];
  readonly #slotless = new Map<number, SendOp>();
  #nextId = SLOTLESS_ID;
  readonly #queued: (SendOp[] | undefined)[] = [];
  readonly #streams: Streams;
  /** Sends that are queued. */
  #deferred = 0;
  /** Sends whose bytes or match the receiver still owes an answer for. */
  #open = 0;
  #changesSeen = -1;

  constructor(transport: RingTransport, eagerBytesMax: number, check: boolean) {
    this.#transport = transport;
    this.eagerBytesMax = eagerBytesMax;
    this.#check = check;
    this.#streams = new Streams(transport, (op) => this.#close(op));
  }

  /** True when nothing this rank has sent still needs it. */
  get idle(): boolean {
    return this.#deferred === 0 && this.#open === 0 && this.#streams.idle;
  }

  /** Sends at once what fits an eager record; false if the message needs an operation. Standard mode. */
  eager(dest: number, context: number, tag: number, view: View, offset: number, bytes: number): boolean {
    if (this.#queued[dest] !== undefined) return false;
    if (bytes > this.eagerBytesMax) return this.#sendLong(dest, context, tag, view, offset, bytes);
    const ring = this.#transport.out(dest);
    if (bytes !== 0 && !ring.hasCredit(bytes)) return false;
    const lines = linesOf(PAYLOAD + bytes);
    const at = ring.reserve(lines);
    if (at < 0) return false;
    const words = this.#transport.words;
    const word = at >>> 2;
    words[word + REC_A] = tag;
    words[word + REC_B] = context;
    words[word + REC_C] = bytes;
    if (bytes !== 0) {
      this.#transport.copier.intoSegment(at + PAYLOAD, view, offset, bytes);
      ring.charge(bytes);
    }
    this.#transport.commit(ring, Kind.EAGER, lines);
    return true;
  }

  /** Starts a send. It is done now, or later through `settle`, `clearToSend` and `push`. */
  start(op: SendOp): void {
    const queue = this.#queued[op.dest];
    if (!this.#readable(op)) {
      // The buffer of a persistent request, detached since its last use.
      op.complete(unreadable(op, 'before its bytes were sent'));
    } else if (queue !== undefined) {
      queue.push(op);
      this.#deferred++;
    } else if (!this.#try(op)) {
      this.#setQueue(op.dest, [op]);
      this.#deferred++;
    }
  }

  /** Starts a send as an exposed envelope, whatever its length. False, with nothing done, if there is no room now. */
  offer(op: SendOp): boolean {
    return this.#queued[op.dest] === undefined && this.#readable(op) && this.#sendEnvelope(op);
  }

  /** Takes a send back. True if the receiver will never see it; one in another memory is asked, and answers later. */
  cancel(op: SendOp): boolean {
    if (op.done) return false;
    if (op.state === SendState.QUEUED) {
      this.#unqueue(op);
      op.cancelled = true;
      op.complete();
      return true;
    }
    if (op.state !== SendState.OFFERED || op.slot < 0) return false;
    if (!this.#transport.isRemote(op.dest)) return this.#revoke(op);
    if (!op.recalled) this.#transport.remote!.recall(op.dest, op.slot, op.slotWord);
    op.recalled = true;
    return op.done;
  }

  /** A receiver in another memory lets a message come back; `at`: its RECALLED. */
  comeBack(from: number, at: number): void {
    const words = this.#transport.words;
    const op = this.#bySlot[words[at + REC_A]];
    // The answer may be about an earlier message of the slot, which was finished before it came.
    if (op?.dest !== from || !op.recalled || op.slotWord !== words[at + REC_B]) return;
    if (op.state === SendState.OFFERED) this.#revoke(op);
  }

  #revoke(op: SendOp): boolean {
    if (!this.#transport.slots.revoke(op.slot, op.slotWord)) return false;
    this.#close(op);
    op.cancelled = true;
    op.complete();
    return true;
  }

  /**
   * Ends a send whose receiver is leaving or has ended (`ended`). False while it must go on: its receiver has matched
   * it and still lives, or its last copy is under way.
   */
  abandon(op: SendOp, error: Exception, ended: boolean): boolean {
    if (op.done) return true;
    const { slots } = this.#transport;
    if (op.state === SendState.QUEUED) this.#unqueue(op);
    else if (op.state === SendState.STREAMING) {
      if (!ended) return false;
      this.#streams.end(op);
    } else if (
      op.slot < 0 ||
      (ended ? slots.reclaim(op.slot, op.slotWord) : slots.revoke(op.slot, op.slotWord))
    ) {
      this.#close(op);
    } else return false;
    op.complete(error);
    return true;
  }

  /** All that is under way. */
  get live(): SendOp[] {
    const all = [...this.#bySlot, ...this.#slotless.values(), ...this.#queued.flat()];
    return all.filter((op) => op !== undefined);
  }

  /** Ends what can never be received: sends to ranks that leave or have left, and to this rank, which is ending. */
  abandonLost(): void {
    const transport = this.#transport;
    // A walk over all open sends: only when some rank's state has changed since the last.
    const { changes } = transport;
    // (Of ranks with other memory, it may have changed without a word.)
    if (changes === this.#changesSeen && transport.remote === null) return;
    this.#changesSeen = changes;
    this.#streams.forget((peer) => transport.ended(peer));
    for (const op of this.live) {
      if (!transport.leaving(op.dest)) continue;
      const error = new Exception(ERR_PROC_FAILED, `${op.where}: rank ${op.dest} has ended`);
      this.abandon(op, error, transport.ended(op.dest) || op.dest === transport.rank);
    }
  }

  /** True while a send is open in a communicator's contexts, of which `first` is the first. */
  uses(first: number): boolean {
    const open = [...this.#bySlot, ...this.#slotless.values(), ...this.#queued.flat()];
    return open.some((op) => op !== undefined && op.context >= first && op.context < first + CONTEXTS);
  }

  /** Completes the sends whose receivers have finished with them. */
  settle(): number {
    return this.#transport.slots.takeDone((slot) => {
      const op = this.#bySlot[slot];
      if (op === undefined) return;
      const refused = op.mode === Mode.READY && this.#transport.slots.refused(slot);
      this.#close(op);
      op.complete(refused ? new Exception(ERR_OTHER, `${op.where}: no matching receive was posted`) : null);
    });
  }

  /** A receiver asks for the bytes of an RTS_STREAM. */
  clearToSend(from: number, at: number): void {
    const words = this.#transport.words;
    const id = words[at + REC_A];
    const op = id >= SLOTLESS_ID ? this.#slotless.get(id) : this.#bySlot[id];
    // A rank that has ended may have asked for what was in the slot before.
    if (op?.dest === from && op.state === SendState.OFFERED) this.#streams.begin(op, at);
  }

  /** Tells a sender that its bytes are wanted. */
  requestData(source: number, sendId: number, receiveId: number, wanted: number): void {
    this.#streams.request(source, sendId, receiveId, wanted);
  }

  /** Moves what was deferred. Returns how much of it went out. */
  push(): number {
    if (this.#deferred === 0 && this.#streams.idle) return 0;
    let moved = this.#streams.pushRequests();
    for (let peer = 0; peer < this.#queued.length; peer++) moved += this.#pushQueue(peer);
    return moved + this.#streams.pushData();
  }

  #try(op: SendOp): boolean {
    if (!this.#fitsEager(op)) return this.#tryLong(op) || this.#sendEnvelope(op);
    if (op.mode === Mode.STANDARD) return this.#sendEager(op, PAYLOAD, Kind.EAGER);
    if (op.mode !== Mode.READY) return this.#sendEager(op, PAYLOAD_AFTER_SLOT, Kind.EAGER_SLOT);
    return this.#check ? this.#sendEnvelope(op) : this.#sendEager(op, PAYLOAD, Kind.EAGER);
  }

  #tryLong(op: SendOp): boolean {
    const standard = op.mode === Mode.STANDARD || (op.mode === Mode.READY && !this.#check);
    if (!standard || op.bytes <= this.eagerBytesMax || !this.#readable(op)) return false;
    if (!this.#sendLong(op.dest, op.context, op.tag, op.view, op.offset, op.bytes)) return false;
    op.inline = true;
    op.state = SendState.OFFERED;
    op.complete();
    return true;
  }

  /** To a rank with other memory: the bytes leave behind their header. What the kernel does not take now is copied. */
  #sendLong(dest: number, context: number, tag: number, view: View, offset: number, bytes: number): boolean {
    const { remote, slots, words } = this.#transport;
    if (bytes > wireEagerBytesMax || remote?.holds !== true || !remote.has(dest)) return false;
    const ring = this.#transport.out(dest);
    if (!ring.hasCredit(bytes)) return false;
    const hold = slots.hold(view);
    const at = hold === 0 ? -1 : ring.reserve(1);
    if (at < 0) return false;
    words[(at >>> 2) + REC_A] = tag;
    words[(at >>> 2) + REC_B] = context;
    words[(at >>> 2) + REC_C] = bytes;
    ring.charge(bytes);
    remote.bulk(dest, { hold, byteOffset: view.byteOffset + offset, bytes, sent: () => {} });
    this.#transport.commit(ring, Kind.EAGER_LONG, 1);
    if (remote.takeBulk(dest) !== undefined) remote.bulk(dest, this.#copyOf(view, offset, bytes));
    return true;
  }

  /** The same bytes in memory of our own. */
  #copyOf(view: View, offset: number, bytes: number): Bulk {
    const remote = this.#transport.remote!;
    const hold = remote.hold(new Uint8Array(view.buffer, view.byteOffset + offset, bytes).slice());
    assert(hold !== 0, 'memory for a message that has left in part');
    return { hold, byteOffset: 0, bytes, sent: () => remote.drop(hold) };
  }

  #fitsEager(op: SendOp): boolean {
    if (op.bytes > this.eagerBytesMax || !this.#readable(op)) return false;
    return op.bytes === 0 || this.#transport.out(op.dest).hasCredit(op.bytes);
  }

  #sendEager(op: SendOp, payload: number, kind: number): boolean {
    const ring = this.#transport.out(op.dest);
    const lines = linesOf(payload + op.bytes);
    const at = ring.reserve(lines);
    if (at < 0) return false;
    if (kind === Kind.EAGER_SLOT && !this.#offer(op, false)) return this.#sendEnvelope(op);
    const words = this.#header(at, op);
    words[(at >>> 2) + REC_C] = op.bytes;
    if (kind === Kind.EAGER_SLOT) {
      words[(at >>> 2) + REC_SLOT] = op.slot;
      words[(at >>> 2) + REC_SLOT_WORD] = op.slotWord;
    }
    if (op.bytes !== 0) {
      this.#transport.copier.intoSegment(at + payload, op.view, op.offset, op.bytes);
      ring.charge(op.bytes);
    }
    this.#transport.commit(ring, kind, lines);
    op.inline = true;
    op.state = SendState.OFFERED;
    if (kind === Kind.EAGER) op.complete();
    return true;
  }

  #sendEnvelope(op: SendOp): boolean {
    const ring = this.#transport.out(op.dest);
    const lines = linesOf((REC_SEND_ID + 1) * 4);
    const at = ring.reserve(lines);
    if (at < 0) return false;
    const ready = op.mode === Mode.READY && this.#check;
    const pulled = !ready && this.#readable(op) && !this.#transport.isRemote(op.dest);
    const exposed = this.#offer(op, pulled) && op.exposed;
    if (op.slot < 0) {
      op.id = this.#nextId++;
      this.#slotless.set(op.id, op);
      this.#open++;
    }
    const kind = ready && op.slot >= 0 ? Kind.RTS_READY : exposed ? Kind.RTS_EXPOSED : Kind.RTS_STREAM;
    op.state = SendState.OFFERED;
    const words = this.#header(at, op);
    const word = at >>> 2;
    words[word + REC_SLOT] = op.slot;
    words[word + REC_SLOT_WORD] = op.slotWord;
    words[word + REC_BYTES_LOW] = lowWord(op.bytes);
    words[word + REC_BYTES_HIGH] = highWord(op.bytes);
    words[word + REC_SEND_ID] = op.id;
    this.#transport.commit(ring, kind, lines);
    return true;
  }

  /** Gives the send a slot and, if asked and possible, exposes its bytes there. False without a slot. */
  #offer(op: SendOp, expose: boolean): boolean {
    const { slots } = this.#transport;
    let slot = expose ? slots.takeKept(op.view, op.offset, op.bytes, op.blocking) : -1;
    op.exposed = slot >= 0;
    if (slot < 0) {
      slot = slots.take(op.blocking);
      if (slot < 0) return false;
      op.exposed = expose && slots.expose(slot, op.view, op.offset, op.bytes);
    }
    op.slot = op.id = slot;
    op.slotWord = slots.offer(slot);
    this.#bySlot[slot] = op;
    this.#open++;
    return true;
  }

  /** Frees what the receiver's side of a send occupied. */
  #close(op: SendOp): void {
    if (op.slot >= 0) {
      this.#bySlot[op.slot] = undefined;
      this.#transport.slots.release(op.slot);
      op.slot = -1;
    } else {
      this.#slotless.delete(op.id);
    }
    this.#open--;
  }

  #header(at: number, op: SendOp): Int32Array {
    const words = this.#transport.words;
    words[(at >>> 2) + REC_A] = op.tag;
    words[(at >>> 2) + REC_B] = op.context;
    return words;
  }

  /**
   * False if the buffer was detached or shrunk. If that happened since the call, the envelope goes out all the same:
   * order is kept, and the receive that matches it fails instead of waiting (see DATA_LOST).
   */
  #readable(op: SendOp): boolean {
    return op.bytes === 0 || op.view.byteLength >= op.offset + op.bytes;
  }

  #setQueue(peer: number, queue: SendOp[] | undefined): void {
    this.#queued[peer] = queue;
    this.#transport.out(peer).blocked = queue !== undefined;
  }

  #unqueue(op: SendOp): void {
    const queue = this.#queued[op.dest];
    const index = queue?.indexOf(op) ?? -1;
    if (queue === undefined || index < 0) return;
    queue.splice(index, 1);
    this.#deferred--;
    if (queue.length === 0) this.#setQueue(op.dest, undefined);
  }

  #pushQueue(peer: number): number {
    const queue = this.#queued[peer];
    if (queue === undefined) return 0;
    let moved = 0;
    try {
      while (moved < queue.length && this.#try(queue[moved])) moved++;
    } finally {
      // Also after an error: what went out must not go out again.
      queue.splice(0, moved);
      this.#deferred -= moved;
      if (queue.length === 0) this.#setQueue(peer, undefined);
    }
    return moved;
  }
}
