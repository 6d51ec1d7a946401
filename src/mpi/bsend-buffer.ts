/**
 * Attached buffers of buffered sends (MPI-4.1 §3.6). A message takes its data and `BSEND_OVERHEAD` from the buffer
 * until its receive has matched it. The standard's model is a circular queue; accounting by the sum of what is
 * pending never refuses what that model accepts. Where the free space is scattered, the data goes to fresh memory
 * instead, so that only the sum counts.
 */
import { ERR_BUFFER, ERR_TIMEOUT, Exception } from '../base/errors.js';
import { Patience, place, type Scope, type SendOp } from '../engine/ops.js';
import { type CallOptions, deadlineOf } from './arguments.js';
import { type BufferLike, wrap } from './buffer.js';
import { BSEND_OVERHEAD, BUFFER_AUTOMATIC, type BufferAutomatic } from './constants.js';
import { engine } from './runtime.js';

interface Entry {
  readonly offset: number;
  readonly bytes: number;
  readonly op: SendOp;
}

/** One attached buffer. */
class Attached {
  /** What the user attached, returned by detach. */
  readonly user: BufferLike | BufferAutomatic;
  readonly #view: Uint8Array | null;
  /** Pending messages in order of their offsets; those in fresh memory have offset -1. */
  readonly #entries: Entry[] = [];
  #used = 0;

  constructor(user: BufferLike | BufferAutomatic, view: Uint8Array | null) {
    this.user = user;
    this.#view = view;
  }

  get bytes(): number {
    return this.#view === null ? Number.POSITIVE_INFINITY : this.#view.byteLength;
  }

  get free(): number {
    return this.bytes - this.#used;
  }

  /**
   * Messages whose bytes are not with their receiver yet; those to this rank itself do not count, for nobody could
   * receive them during the wait.
   */
  get pending(): SendOp[] {
    const self = engine.transport.rank;
    return this.#entries.flatMap(({ op }) => (op.inline || op.dest === self ? [] : [op]));
  }

  /** Copies a message in and has `op` send it from there; its room comes back when the message is over. */
  stage(op: SendOp): void {
    // What this rank sends to itself must outlive a detach, which cannot wait for it.
    const offset = op.dest === engine.transport.rank ? -1 : this.#gap(op.bytes);
    const entry: Entry = { offset, bytes: op.bytes + BSEND_OVERHEAD, op };
    const view = offset < 0 || this.#view === null ? new Uint8Array(op.bytes) : this.#view;
    if (op.bytes > 0) engine.transport.copier.local(view, Math.max(offset, 0), op.view, op.offset, op.bytes);
    op.view = view;
    op.offset = Math.max(offset, 0);
    op.onSettled = () => this.#remove(entry);
    this.#used += entry.bytes;
    this.#entries.push(entry);
    this.#entries.sort((a, b) => a.offset - b.offset);
  }

  #remove(entry: Entry): void {
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#used -= entry.bytes;
  }

  /** The first free stretch that is long enough, or -1. */
  #gap(bytes: number): number {
    if (this.#view === null) return -1;
    let offset = 0;
    for (const entry of this.#entries) {
      if (entry.offset < 0) continue;
      if (entry.offset - offset >= bytes + BSEND_OVERHEAD) return offset;
      offset = entry.offset + entry.bytes;
    }
    return this.#view.byteLength - offset >= bytes + BSEND_OVERHEAD ? offset : -1;
  }
}

/** The place that a buffer can be attached to: the process, or one communicator. */
export class BsendPlace {
  #attached: Attached | null = null;

  get isAttached(): boolean {
    return this.#attached !== null;
  }

  /** Attaches a buffer; `null` or `MPI.BUFFER_AUTOMATIC` one that grows as needed. ERR_BUFFER if one is attached. */
  attach(buffer: BufferLike | BufferAutomatic | null, scope: Scope): void {
    if (this.#attached !== null) {
      throw new Exception(
        ERR_BUFFER,
        `${place('Attach_buffer', scope)}: a buffer is attached already; detach it first`,
      );
    }
    if (buffer === null || buffer === BUFFER_AUTOMATIC) {
      this.#attached = new Attached(BUFFER_AUTOMATIC, null);
      return;
    }
    const view = wrap(buffer, 'Attach_buffer', scope, 'the buffer');
    this.#attached = new Attached(buffer, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  /** Waits until nothing needs the buffer any more, then returns it. */
  detach(scope: Scope, opts?: CallOptions): BufferLike | BufferAutomatic {
    const attached = this.#needed('Detach_buffer', scope);
    this.#drain(attached, 'Detach_buffer', scope, opts);
    this.#attached = null;
    return attached.user;
  }

  /** Waits until every message in the buffer has been delivered. */
  flush(scope: Scope, opts?: CallOptions): void {
    this.#drain(this.#needed('Flush_buffer', scope), 'Flush_buffer', scope, opts);
  }

  /** Copies a message into the buffer and lets `op` send it from there. ERR_BUFFER, and nothing sent, if it is full. */
  stage(op: SendOp, scope: Scope): void {
    const attached = this.#attached;
    if (attached === null) {
      throw new Exception(
        ERR_BUFFER,
        `${place(op.call, scope)}: no buffer is attached; call MPI.Attach_buffer first`,
      );
    }
    // Space comes back when receivers match: look before refusing.
    if (op.bytes + BSEND_OVERHEAD > attached.free) engine.progress();
    if (op.bytes + BSEND_OVERHEAD > attached.free) {
      throw new Exception(
        ERR_BUFFER,
        `${place(op.call, scope)}: a message of ${op.bytes} bytes and ${BSEND_OVERHEAD} of overhead does not fit the ` +
          `${attached.free} bytes free of the ${attached.bytes} attached`,
      );
    }
    attached.stage(op);
  }

  #needed(call: string, scope: Scope): Attached {
    if (this.#attached !== null) return this.#attached;
    throw new Exception(ERR_BUFFER, `${place(call, scope)}: no buffer is attached`);
  }

  #drain(attached: Attached, call: string, scope: Scope, opts: CallOptions | undefined): void {
    const deadline = deadlineOf(place(call, scope), opts);
    const empty = engine.waitUntil(
      place(call, scope),
      () => attached.pending.length === 0,
      deadline,
      () => {
        for (const op of attached.pending) engine.giveUp(op, Patience.BLOCKED);
      },
      () => ({ ops: attached.pending, any: false }),
    );
    if (!empty) {
      throw new Exception(
        ERR_TIMEOUT,
        `${place(call, scope)}: ${attached.pending.length} messages not delivered within ${opts?.timeout} ms; ` +
          'the buffer stays attached',
      );
    }
  }
}

/** The buffer of the process (`MPI.Attach_buffer`). */
export const processBuffer = new BsendPlace();
