/**
 * Operations: what the engine does for one send or receive, from start to completion. The public requests wrap
 * them; blocking calls reuse them, so that a message allocates nothing.
 */
import type { Exception } from '../base/errors.js';
import type { View } from '../transport/ring/aliases.js';

/** Matches any source, any tag (MPI-4.1 §3.2.4). */
export const ANY = -1;

/** What the engine knows of a communicator: enough to match, and to speak of it in an error. */
export interface Scope {
  /** What messages call it: its name, or how it was made. */
  readonly label: string;
  /** Rank of this process in the communicator. */
  readonly rank: number;
  readonly size: number;
  /** Ranks that messages come from and go to: `size`, or those of the remote group. */
  readonly peers: number;
  /** World rank of a peer. */
  toWorld(rank: number): number;
  /** Rank of a peer given by its world rank. */
  fromWorld(world: number): number;
}

/** `Irecv on rank 1 of MPI_COMM_WORLD`: how every message about a call begins. */
export function place(call: string, scope: Scope): string {
  return `${call} on rank ${scope.rank} of ${scope.label}`;
}

/** How a rank waits: what it could still do for itself meanwhile decides when it waits in vain. */
export const Patience = { BLOCKED: 0, AWAITING: 1, TESTING: 2 } as const;
export type Patience = (typeof Patience)[keyof typeof Patience];

/** What a receive or a probe asks for, in words; `source` is a rank of its communicator. */
export function aimAt(source: number, tag: number): string {
  return `${source === ANY ? 'any source' : `source ${source}`}, ${tag === ANY ? 'any tag' : `tag ${tag}`}`;
}

const EMPTY = new Uint8Array(0);

/** Send modes (MPI-4.1 §3.4). */
export const Mode = {
  STANDARD: 0,
  SYNCHRONOUS: 1,
  BUFFERED: 2,
  READY: 3,
} as const;

/** Where a send stands. */
export const SendState = {
  /** Not started, or waiting for room in the ring. */
  QUEUED: 0,
  /** Its envelope (and perhaps its bytes) are with the receiver. */
  OFFERED: 1,
  /** The receiver asked for its bytes, which go out as DATA. */
  STREAMING: 2,
} as const;

export abstract class Op {
  done = false;
  cancelled = false;
  error: Exception | null = null;
  /** The public call, for messages: `Send`, `Irecv`, … */
  call = '';
  scope: Scope | null = null;
  context = 0;
  /** A part of a collective, of which `call` is the name. */
  collective = false;
  tag = 0;
  view: View = EMPTY;
  /** Byte offset into `view`. */
  offset = 0;
  /** Memory of the runtime's that `view` is, where the message travels packed. */
  scratch: Uint8Array | null = null;
  /** Told once when the operation is done; set while something awaits it. */
  onDone: (() => void) | null = null;

  complete(error: Exception | null = null): void {
    this.error = error;
    this.done = true;
    const { onDone } = this;
    if (onDone !== null) {
      this.onDone = null;
      onDone();
    }
  }

  protected restart(): void {
    this.done = false;
    this.cancelled = false;
    this.error = null;
  }

  /** Forgets what it was about, so that a pooled operation pins nothing. */
  forget(): void {
    this.error = null;
    this.view = EMPTY;
    this.scope = null;
  }

  /** The peer and tag of the operation, as the user named them. */
  abstract get aim(): string;

  /** What a rank that waits for this operation does. */
  get wait(): string {
    return `${this.call} on ${this.scope?.label} (${this.aim})`;
  }

  /** How every message about this operation begins. */
  get where(): string {
    return this.scope === null ? this.call : place(this.call, this.scope);
  }
}

export class SendOp extends Op {
  /** World rank. */
  dest = 0;
  bytes = 0;
  mode: number = Mode.STANDARD;
  state: number = SendState.QUEUED;
  slot = -1;
  slotWord = 0;
  /** What CTS names: the slot, or a number beyond all slots where there was none. */
  id = -1;
  receiveId = 0;
  /** A call waits for it: it gets a slot even when nonblocking sends have used theirs up. */
  blocking = false;
  streamed = 0;
  wanted = 0;
  /** Its receiver, in another memory, has been asked to let it come back. */
  recalled = false;
  /** Its bytes are exposed in its slot for a single copy. */
  exposed = false;
  /** Short payload went with the envelope: the buffer is free although the match is still awaited. */
  inline = false;
  /** The engine itself waits for the end of this send (Bsend, freed requests): told when it is over. */
  onSettled: (() => void) | null = null;

  get aim(): string {
    return `dest ${this.scope?.fromWorld(this.dest)}, tag ${this.tag}`;
  }

  reset(): void {
    this.restart();
    this.state = SendState.QUEUED;
    this.slot = -1;
    this.id = -1;
    this.streamed = 0;
    this.wanted = 0;
    this.inline = false;
    this.recalled = false;
    this.exposed = false;
  }

  override complete(error: Exception | null = null): void {
    const { onSettled } = this;
    this.onSettled = null;
    super.complete(error);
    onSettled?.();
  }
}

export class RecvOp extends Op {
  /** World rank, or ANY. */
  source: number = ANY;
  capacity = 0;
  /** Take a message of any length into fresh memory (object receives). */
  allocate = false;
  /** A message was matched; it may still be on its way. */
  matched = false;
  // The matched message.
  fromWorld = 0;
  fromTag = 0;
  bytes = 0;
  received = 0;
  wanted = 0;
  // Links of the posted list.
  previous: RecvOp | null = null;
  next: RecvOp | null = null;
  posted = false;
  order = 0;
  /**
   * Brings bytes that came packed to their places, before the operation counts as done. Given the error it ends with,
   * returns the one it shall end with.
   */
  onLanded: ((error: Exception | null) => Exception | null) | null = null;

  get aim(): string {
    return aimAt(this.source === ANY ? ANY : (this.scope?.fromWorld(this.source) ?? ANY), this.tag);
  }

  override complete(error: Exception | null = null): void {
    super.complete(this.onLanded === null || this.cancelled ? error : this.onLanded(error));
  }

  reset(): void {
    this.restart();
    this.matched = false;
    this.fromWorld = ANY;
    this.fromTag = ANY;
    this.bytes = 0;
    this.received = 0;
    this.wanted = 0;
  }
}
