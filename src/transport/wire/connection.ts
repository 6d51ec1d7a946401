/** One connection: a handshake first, then the two pumps. */
import { handshakeMsMax } from '../../base/limits.js';
import type { Sink } from '../ring/transport.js';
import {
  type Encounter,
  HandshakeError,
  HELLO_BYTES,
  Initiator,
  PROOF_BYTES,
  REPLY_BYTES,
  Responder,
  WELCOME,
} from './handshake.js';
import { Arrival, type InPump } from './in-pump.js';
import type { OutPump } from './out-pump.js';
import type { Sockets } from './sockets.js';

/** Bytes sent one way in a handshake are so few that the kernel always takes them. */
function sendWhole(sockets: Sockets, socket: number, bytes: Uint8Array): void {
  const sent = sockets.socketSend(socket, bytes, 0, bytes.length, 0, 0, 0);
  if (sent !== bytes.length) throw new HandshakeError('the other side is gone');
}

/** A connection whose other side has not proved itself yet. */
export class Greeting {
  readonly socket: number;
  /** The rank that this side connects to; -1 where the other side connected. */
  readonly wanted: number;
  readonly #deadline: number;
  readonly #sockets: Sockets;
  readonly #initiator: Initiator | null;
  #responder: Responder | null = null;
  readonly #encounter: Encounter;
  readonly #received: Buffer;
  #count = 0;
  /** The HELLO has left, or is awaited. */
  begun = false;
  /** The number of the error that kept the two from being connected at all. */
  error = 0;
  #proved = false;

  /** `encounter.peer` is -1 where the other side connected. */
  constructor(sockets: Sockets, socket: number, encounter: Encounter, now: number) {
    this.#sockets = sockets;
    this.socket = socket;
    this.wanted = encounter.peer;
    this.#deadline = now + handshakeMsMax;
    this.#encounter = encounter;
    this.#initiator = encounter.peer < 0 ? null : new Initiator(encounter);
    this.#received = Buffer.alloc(this.#initiator === null ? HELLO_BYTES : REPLY_BYTES);
  }

  /** The rank that the other side claims to be, if it has said so. */
  get claimed(): number {
    return this.#responder?.peer ?? -1;
  }

  /**
   * It has taken too long. Once this side has answered a proof with its own, the other alone decides: it may count on the
   * connection already, and would take its end for the end of this rank.
   */
  overdue(now: number): boolean {
    return now > this.#deadline && !this.#proved;
  }

  /** Goes on as far as possible. The rank of the other side once it is proved, else -1. @throws HandshakeError */
  advance(refuses: (peer: number) => boolean): number {
    if (this.#initiator !== null && !this.begun) {
      this.error = this.#sockets.socketError(this.socket);
      if (this.error !== 0) throw new HandshakeError('no connection');
      const sent = this.#sockets.socketSend(this.socket, this.#initiator.hello, 0, HELLO_BYTES, 0, 0, 0);
      // Not connected yet, or it fails.
      if (sent === 0) return -1;
      if (sent !== HELLO_BYTES) throw new HandshakeError('no connection');
      this.begun = true;
    }
    if (this.#initiator !== null) return this.#goOn(this.#initiator);
    if (this.#responder === null) {
      if (!this.#receive(HELLO_BYTES)) return -1;
      this.#responder = new Responder(this.#received, this.#encounter);
      if (refuses(this.#responder.peer)) throw new HandshakeError('another connection goes before');
      sendWhole(this.#sockets, this.socket, this.#responder.reply);
      this.#count = 0;
    }
    if (!this.#receive(PROOF_BYTES)) return -1;
    this.#responder.accept(this.#received.subarray(0, PROOF_BYTES));
    // This side may have begun one itself meanwhile.
    if (refuses(this.#responder.peer)) throw new HandshakeError('another connection goes before');
    sendWhole(this.#sockets, this.socket, WELCOME);
    return this.#responder.peer;
  }

  #goOn(initiator: Initiator): number {
    if (!this.#proved) {
      if (!this.#receive(REPLY_BYTES)) return -1;
      sendWhole(this.#sockets, this.socket, initiator.answer(this.#received));
      this.#proved = true;
      this.#count = 0;
    }
    return this.#receive(WELCOME.length) ? this.wanted : -1;
  }

  /** Reads exactly so many bytes, over as many calls as it takes. */
  #receive(bytes: number): boolean {
    while (this.#count < bytes) {
      const left = bytes - this.#count;
      const got = this.#sockets.socketReceive(this.socket, this.#received, this.#count, left, 1);
      if (got < 0) throw new HandshakeError('the other side closed the connection');
      if (got === 0) return false;
      this.#count += got;
    }
    return true;
  }
}

/** A connection to a rank that has proved itself. */
export class Connection {
  readonly peer: number;
  readonly socket: number;
  readonly out: OutPump;
  readonly in: InPump;
  readonly #sockets: Sockets;
  /** Nothing more will come. */
  ended = false;
  /** Nothing can be sent any more. */
  broken = false;
  /** Looked at without being reported: see `Attention`. */
  near = false;
  /** Something waits for room in the socket. */
  wants = false;

  constructor(sockets: Sockets, peer: number, socket: number, out: OutPump, into: InPump) {
    this.#sockets = sockets;
    this.peer = peer;
    this.socket = socket;
    this.out = out;
    this.in = into;
  }

  /** Sends what can be sent, and has the socket watched for room if that was not all. */
  flush(): void {
    if (this.broken) return;
    if (!this.out.push(this.socket)) this.broken = true;
    const wants = !this.broken && !this.out.empty;
    if (wants === this.wants) return;
    this.wants = wants;
    if (!this.near) this.#sockets.socketWatch(this.socket, true, wants);
  }

  /** From now on it is looked at. */
  approach(): void {
    this.near = true;
    this.#sockets.socketWatch(this.socket, false, false);
  }

  /** From now on it is reported. */
  leave(): void {
    this.near = false;
    this.#sockets.socketWatch(this.socket, true, this.wants);
  }

  close(): void {
    this.ended = this.broken = true;
    this.#sockets.socketClose(this.socket);
    this.out.loans?.end();
  }

  /** Takes what has come. True if there was something. */
  pull(sink: Sink, looks: number): boolean {
    if (this.ended) return false;
    const arrival = this.in.pull(this.socket, sink, looks);
    // A rank ends its side only when it leaves.
    if (arrival === Arrival.END && !this.in.pending) this.close();
    return arrival === Arrival.SOME;
  }
}
