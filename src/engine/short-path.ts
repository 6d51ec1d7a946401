/**
 * The path of a short message: a whole typed array that was used before, sent eagerly to a rank and received from
 * one, when nothing waits before it. It passes by operations, queues and resolving; what does not fit in falls back
 * to the general path, which gives the same result (and the errors).
 *
 *     Send  ->  alias found  ->  OutRing.put   |  ring  |   InRing.take  ->  alias found  ->  Recv
 */
import { ERR_INTERN, Exception } from '../base/errors.js';
import { drainRecordsMax } from '../base/limits.js';
import { Pulled } from '../native.js';
import type { Alias, Aliases, View } from '../transport/ring/aliases.js';
import type { InRing } from '../transport/ring/in-ring.js';
import { Put } from '../transport/ring/out-ring.js';
import {
  joinWords,
  KIND_MASK,
  Kind,
  REC_A,
  REC_B,
  REC_BYTES_HIGH,
  REC_BYTES_LOW,
  REC_SLOT,
  REC_SLOT_WORD,
} from '../transport/ring/records.js';
import type { RingTransport } from '../transport/ring/transport.js';
import { Dialogues, OFFERED_BYTES_MIN } from './dialogue.js';
import type { Engine } from './engine.js';
import { ANY, type Scope, SendOp } from './ops.js';
import type { Receiver } from './receiver.js';
import type { Sender } from './sender.js';

/** Messages received at once, between two turns of the other traffic. */
const PASSES_PER_PROGRESS = 16;

/** Looks for a message: a few microseconds, after which other traffic has its turn. */
const LOOKS = 2000;
/** Where ranks share cores, the one that would send it may have to run first. */
const LOOKS_CROWDED = 8;
/** As many take no longer than to post the receive and to match it later. */
const LOOKS_NONBLOCKING = 16;
/** Looks at a socket, of 0.25 µs each. */
const LOOKS_SOCKET = 32;
/** Looks for the end of a pull: some 8 microseconds once compiled. One that begins at once takes less, but for a hiccup. */
const LOOKS_OFFERED = 200;
/**
 * Counts between two of them. Looks that follow each other at once take the line away while the receiver wants to
 * write it, and turns of progress the one that its answer comes in: 550 ns for 1 KiB, 650 and 750 without.
 */
const COUNTS_BETWEEN = 64;

export class ShortPath {
  readonly #engine: Engine;
  readonly #transport: RingTransport;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #aliases: Aliases;
  readonly #dialogues: Dialogues;
  #offered = new SendOp();
  #count = 0;
  #open = true;
  #passed = 0;
  /** Tag and length of the message last received. */
  tag = 0;
  bytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#transport = engine.transport;
    this.#sender = engine.sender;
    this.#receiver = engine.receiver;
    this.#aliases = engine.transport.copier.aliases;
    this.#dialogues = new Dialogues(engine.transport, engine.sender.eagerBytesMax);
  }

  /** Sends all of `buffer`, in standard mode. False, with nothing done, if it is for the general path. */
  send(dest: number, scope: Scope, context: number, tag: number, buffer: unknown): boolean {
    const alias = this.#aliases.of(buffer);
    if (alias === null || !this.#open) return false;
    if (alias.length >= OFFERED_BYTES_MIN && this.#offer(dest, scope, context, tag, alias)) return true;
    return this.#put(dest, context, tag, alias);
  }

  /** `send` for a call that may not wait. */
  sendNow(dest: number, context: number, tag: number, buffer: unknown): boolean {
    const alias = this.#aliases.of(buffer);
    return alias !== null && this.#open && this.#put(dest, context, tag, alias);
  }

  /** Receives into `buffer`, and sets `tag` and `bytes`. False, with nothing done, if it is for the general path. */
  receive(source: number, context: number, tag: number, buffer: unknown): boolean {
    const ring = this.#transport.in(source);
    const alias = this.#aliases.of(buffer);
    if (alias === null || !this.#ready(ring, context)) return false;
    const looks = ring.remote ? this.#lookAtSocket(ring) : this.#transport.crowded ? LOOKS_CROWDED : LOOKS;
    if (!this.#take(ring, context, tag, alias, looks) && !this.#pull(ring, context, tag, alias)) return false;
    this.passBy(ring);
    return true;
  }

  /**
   * Like `receive`, if the message is short, and there already or just about to come. Long ones are left for a call
   * that waits: of two ranks that each post receives and then send 1 MiB messages, one pulled them while it posted, and
   * the other waited until it sent its own.
   */
  receiveNow(source: number, context: number, tag: number, buffer: unknown): boolean {
    const ring = this.#transport.in(source);
    const queue = this.#receiver.queue(context);
    const alias = this.#aliases.of(buffer);
    if (alias === null || !this.#open) return false;
    // Receives posted before come first. With those out of the way this one need not be posted.
    for (let i = 0; i < drainRecordsMax && queue.anyPosted && !queue.anyUnexpected && ring.eagerNext; i++)
      this.#transport.drain(ring, this.#receiver, 1);
    const looks = ring.remote ? 1 : LOOKS_NONBLOCKING;
    if (!this.#ready(ring, context) || !this.#take(ring, context, tag, alias, looks)) return false;
    this.passBy(ring);
    return true;
  }

  /** Remembers a buffer that took the general path: the next time it may be short. */
  note(view: View, bytes: number): void {
    if (bytes === view.byteLength) this.#aliases.note(view);
  }

  /**
   * A call that found its message at once still owes the other traffic a turn: every so often it takes one. What else
   * has come in the same ring stays there until it is asked for: to take it now would set it aside, a copy more.
   */
  passBy(ring: InRing | null): void {
    if (++this.#passed % PASSES_PER_PROGRESS !== 0) return;
    // Progress may run functions of the user's that receive messages themselves.
    const { tag, bytes } = this;
    this.#engine.progress(ring);
    this.tag = tag;
    this.bytes = bytes;
  }

  /** False once the runtime has ended. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** From now on every call takes the general path, which says that the runtime has ended. */
  close(): void {
    this.#open = false;
    this.#aliases.clear();
  }

  #put(dest: number, context: number, tag: number, alias: Alias): boolean {
    const sender = this.#sender;
    const put = this.#transport.out(dest).put(tag, context, alias, sender.eagerBytesMax);
    if (put === Put.NOT) return false;
    if (put === Put.UNSEEN) this.#transport.signal(dest);
    if (!sender.idle) this.#engine.progress(null);
    return true;
  }

  /** Leaves a message where it is, if its receiver pulls it at once (see `Dialogues`); false, with nothing sent, if not. */
  #offer(dest: number, scope: Scope, context: number, tag: number, alias: Alias): boolean {
    const dialogues = this.#dialogues;
    if (!dialogues.awaits(dest, alias.length) || alias.hold === 0 || !alias.whole) return false;
    const op = this.#offered;
    op.reset();
    op.call = 'Send';
    op.scope = scope;
    op.dest = dest;
    op.context = context;
    op.tag = tag;
    op.view = alias.view;
    op.bytes = alias.length;
    op.blocking = true;
    const taken = this.#sender.offer(op) && this.#outcome(op);
    op.forget();
    if (!taken) dialogues.pause(dest);
    else if (!this.#sender.idle) this.#engine.progress(null);
    return taken;
  }

  /** True once an offered message was pulled, false if it was taken back. */
  #outcome(op: SendOp): boolean {
    const { slots } = this.#transport;
    for (let look = 0; look < LOOKS_OFFERED && !op.done; look++) {
      for (let i = 0; i < COUNTS_BETWEEN; i++) this.#count = (this.#count + i) | 0;
      if (slots.anyDone) this.#sender.settle();
    }
    if (op.done) return true;
    if (this.#sender.cancel(op)) return false;
    // Matched already: being pulled, or held by a matched probe until it is received.
    this.#offered = new SendOp();
    this.#dialogues.pause(op.dest);
    this.#engine.wait(op);
    if (op.error !== null) throw op.error;
    return true;
  }

  /** True if the next message of the context is the next in the ring. */
  #ready(ring: InRing, context: number): boolean {
    return this.#open && (ring.hot || ring.remote) && this.#receiver.queue(context).empty;
  }

  /** Waits a little for what comes next over a socket. One look at the ring then tells. */
  #lookAtSocket(ring: InRing): number {
    this.#transport.remote!.look(ring, this.#receiver, this.#transport.crowded ? 1 : LOOKS_SOCKET);
    return 1;
  }

  #take(ring: InRing, context: number, tag: number, alias: Alias, looks: number): boolean {
    if (
      !ring.take(tag, ANY, context, alias, looks) &&
      !(ring.skipPad() && ring.take(tag, ANY, context, alias, looks))
    )
      return false;
    this.tag = ring.takenTag;
    this.bytes = ring.takenBytes;
    if (ring.takenWakes) this.#transport.wake(ring.peer);
    return true;
  }

  /** A long message whose envelope is at the head of the ring: pulled at once, with no operation between. */
  #pull(ring: InRing, context: number, tag: number, alias: Alias): boolean {
    const at = ring.peek();
    if (at < 0 || alias.hold === 0 || !this.#transport.pulls) return false;
    const { words } = this.#transport;
    const commit = words[at];
    const arrived = words[at + REC_A];
    if ((commit & KIND_MASK) !== Kind.RTS_EXPOSED || words[at + REC_B] !== context) return false;
    const bytes = joinWords(words[at + REC_BYTES_LOW], words[at + REC_BYTES_HIGH]);
    if ((arrived !== tag && tag !== ANY) || bytes > alias.length || !alias.whole) return false;
    const slot = words[at + REC_SLOT];
    const pulled = this.#transport.pullHeld(ring.peer, slot, words[at + REC_SLOT_WORD], alias, 0, bytes);
    // Taken back, or to be streamed: the general path sees to it.
    if (pulled === Pulled.REVOKED || pulled === Pulled.DENIED) return false;
    if (ring.advance(commit)) this.#transport.wake(ring.peer);
    if (pulled === Pulled.LOST) throw new Exception(ERR_INTERN, "Recv: the sender's bytes are not there");
    this.tag = arrived;
    this.bytes = bytes;
    return true;
  }
}
