/**
 * What a collective algorithm may use of a communicator: point-to-point transfers of bytes that never match the
 * user's own messages. Ranks are the communicator's; every buffer is a `Uint8Array` of the exact length.
 */
export interface Channel {
  readonly rank: number;
  readonly size: number;
  /** Blocking standard-mode send. */
  send(bytes: Uint8Array, dest: number, tag: number): void;
  /** Blocking receive of exactly `bytes.length` bytes; a longer or shorter message is an error. */
  recv(bytes: Uint8Array, source: number, tag: number): void;
  /** Both at once, without deadlock. */
  sendrecv(out: Uint8Array, dest: number, into: Uint8Array, source: number, tag: number): void;
  /** Starts a send; complete it with `waitall`. */
  isend(bytes: Uint8Array, dest: number, tag: number): void;
  /** Starts a receive; complete it with `waitall`. */
  irecv(bytes: Uint8Array, source: number, tag: number): void;
  /** Completes everything started on this channel. */
  waitall(): void;
}
