/**
 * Dialogues: a rank that sends, hears an answer and sends again finds its peer waiting each time. A message of a few
 * pages is then best left where it is for the receiver to pull, although it would fit an eager record: half round
 * trips of 1, 2 and 4 KiB take 0.83, 0.59 and 0.43 of the time where the bytes are in the receiver's cache already,
 * and 1.03, 0.96 and 0.93 where the sender has just written them.
 *
 * Nobody may depend on it: a message that is not pulled within microseconds is taken back and sent eagerly, so that a
 * Send that never waited for its receiver does not begin to, but for one that has matched it by a probe and not
 * received it yet.
 */
import type { RingTransport } from '../transport/ring/transport.js';

/** Shorter messages gain nothing. */
export const OFFERED_BYTES_MIN = 1024;

/** After an offer that came to nothing, so many messages to the same peer go eagerly. */
const PAUSE = 64;

export class Dialogues {
  readonly #transport: RingTransport;
  /** What each peer had sent us when the last message of such a length left for it by the short path. */
  readonly #heard: Int32Array;
  readonly #pause: Uint8Array;
  readonly #bytesMax: number;

  constructor(transport: RingTransport, eagerBytesMax: number) {
    const { size, native, segment } = transport;
    this.#transport = transport;
    this.#heard = new Int32Array(size);
    this.#pause = new Uint8Array(size);
    // Between processes a pull is a system call, which takes longer than two copies of so few bytes.
    this.#bytesMax = native === null || segment.acrossProcesses ? 0 : eagerBytesMax;
  }

  /** A message leaves for `peer`. True if it answered the last one, and will probably pull this one at once. */
  awaits(peer: number, bytes: number): boolean {
    const heard = this.#transport.in(peer).consumed;
    const answered = heard !== this.#heard[peer];
    this.#heard[peer] = heard;
    if (this.#pause[peer] !== 0) {
      this.#pause[peer]--;
      return false;
    }
    // A receiver that must wait for a core takes nothing at once.
    const { rank, crowded } = this.#transport;
    return (
      answered && bytes <= this.#bytesMax && peer !== rank && !crowded && !this.#transport.isRemote(peer)
    );
  }

  /** `peer` did not pull what it was offered. */
  pause(peer: number): void {
    this.#pause[peer] = PAUSE;
  }
}
