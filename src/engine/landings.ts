/** Receives whose bytes are under way: payload finds its buffer here, also when it comes too late. */
import { ERR_BUFFER, Exception } from '../base/errors.js';
import type { Copier } from '../transport/ring/copy.js';
import { DATA_LOST, PAYLOAD, REC_A, REC_C } from '../transport/ring/records.js';
import type { Receive } from '../transport/ring/transport.js';
import { detached, truncated } from './faults.js';
import type { RecvOp } from './ops.js';

const WASTE_BYTES = 64 * 1024;

export class Landings {
  readonly #copier: Copier;
  readonly #words: Int32Array;
  /** By receive id, or by `longId`. */
  readonly #ops = new Map<number, RecvOp>();
  /** Where payload goes that nobody can take any more. */
  #waste: Uint8Array | undefined;

  constructor(copier: Copier, words: Int32Array) {
    this.#copier = copier;
    this.#words = words;
  }

  /** `op.wanted` bytes will come under this id. */
  expect(id: number, op: RecvOp): void {
    this.#ops.set(id, op);
  }

  /** The receive has ended otherwise. */
  forget(op: RecvOp): void {
    for (const [id, other] of this.#ops) if (other === op) this.#ops.delete(id);
  }

  /** Bytes that come outside of the ring, straight into the receive's buffer. */
  land(id: number, left: number, receive: Receive): number {
    const op = this.#ops.get(id);
    if (op === undefined || op.error !== null) return this.#skip(op, id, left, receive);
    const to = op.offset + op.received;
    const landing = Math.min(left, op.capacity - op.received);
    // More than the receive has room for.
    if (landing <= 0) return this.#skip(op, id, left, receive);
    if (op.view.byteLength < to + landing) {
      op.error = detached(op);
      return this.#skip(op, id, left, receive);
    }
    return this.#landed(op, id, receive(op.view, to, landing));
  }

  /** A DATA record; `at`: the word index of its header. */
  data(at: number): void {
    const id = this.#words[at + REC_A];
    const op = this.#ops.get(id);
    if (op === undefined) return;
    const chunk = this.#words[at + REC_C];
    if (chunk === DATA_LOST) {
      this.#ops.delete(id);
      op.complete(
        new Exception(ERR_BUFFER, `${op.where}: the sender's buffer was detached or shrunk in mid-message`),
      );
      return;
    }
    const to = op.offset + op.received;
    if (op.error === null && op.view.byteLength >= to + chunk) {
      this.#copier.fromSegment(at * 4 + PAYLOAD, op.view, to, chunk);
    } else {
      op.error = detached(op);
    }
    this.#landed(op, id, chunk);
  }

  #skip(op: RecvOp | undefined, id: number, left: number, receive: Receive): number {
    this.#waste ??= new Uint8Array(WASTE_BYTES);
    const count = receive(this.#waste, 0, Math.min(left, WASTE_BYTES));
    return op === undefined ? count : this.#landed(op, id, count);
  }

  #landed(op: RecvOp, id: number, count: number): number {
    if (count > 0) op.received += count;
    if (op.received < op.wanted) return count;
    this.#ops.delete(id);
    op.complete(op.error ?? (op.bytes > op.capacity ? truncated(op) : null));
    return count;
  }
}
