import type { Model } from './model.js';

/**
 * What a collective algorithm may use of a communicator: transfers of bytes that match neither the user's messages nor
 * those of another collective. Each call has a channel of its own. Ranks are the communicator's, never this rank
 * itself. Transfers are started here and complete at the schedule's next yield; until then their memory is theirs.
 * Messages of one pair of ranks match in the order in which they were started.
 */
export interface Channel {
  readonly rank: number;
  readonly size: number;
  /** What its transfers cost; the same on all ranks. */
  readonly model: Model;
  /** Starts a send. */
  send(bytes: Uint8Array, dest: number): void;
  /** Starts a receive of exactly `bytes.length` bytes; a longer or shorter message is an error. */
  recv(bytes: Uint8Array, source: number): void;
  /** Starts a receive of any length. */
  take(source: number): Taken;
}

/** A message of any length: after the yield `view` holds it. */
export interface Taken {
  readonly view: Uint8Array;
}
