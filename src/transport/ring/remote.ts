/** What the rings' transport asks of whatever moves records between ranks that share no memory with this one. */
import type { InRing } from './in-ring.js';
import type { Sink } from './transport.js';

/** Held memory that leaves behind a BULK record; then `sent` is called. */
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
  /** Takes what has arrived from one peer, at most so many records. */
  drain(ring: InRing, sink: Sink, max: number): number;
  /** A record was committed to the ring to `peer`: it leaves at once if it can. */
  flush(peer: number): void;
  /** Tells the owner of a slot what became of its message. */
  finished(owner: number, slot: number, word: number, state: number): void;
  /** Asks for a message back. */
  recall(peer: number, slot: number, word: number): void;
  /** The answer to `recall`: true if the message comes back, false if not, undefined while it is not known. */
  recalled(slot: number, word: number): boolean | undefined;
  /** False where memory is held as long only as its buffer is not transferred. */
  readonly holds: boolean;
  /** Holds the memory under a view, for a Bulk; 0 where it cannot be held. */
  hold(view: Uint8Array): number;
  drop(hold: number): void;
  /** Payload of the next BULK record in the ring to `peer`. */
  bulk(peer: number, bulk: Bulk): void;
  /** A BULK record will come from `peer`. */
  expectBulk(peer: number): void;
  /** True if the peer will match no further message. */
  leaving(peer: number): boolean;
  /** True if nothing more will come from the peer. */
  over(peer: number): boolean;
  /** This rank is now `Parked` so: whatever comes is to wake it, or need not any more. */
  listen(parked: number): void;
  /** Tells all that have connected that this rank matches no further message. */
  leave(): void;
  /** True when all that was committed has left. */
  readonly idle: boolean;
  /** Ends all connections; what has left arrives all the same. */
  close(): void;
}
