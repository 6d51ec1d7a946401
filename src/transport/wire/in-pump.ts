/**
 * From the socket of a peer into its ring: records arrive as they stood in the sender's ring, at the same places, for
 * both rings have the same shape. The pump is the ring's writer; the reader sees whole records only.
 *
 *     ring     ... | read | whole records | arriving | free ...
 *                                         ^ #line, #arrived bytes of it
 *
 * A header is checked before anything is done with it: what it says must fit the ring. Payload that follows a header
 * outside of the ring is read straight into the buffer that it is for; a part of it that came along with the header is
 * copied there.
 */
import { wireEagerBytesMax } from '../../base/limits.js';
import type { View } from '../ring/aliases.js';
import type { InRing } from '../ring/in-ring.js';
import { LINE_BYTES } from '../ring/layout.js';
import {
  DATA_LOST,
  joinWords,
  KIND_MASK,
  Kind,
  LINES_SHIFT,
  linesOf,
  PAYLOAD,
  PAYLOAD_AFTER_SLOT,
  REC_A,
  REC_B,
  REC_C,
  REC_SLOT,
} from '../ring/records.js';
import type { Segment } from '../ring/segment.js';
import type { Receive, Sink } from '../ring/transport.js';
import type { Sockets } from './sockets.js';

/** The other side sent what no rank sends. */
export class CorruptStream extends Error {
  override name = 'CorruptStream';
}

export const Arrival = {
  /** Nothing has come, or there is no room. */
  NOTHING: 0,
  /** Something has. */
  SOME: 1,
  /** Nothing more will. */
  END: 2,
} as const;

const NOTHING = new Uint8Array(0);

/** After an EAGER_LONG, so many other records are read by themselves: the payload of the next one is then not copied. */
const LONG_MEMORY = 8;

/**
 * While much more of a payload is to come, the socket is left alone until about so many bytes should be there. Each look
 * takes the lock under which the kernel delivers, and small pieces cost as much as large ones: between two hosts on a
 * `veth` a receiver in C that looks all the time gets 1.8 GB/s, and one that rests 30 us between looks 2.8; this one 1.75 and
 * 2.1. Over loopback it would gain nothing, and 1 MiB take a third longer.
 */
const PIECE_BYTES = 128 * 1024;
const RESTS_BYTES_MIN = 2 * PIECE_BYTES;
const REST_MS_MAX = 0.05;

export class InPump {
  readonly #sockets: Sockets;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #ring: InRing;
  readonly #data: number;
  readonly #lines: number;
  readonly #linesMax: number;
  readonly #slots: number;
  #line = 0;
  #arrived = 0;
  /** Lines that have become whole since the start, modulo 2^32. */
  #whole = 0;
  /** The first word of the record that is arriving, which the reader must not see. */
  #withheld: number = Kind.NONE;
  /** Payload that follows the last record outside of the ring: the receive it is for, and how much is to come. */
  #bulkId = 0;
  #bulkLeft = 0;
  /** The last record is an EAGER_LONG: its payload waits until the reader knows where it goes. */
  #held = false;
  #longs = 0;
  /** The payload that lands may be lent by its sender, who waits until it is acknowledged: at once, or 44 ms later. */
  #lent = false;
  /** Of a long payload: when the first of it came, how much has since, and when to look again. */
  #landsSince = 0;
  #landed = 0;
  #restUntil = 0;
  /** The peer lends its long payload: see `Loans`. */
  fromLenders = false;
  /** The peer is on another host, and the kernel delivers what it sends. */
  far = false;
  #socket = 0;
  readonly #receiveBulk: Receive = (view, offset, bytes) => this.#takeBulk(view, offset, bytes);
  /** What came behind a PAD, whose place is at the start of the ring, where there may be no room yet. */
  #spill: Uint8Array = NOTHING;
  /** BULK records that are to come, or a DATA_LOST in the place of each: no byte of their payload must be read into the ring. */
  expectedBulks = 0;

  constructor(sockets: Sockets, segment: Segment, ring: InRing, to: number) {
    const place = segment.ringPlace(ring.peer, to);
    this.#sockets = sockets;
    this.#words = segment.words;
    this.#bytes = segment.bytes;
    this.#ring = ring;
    this.#data = place.data;
    this.#lines = place.lines;
    this.#linesMax = this.#lines >> 2;
    this.#slots = segment.layout.slotsPerRank;
  }

  /** True while something has left the socket that the reader does not see for want of room. */
  get pending(): boolean {
    return this.#held || this.#spill.length > 0 || this.#arrived >= LINE_BYTES;
  }

  /** True while payload is to come outside of the ring, and it is known where to. */
  get lands(): boolean {
    return this.#bulkLeft > 0;
  }

  /** Takes what the socket has, and there is room for; looks so many times. @throws CorruptStream */
  pull(socket: number, sink: Sink, looks: number): number {
    if (this.#held) return Arrival.NOTHING;
    this.#socket = socket;
    if (this.#bulkLeft > 0) return this.#pullBulk(sink);
    // What is arriving is seen here only.
    this.#words[this.#wordAt(this.#line)] = this.#withheld;
    const room = this.#room();
    const count = room === 0 ? 0 : this.#receive(room, looks);
    if (count > 0) this.#arrived += count;
    this.#sort();
    return count > 0 ? Arrival.SOME : count < 0 ? Arrival.END : Arrival.NOTHING;
  }

  /** The reader has the EAGER_LONG that came last: the sink lands its payload. */
  begin(id: number, bytes: number): void {
    this.#held = false;
    this.#bulkId = id;
    this.#bulkLeft = bytes;
    this.#lent = false;
  }

  #receive(room: number, looks: number): number {
    const at = this.#data + this.#line * LINE_BYTES + this.#arrived;
    return this.#spill.length > 0
      ? this.#unspill(at, room)
      : this.#sockets.socketReceive(this.#socket, this.#bytes, at, room, looks);
  }

  /** Lines that the reader has left to the pump; the header after the last record must be free as well. */
  get #free(): number {
    return this.#lines - ((this.#whole - this.#ring.consumed) | 0) - 1;
  }

  /** Bytes that may be read now: to the end of the ring at most, and never those of a BULK's payload. */
  #room(): number {
    const lines = Math.min(this.#free, this.#lines - this.#line);
    const room = Math.max(0, lines * LINE_BYTES - this.#arrived);
    if ((this.expectedBulks === 0 && this.#longs === 0) || room === 0) return room;
    const known = this.#arrived >= LINE_BYTES && (this.#withheld & KIND_MASK) !== Kind.PAD;
    const wanted = known ? (this.#withheld >>> LINES_SHIFT) * LINE_BYTES : LINE_BYTES;
    return Math.max(0, Math.min(room, wanted - this.#arrived));
  }

  /** Makes whole records visible to the reader, and hides what is arriving. */
  #sort(): void {
    while (this.#arrived >= LINE_BYTES) {
      const at = this.#wordAt(this.#line);
      const commit = this.#words[at];
      const lines = this.#check(at, commit);
      const kind = commit & KIND_MASK;
      const bytes = (kind === Kind.PAD ? 1 : lines) * LINE_BYTES;
      // A PAD takes more lines than have arrived: it waits until its reader has left them.
      if (this.#arrived < bytes || lines > this.#free) break;
      this.#whole = (this.#whole + lines) | 0;
      this.#arrived -= bytes;
      const next = this.#line + lines === this.#lines ? 0 : this.#line + lines;
      if (kind === Kind.PAD) this.#wrap(this.#line);
      this.#line = next;
      if (kind === Kind.DATA && this.#words[at + REC_C] === DATA_LOST) this.expectedBulks--;
      this.#held = kind === Kind.EAGER_LONG;
      if (this.#held) this.#longs = LONG_MEMORY;
      else if (this.#longs > 0) this.#longs--;
      if (kind === Kind.BULK) this.#beginBulk(at);
      if (this.#held || kind === Kind.BULK) break;
    }
    this.#hide();
  }

  /** The reader must not take what is arriving for a record. */
  #hide(): void {
    const at = this.#wordAt(this.#line);
    this.#withheld = this.#arrived === 0 ? Kind.NONE : this.#words[at];
    this.#words[at] = Kind.NONE;
  }

  /** Behind the PAD at `line`, the ring starts over. */
  #wrap(line: number): void {
    const from = this.#data + (line + 1) * LINE_BYTES;
    if (this.#arrived > 0)
      this.#spill = Buffer.concat([this.#bytes.subarray(from, from + this.#arrived), this.#spill]);
    this.#arrived = 0;
  }

  #unspill(at: number, room: number): number {
    const part = this.#spill.subarray(0, room);
    this.#bytes.set(part, at);
    this.#spill = this.#spill.subarray(part.length);
    return part.length;
  }

  /** The lines of a record. */
  #check(at: number, commit: number): number {
    const kind = commit & KIND_MASK;
    const lines = commit >>> LINES_SHIFT;
    const toEnd = this.#lines - this.#line;
    const fits = kind === Kind.PAD ? lines === toEnd : lines >= 1 && lines <= Math.min(toEnd, this.#linesMax);
    if (!fits || kind < Kind.EAGER || kind > Kind.EAGER_LONG || !this.#payloadFits(at, kind, lines))
      this.#refuse(`a record of kind ${kind} and ${lines} lines`);
    return lines;
  }

  /** Nothing of it is left for the reader to see. */
  #refuse(what: string): never {
    this.#words[this.#wordAt(this.#line)] = Kind.NONE;
    this.#arrived = 0;
    this.#withheld = Kind.NONE;
    throw new CorruptStream(`${what} from rank ${this.#ring.peer}`);
  }

  #payloadFits(at: number, kind: number, lines: number): boolean {
    const bytes = this.#words[at + REC_C];
    const hasSlot = kind === Kind.EAGER_SLOT || kind === Kind.RTS_STREAM || kind === Kind.RTS_READY;
    const slot = this.#words[at + REC_SLOT];
    if (hasSlot && (slot < -1 || slot >= this.#slots)) return false;
    if (kind === Kind.EAGER_SLOT) return bytes >= 0 && linesOf(PAYLOAD_AFTER_SLOT + bytes) <= lines;
    // Who shares no memory exposes nothing.
    if (kind === Kind.RTS_EXPOSED) return false;
    if (kind === Kind.EAGER_LONG) return lines === 1 && bytes > 0 && bytes <= wireEagerBytesMax;
    // DATA_LOST is below 0.
    if (kind === Kind.EAGER || kind === Kind.DATA) return linesOf(PAYLOAD + Math.max(0, bytes)) <= lines;
    return true;
  }

  #beginBulk(at: number): void {
    const words = this.#words;
    this.#bulkId = words[at + REC_A];
    this.#bulkLeft = joinWords(words[at + REC_B], words[at + REC_C]);
    if (this.expectedBulks === 0 || this.#arrived > 0) this.#refuse('payload that nobody asked for');
    this.expectedBulks--;
    this.#lent = this.fromLenders && this.#bulkLeft > wireEagerBytesMax;
    this.#landsSince = this.#landed = this.#restUntil = 0;
  }

  /** The payload, straight into the buffer that it is for. */
  #pullBulk(sink: Sink): number {
    const rests = this.far && this.#bulkLeft > RESTS_BYTES_MIN;
    if (rests && performance.now() < this.#restUntil) return Arrival.NOTHING;
    const count = sink.land(this.#bulkId, this.#bulkLeft, this.#receiveBulk);
    if (count > 0) this.#bulkLeft -= count;
    if (rests && count > 0) this.#rest(count);
    if (this.#bulkLeft === 0 && this.#lent) this.#sockets.socketAcknowledge!(this.#socket);
    // What came behind it may be records already.
    if (this.#bulkLeft === 0 && this.#arrived > 0) {
      this.#words[this.#wordAt(this.#line)] = this.#withheld;
      this.#sort();
    }
    return count > 0 ? Arrival.SOME : count < 0 ? Arrival.END : Arrival.NOTHING;
  }

  /** At the rate since the first of it came. */
  #rest(count: number): void {
    const now = performance.now();
    if (this.#landsSince === 0) this.#landsSince = now;
    else this.#landed += count;
    if (this.#landed === 0 || count >= PIECE_BYTES) return;
    const ms = ((now - this.#landsSince) * PIECE_BYTES) / this.#landed;
    this.#restUntil = now + Math.min(ms, REST_MS_MAX);
  }

  #takeBulk(view: View, offset: number, bytes: number): number {
    if (this.#spill.length > 0 && this.#arrived === 0) return this.#landSpill(view, offset, bytes);
    if (this.#arrived === 0) return this.#sockets.socketReceive(this.#socket, view, offset, bytes, 1);
    const from = this.#data + this.#line * LINE_BYTES;
    this.#words[from >>> 2] = this.#withheld;
    const count = Math.min(bytes, this.#arrived);
    this.#sockets.copy(view, offset, this.#bytes, from, count);
    this.#arrived -= count;
    this.#bytes.copyWithin(from, from + count, from + count + this.#arrived);
    this.#hide();
    return count;
  }

  #landSpill(view: View, offset: number, bytes: number): number {
    const part = this.#spill.subarray(0, bytes);
    new Uint8Array(view.buffer, view.byteOffset + offset, part.length).set(part);
    this.#spill = this.#spill.subarray(part.length);
    return part.length;
  }

  #wordAt(line: number): number {
    return (this.#data + line * LINE_BYTES) >>> 2;
  }
}
