/** What the rings' transport asks of whatever moves records between ranks that share no memory with this one. */
import type { InRing } from './in-ring.js';
import type { Sink } from './transport.js';

/** Held memory that leaves behind a BULK or EAGER_LONG record; then `sent` is called. */
export interface Bulk {
  readonly hold: number;
  readonly byteOffset: number;
  readonly bytes: number;
  readonly sent: () => void;
}

export interface Remote {
  /** True for ranks that share no memory with this one. */
  has(peer: number): boolean;
  /** Moves what has arrived, and what can leave. Returns how many records were taken. */
  poll(sink: Sink): number;
  /** Takes what has arrived from one peer, at most so many records; looks so many times. Returns how much there was. */
  drain(ring: InRing, sink: Sink, max: number, looks: number): number;
  /** Looks, so many times, for what comes next from one peer, and leaves it there. True if there is a record. */
  look(ring: InRing, sink: Sink, looks: number): boolean;
  /** From here to `ignore`, whatever comes wakes the rank. */
  listen(parked: number): void;
  ignore(): void;
  /** A record was committed to the ring to `peer`: it leaves at once if it can. */
  flush(peer: number): void;
  /** Tells the owner of a slot what became of its message. */
  finished(owner: number, slot: number, word: number, state: number): void;
  /** Asks for the bytes of a message: they come as a BULK, if there are any. */
  request(peer: number, sendId: number, receiveId: number, wanted: number): void;
  /** Asks for a message back: RECALLED is the answer. */
  recall(peer: number, slot: number, word: number): void;
  /** False where memory is held as long only as its buffer is not transferred. */
  readonly holds: boolean;
  /** Holds the memory under a view, for a Bulk; 0 where it cannot be held. */
  hold(view: Uint8Array): number;
  drop(hold: number): void;
  /** Payload of the next BULK or EAGER_LONG record in the ring to `peer`. */
  bulk(peer: number, bulk: Bulk): void;
  /** The payload given last, if it has not left: it is the caller's again, who gives another one with the same bytes. */
  takeBulk(peer: number): Bulk | undefined;
  /** True if the peer will match no further message. */
  leaving(peer: number): boolean;
  /** True if nothing more will come from the peer. */
  over(peer: number): boolean;
  /** Tells all that have connected that this rank matches no further message. */
  leave(): void;
  /** True when all that was committed has left. */
  readonly idle: boolean;
  /** False while something can happen without word from a peer: connections, acknowledgements, payload on its way. */
  readonly still: boolean;
  /** Ends all connections; what has left arrives all the same. */
  close(): void;
}
