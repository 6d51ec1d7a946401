/**
 * Messages that travel in pieces through the ring, both sides of their handshake: the receiver's request for the
 * bytes (CTS), and the sender's answer (DATA).
 */
import type { Exception } from '../base/errors.js';
import { LINE_BYTES } from '../transport/ring/layout.js';
import { changesSize } from '../transport/ring/memory.js';
import type { OutRing } from '../transport/ring/out-ring.js';
import {
  DATA_LOST,
  highWord,
  joinWords,
  Kind,
  linesOf,
  lowWord,
  PAYLOAD,
  REC_A,
  REC_B,
  REC_C,
  REC_WANTED_HIGH,
} from '../transport/ring/records.js';
import type { Remote } from '../transport/ring/remote.js';
import type { RingTransport } from '../transport/ring/transport.js';
import { unreadable } from './faults.js';
import { type SendOp, SendState } from './ops.js';

/** A CTS that found the ring full. */
interface Control {
  readonly sendId: number;
  readonly receiveId: number;
  readonly wanted: number;
}

export class Streams {
  readonly #transport: RingTransport;
  readonly #close: (op: SendOp) => void;
  readonly #controls: (Control[] | undefined)[] = [];
  /** Controls in all of these lists. */
  #waiting = 0;
  /** Sends whose bytes are under way. */
  readonly #open: SendOp[] = [];

  /** `close` frees what a send occupied, once its last byte is in the ring. */
  constructor(transport: RingTransport, close: (op: SendOp) => void) {
    this.#transport = transport;
    this.#close = close;
  }

  /** True when there is nothing to push. */
  get idle(): boolean {
    return this.#waiting === 0 && this.#open.length === 0;
  }

  /** A receiver asks for the bytes of `op`; `at`: its CTS. */
  begin(op: SendOp, at: number): void {
    const words = this.#transport.words;
    op.receiveId = words[at + REC_B];
    op.wanted = Math.min(op.bytes, joinWords(words[at + REC_C], words[at + REC_WANTED_HIGH]));
    op.state = SendState.STREAMING;
    this.#open.push(op);
  }

  /** Ends a stream, wherever it stands. */
  end(op: SendOp): void {
    this.#open.splice(this.#open.indexOf(op), 1);
    this.#close(op);
  }

  /** Tells a sender that its bytes are wanted. */
  request(source: number, sendId: number, receiveId: number, wanted: number): void {
    if (this.#transport.isRemote(source)) {
      this.#transport.remote!.request(source, sendId, receiveId, wanted);
      return;
    }
    const control = { sendId, receiveId, wanted };
    if (this.#tryControl(source, control)) return;
    let controls = this.#controls[source];
    if (controls === undefined) {
      controls = [];
      this.#controls[source] = controls;
    }
    controls.push(control);
    this.#waiting++;
  }

  /** Drops the requests to peers that will not answer. */
  forget(gone: (peer: number) => boolean): void {
    for (let peer = 0; peer < this.#controls.length; peer++) {
      if (this.#controls[peer] === undefined || !gone(peer)) continue;
      this.#waiting -= this.#controls[peer]?.length ?? 0;
      this.#controls[peer] = undefined;
    }
  }

  /** Writes the requests that the rings have room for. Returns how many. */
  pushRequests(): number {
    if (this.#waiting === 0) return 0;
    let moved = 0;
    for (let peer = 0; peer < this.#controls.length; peer++) moved += this.#pushControls(peer);
    return moved;
  }

  /** Writes the bytes that the rings have room for. Returns how many records went out, and streams ended. */
  pushData(): number {
    let moved = 0;
    // What leaves may end others of them as well: those that move up have their turn the next time.
    for (let i = this.#open.length - 1; i >= 0; i--)
      if (i < this.#open.length) moved += this.#pushStream(this.#open[i]);
    return moved;
  }

  #pushControls(peer: number): number {
    const controls = this.#controls[peer];
    if (controls === undefined) return 0;
    let moved = 0;
    while (moved < controls.length && this.#tryControl(peer, controls[moved])) moved++;
    controls.splice(0, moved);
    this.#waiting -= moved;
    if (controls.length === 0) this.#controls[peer] = undefined;
    return moved;
  }

  #tryControl(peer: number, control: Control): boolean {
    const ring = this.#transport.out(peer);
    const at = ring.reserve(1);
    if (at < 0) return false;
    const words = this.#transport.words;
    const word = at >>> 2;
    words[word + REC_A] = control.sendId;
    words[word + REC_B] = control.receiveId;
    words[word + REC_C] = lowWord(control.wanted);
    words[word + REC_WANTED_HIGH] = highWord(control.wanted);
    this.#transport.commit(ring, Kind.CTS, 1);
    return true;
  }

  #pushStream(op: SendOp): number {
    if (this.#transport.isRemote(op.dest)) return this.#pushBulk(op);
    const ring = this.#transport.out(op.dest);
    const chunkMax = ring.linesMax * LINE_BYTES - PAYLOAD;
    let moved = 0;
    while (op.streamed < op.wanted) {
      const chunk = Math.min(chunkMax, op.wanted - op.streamed);
      const lost = op.view.byteLength < op.offset + op.streamed + chunk;
      if (!this.#sendData(ring, op, lost ? DATA_LOST : chunk)) return moved;
      moved++;
      op.streamed += chunk;
      if (lost) return this.#finish(op, moved, unreadable(op, 'while its bytes were being sent'));
    }
    return this.#finish(op, moved + 1, null);
  }

  /** To a rank that shares no memory with this one: all bytes at once, straight out of the user's buffer. */
  #pushBulk(op: SendOp): number {
    if (op.wanted === 0) return this.#finish(op, 1, null);
    // It has its record already, and waits until the last byte has left.
    if (op.streamed > 0) return 0;
    const ring = this.#transport.out(op.dest);
    if (op.view.byteLength < op.offset + op.wanted) {
      if (!this.#sendData(ring, op, DATA_LOST)) return 0;
      return this.#finish(op, 1, unreadable(op, 'before its bytes were sent'));
    }
    const at = ring.reserve(1);
    if (at < 0) return 0;
    const remote = this.#transport.remote!;
    const view = this.#holdable(op, remote);
    const hold = remote.hold(view);
    if (hold === 0) {
      this.#sendData(ring, op, DATA_LOST);
      return this.#finish(op, 1, unreadable(op, 'before its bytes were sent, or memory is short'));
    }
    op.streamed = op.wanted;
    const words = this.#transport.words;
    const word = at >>> 2;
    words[word + REC_A] = op.receiveId;
    words[word + REC_B] = lowWord(op.wanted);
    words[word + REC_C] = highWord(op.wanted);
    remote.bulk(op.dest, {
      hold,
      byteOffset: view.byteOffset,
      bytes: op.wanted,
      sent: () => {
        remote.drop(hold);
        // The receiver may have ended meanwhile, and the send with it.
        if (!op.done) this.#finish(op, 1, null);
      },
    });
    this.#transport.commit(ring, Kind.BULK, 1);
    return 1;
  }

  /** The bytes to send where they can be held: those of a buffer that may not stay as it is are copied. */
  #holdable(op: SendOp, { holds }: Remote): Uint8Array {
    const { buffer, byteOffset } = op.view;
    const bytes = new Uint8Array(buffer, byteOffset + op.offset, op.wanted);
    // A rank that is blocked transfers nothing, and memory that is shared cannot be.
    const stays = holds || op.blocking || buffer instanceof SharedArrayBuffer;
    return !stays || changesSize(buffer) ? bytes.slice() : bytes;
  }

  #sendData(ring: OutRing, op: SendOp, chunk: number): boolean {
    const lines = linesOf(PAYLOAD + Math.max(chunk, 0));
    const at = ring.reserve(lines);
    if (at < 0) return false;
    const words = this.#transport.words;
    const word = at >>> 2;
    words[word + REC_A] = op.receiveId;
    words[word + REC_B] = 0;
    words[word + REC_C] = chunk;
    if (chunk > 0) this.#transport.copier.intoSegment(at + PAYLOAD, op.view, op.offset + op.streamed, chunk);
    this.#transport.commit(ring, Kind.DATA, lines);
    return true;
  }

  #finish(op: SendOp, moved: number, error: Exception | null): number {
    this.end(op);
    op.complete(error);
    return moved;
  }
}
