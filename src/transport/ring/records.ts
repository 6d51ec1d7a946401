/**
 * Records: what travels in a ring. Each starts on a 64-byte line and fills whole lines.
 *
 *     +0    commit       kind | lines << 8; stored last, and that publishes the record; 0 = nothing here yet
 *     +4    a            EAGER*, RTS*: tag             CTS: send id             DATA: receive id
 *     +8    b            EAGER*, RTS*: context id      CTS: receive id          DATA: 0
 *     +12   c            EAGER*: payload bytes         CTS: wanted bytes, low   DATA: payload bytes, or DATA_LOST
 *     +16   payload      EAGER, DATA
 *
 *     EAGER_SLOT         +16 slot    +20 slot word     +32 payload
 *     RTS*               +16 slot or -1   +20 slot word   +24 bytes, low   +28 bytes, high   +32 send id
 *     CTS                +16 wanted bytes, high
 *
 * Between ranks that share no memory (transport/wire), where a record travels as it stands, also:
 *
 *     BULK               a: receive id    b, c: payload bytes, low and high; the payload follows outside of the ring
 *     FINISHED           a: slot    b: slot word    c: the state that its receiver gave it
 *     RECALL             a: slot    b: slot word: its sender wants the message back
 *     RECALLED           a: slot    b: slot word    c: 1 if it comes back, 0 if it has been matched
 *     CREDIT             a: eager payload bytes matched so far
 *     EAGER_LONG         a: tag    b: context id    c: payload bytes; the payload follows outside of the ring
 *     LEAVING            the sender of this record matches no further message
 *
 * A short message (up to 48 bytes) shares one cache line with its header. PAD fills the end of the ring when a
 * record would not fit there; records never wrap.
 */
import { LINE_BYTES } from './layout.js';

export const Kind = {
  NONE: 0,
  /** A whole standard-mode message. */
  EAGER: 1,
  /** A whole message whose sender waits to hear that it was matched (Ssend), or may take it back (Bsend). */
  EAGER_SLOT: 2,
  /** An envelope whose bytes are exposed in its slot: the receiver pulls them. */
  RTS_EXPOSED: 3,
  /** An envelope whose bytes the sender streams as DATA once it hears CTS. */
  RTS_STREAM: 4,
  /** An RTS_STREAM that must find its receive posted, or be refused (Rsend under --check). */
  RTS_READY: 5,
  CTS: 6,
  DATA: 7,
  PAD: 8,
  BULK: 9,
  FINISHED: 10,
  RECALL: 11,
  RECALLED: 12,
  CREDIT: 13,
  LEAVING: 14,
  /** A whole standard-mode message whose bytes are too many for the ring. */
  EAGER_LONG: 15,
} as const;

/** Word offsets in a record. */
export const REC_A = 1;
export const REC_B = 2;
export const REC_C = 3;
export const REC_SLOT = 4;
export const REC_SLOT_WORD = 5;
export const REC_BYTES_LOW = 6;
export const REC_BYTES_HIGH = 7;
export const REC_SEND_ID = 8;
export const REC_WANTED_HIGH = 4;

/** Byte offsets of the payload. */
export const PAYLOAD = 16;
export const PAYLOAD_AFTER_SLOT = 32;

/** `c` of a DATA record whose sender could no longer read its buffer. */
export const DATA_LOST = -1;

/** Where the payload of an EAGER_LONG goes, of which a peer sends one at a time: below all receive ids. */
export function longId(peer: number): number {
  return -1 - peer;
}

export const KIND_MASK = 0xff;
export const LINES_SHIFT = 8;

/** Lines of a record of `bytes` bytes, header included. */
export function linesOf(bytes: number): number {
  return (bytes + LINE_BYTES - 1) >> 6;
}

/** Splits a byte count into a low word and a high word, and back: counts above 2³¹ stay exact. */
export function lowWord(bytes: number): number {
  return bytes | 0;
}
export function highWord(bytes: number): number {
  return Math.floor(bytes / 2 ** 32);
}
export function joinWords(low: number, high: number): number {
  return (high >>> 0) * 2 ** 32 + (low >>> 0);
}
