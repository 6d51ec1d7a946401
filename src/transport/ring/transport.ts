/**
 * The ring transport: moves records between the ranks that share a segment. It knows peers, rings, slots and
 * doorbells, and nothing of tags, communicators or requests.
 */
import { drainRecordsMax, hotPeersMax } from '../../base/limits.js';
import { type Native, Pulled } from '../../native.js';
import type { Alias, View } from './aliases.js';
import { attachNative } from './attach.js';
import { Copier } from './copy.js';
import { InRing } from './in-ring.js';
import {
  HEADER_ABORT,
  HEADER_ABORT_CODE,
  HEADER_AWAKE,
  HEADER_CHANGES,
  Parked,
  RANK_BYTES,
  RANK_DOING,
  RANK_DOING_TEXT,
  RANK_DOORBELL,
  RANK_HELP,
  RANK_PARKED,
  RANK_PENDING,
  RANK_STATE,
  RankState,
  RingMode,
  SlotState,
} from './layout.js';
import { storesInOrder } from './order.js';
import { OutRing } from './out-ring.js';
import type { Remote } from './remote.js';
import { Report, type Traffic } from './report.js';
import { Segment } from './segment.js';
import type { Sharing } from './sharing.js';
import { Slots } from './slots.js';

/** Writes at most `bytes` of what has come to `view` at `offset`; returns how many, or what the socket says. */
export type Receive = (view: View, offset: number, bytes: number) => number;

/** What takes the records: `at` is the word index of the record's header, valid during the call. */
export interface Sink {
  record(ring: InRing, at: number): void;
  /**
   * Payload of a BULK record, or of an EAGER_LONG (see `longId`): has `receive` write some of the `left` bytes where they belong. `receive` returns how many
   * it wrote; so does this.
   */
  land(id: number, left: number, receive: Receive): number;
}

export class RingTransport {
  readonly name = 'ring';
  readonly rank: number;
  readonly size: number;
  readonly native: Native | null;
  readonly words: Int32Array;
  readonly copier: Copier;
  readonly slots: Slots;
  readonly segment: Segment;
  readonly report: Report;
  readonly #sharing: Sharing;
  /** Ranks that share no memory with this one; null where all do. */
  remote: Remote | null = null;
  /** There are more ranks than cores. */
  readonly shares: boolean;
  readonly #out: OutRing[] = [];
  readonly #in: InRing[] = [];
  readonly #hot: InRing[] = [];
  readonly #pendingWord: number;
  readonly #pendingWords: number;
  readonly #parkedWord: number;
  readonly #doorbellWord: number;
  readonly #helpWord: number;
  /** The mode of the rings that are polled. */
  readonly #polled: number;
  /** This rank can pull what its peers expose. */
  pulls: boolean;
  /** This rank can read all that others of its segment expose, wherever that lies: a thread with the addon. */
  readonly lends: boolean;
  /** The rank meets others in an arena. */
  meets = false;
  /** A peer was woken, and may have to wait for this rank's core: to be given to it when this rank waits. */
  owesYield = false;
  /** While the rank is asleep, or awaits in its event loop, no ring is polled: every sender signals. */
  #parked: number = Parked.AWAKE;

  constructor(memory: ArrayBufferLike, rank: number, sharing: Sharing) {
    this.rank = rank;
    this.#sharing = sharing;
    this.segment = new Segment(memory);
    this.report = new Report(this.segment, rank);
    this.native = attachNative(this.segment, rank);
    this.pulls = this.native !== null;
    this.lends = this.pulls && memory instanceof SharedArrayBuffer;
    const { layout } = this.segment;
    this.size = layout.size;
    this.words = this.segment.words;
    this.shares = this.segment.residents > this.segment.cores;
    const fences = storesInOrder && this.size > 1 && this.native !== null && sharing.fence(this.native);
    this.#polled = fences ? RingMode.FENCED : RingMode.POLLED;
    this.copier = new Copier(this.segment, this.native);
    this.slots = new Slots(this.segment, rank, this.native);
    for (let peer = 0; peer < this.size; peer++) {
      this.#out.push(new OutRing(this.segment, rank, peer, this.copier));
      this.#in.push(new InRing(this.segment, peer, rank, this.copier));
    }
    this.#pendingWord = this.segment.rankWord(rank, RANK_PENDING);
    this.#pendingWords = (this.size + 31) >> 5;
    this.#parkedWord = this.segment.rankWord(rank, RANK_PARKED);
    this.#doorbellWord = this.segment.rankWord(rank, RANK_DOORBELL);
    this.#helpWord = this.segment.rankWord(rank, RANK_HELP);
  }

  /** Ranks that stop polling fence those who publish for them: a plain store publishes, where stores stay in order. */
  get fenced(): boolean {
    return this.#polled === RingMode.FENCED;
  }

  /**
   * A rank that spins keeps another from running: more are awake than there are cores. Where none can yield its core,
   * those that sleep count as well.
   */
  get crowded(): boolean {
    return this.shares && (this.native === null || this.words[HEADER_AWAKE >> 2] > this.segment.cores);
  }

  out(peer: number): OutRing {
    return this.#out[peer];
  }

  in(peer: number): InRing {
    return this.#in[peer];
  }

  /** Publishes the record reserved in `ring`, and makes sure that its reader will see it. */
  commit(ring: OutRing, kind: number, lines: number): void {
    if (!ring.commit(kind, lines)) this.signal(ring.peer);
  }

  /** Tells a peer that does not poll that this rank's ring has news. */
  signal(peer: number): void {
    if (this.isRemote(peer)) {
      this.remote!.flush(peer);
      return;
    }
    this.#markPending(peer, this.rank);
    this.wake(peer);
  }

  /** Takes what has arrived from all peers, in turn, but for one polled ring. Returns the number of records. */
  poll(sink: Sink, except: InRing | null): number {
    let count = 0;
    const hot = this.#hot;
    for (let i = 0; i < hot.length; i++) if (hot[i] !== except) count += this.drain(hot[i], sink);
    const words = this.words;
    for (let i = 0; i < this.#pendingWords; i++) {
      if (words[this.#pendingWord + i] !== 0) count += this.#takePending(i, sink);
    }
    return this.remote === null ? count : count + this.remote.poll(sink);
  }

  /** True for a rank that shares no memory with this one. */
  isRemote(peer: number): boolean {
    return this.remote?.has(peer) ?? false;
  }

  /** Takes what has arrived in one ring. */
  drain(ring: InRing, sink: Sink, max = drainRecordsMax): number {
    if (ring.remote) return this.remote!.drain(ring, sink, max, 1);
    let count = 0;
    for (; count < max; count++) {
      const at = ring.peek();
      if (at < 0) return count;
      if (!ring.hot && this.#parked === Parked.AWAKE) this.#heat(ring);
      const commit = this.words[at];
      try {
        sink.record(ring, at);
      } finally {
        // Whatever happens, the record is over: it must not be matched a second time. Its sender may be asleep for room.
        if (ring.advance(commit)) this.wake(ring.peer);
      }
    }
    // More may be there: a signalled ring is not looked at again unless its bit says so.
    if (!ring.hot) this.#markPending(this.rank, ring.peer);
    return count;
  }

  /** Pulls exposed bytes of a peer into `target`: the single copy. See `Pulled` for the result. */
  pull(owner: number, slot: number, word: number, target: View, offset: number, bytes: number): number {
    const native = this.native;
    if (native === null) return Pulled.DENIED;
    const alias = this.copier.aliases.of(target);
    if (alias !== null && alias.hold !== 0 && alias.whole)
      return this.pullHeld(owner, slot, word, alias, offset, bytes);
    return this.#pulled(owner, native.pull(owner, slot, word, target, offset, bytes));
  }

  /** `pull` into a whole buffer that has an alias with a hold. */
  pullHeld(owner: number, slot: number, word: number, alias: Alias, offset: number, bytes: number): number {
    const { hold, byteOffset } = alias;
    return this.#pulled(owner, this.native!.pullHeld(owner, slot, word, hold, byteOffset + offset, bytes));
  }

  #pulled(owner: number, result: number): number {
    if (result === Pulled.DENIED) this.pulls = false;
    else if (result !== Pulled.REVOKED) this.wake(owner);
    return result;
  }

  /**
   * Copies a part of a long message that a peer pulls from this rank. Not where ranks share cores: the peer waits for
   * a helper that loses its core. Returns how much there was to copy.
   */
  help(): number {
    if (this.words[this.#helpWord] === 0 || this.crowded || this.native === null) return 0;
    return this.native.help();
  }

  /** Tells the owner of a slot that this rank is done with it; false if it was taken back. */
  finish(owner: number, slot: number, word: number, state: number = SlotState.DONE): boolean {
    if (this.isRemote(owner)) {
      const finished = this.slots.mark(owner, slot, word, state);
      if (finished) this.remote!.finished(owner, slot, word, state);
      return finished;
    }
    if (!this.slots.finish(owner, slot, word, state)) return false;
    this.wake(owner);
    return true;
  }

  /** Rings the doorbell of a peer that sleeps. */
  wake(peer: number): void {
    if (Atomics.load(this.words, this.segment.rankWord(peer, RANK_PARKED)) === Parked.AWAKE) return;
    this.#ring(peer);
    this.owesYield = true;
  }

  /**
   * From here to `ignore`, every sender rings the doorbell, of a rank that is to sleep or to await in its event loop.
   * Returns the doorbell's value: what arrives after the next `poll` changes it. Both flags are stored before that
   * poll and read by senders after their publishing, all sequentially consistent, so one side always sees the other.
   */
  listen(parked: number): number {
    if (this.#parked === Parked.AWAKE) this.#cool(this.#hot.length);
    if (this.#parked < parked) {
      this.#parked = parked;
      Atomics.store(this.words, this.#parkedWord, parked);
      if (this.meets) this.#fence();
      this.remote?.listen(parked);
    }
    return Atomics.load(this.words, this.#doorbellWord);
  }

  /** Says, for whoever asks until `hush`, what this rank waits for. */
  tell(doing: string): void {
    const word = this.segment.rankWord(this.rank, RANK_DOING);
    const text = Buffer.from(doing).subarray(0, RANK_BYTES - RANK_DOING_TEXT);
    Atomics.store(this.words, word, 0);
    this.segment.bytes.set(text, this.segment.rankWord(this.rank, RANK_DOING_TEXT) * 4);
    Atomics.store(this.words, word, text.length);
  }

  /** The wait is over. */
  hush(): void {
    const word = this.segment.rankWord(this.rank, RANK_DOING);
    if (this.words[word] !== 0) Atomics.store(this.words, word, 0);
  }

  /** What has gone to and come from each rank of other memory; undefined while that can change without their doing. */
  get traffic(): Traffic[] | undefined {
    const { remote } = this;
    if (remote === null) return [];
    if (!remote.still) return undefined;
    return this.#in
      .filter((ring) => ring.remote)
      .map(({ peer, consumed }) => {
        return { peer, sent: this.#out[peer].written, taken: consumed, over: remote.over(peer) };
      });
  }

  /** The rank polls by itself again. */
  ignore(): void {
    if (this.#parked === Parked.AWAKE) return;
    this.#parked = Parked.AWAKE;
    this.remote?.ignore();
    Atomics.store(this.words, this.#parkedWord, Parked.AWAKE);
  }

  /** Sleeps until the doorbell changes from `seen`, for at most `ms`. False if it did not. */
  sleep(seen: number, ms: number): boolean {
    Atomics.sub(this.words, HEADER_AWAKE >> 2, 1);
    const woken = this.#sharing.sleep(this.#doorbellWord, seen, ms);
    Atomics.add(this.words, HEADER_AWAKE >> 2, 1);
    return woken;
  }

  /** Resolves when the doorbell changes from `seen`; undefined if it already has. */
  sleepAsync(seen: number): Promise<unknown> | undefined {
    return this.#sharing.sleepAsync(this.#doorbellWord, seen);
  }

  /** Rings this rank's own doorbell. */
  kick(): void {
    this.#ring(this.rank);
  }

  /** True if the peer will match no further message: it finalizes, or has ended. */
  leaving(peer: number): boolean {
    if (this.isRemote(peer)) return this.remote!.leaving(peer);
    return this.segment.state(peer) >= RankState.LEAVING;
  }

  /** True if the peer will neither send nor receive any more. Everything it sent is in its ring by then. */
  ended(peer: number): boolean {
    if (this.isRemote(peer)) return this.remote!.over(peer);
    return this.segment.state(peer) >= RankState.FINALIZED;
  }

  /** The abort code of the job, or undefined while it runs. */
  get abortCode(): number | undefined {
    return this.words[HEADER_ABORT >> 2] === 0 ? undefined : this.words[HEADER_ABORT_CODE >> 2];
  }

  /** Ends the job: every rank leaves its wait. */
  abort(code: number): void {
    Atomics.store(this.words, HEADER_ABORT_CODE >> 2, code);
    Atomics.store(this.words, HEADER_ABORT >> 2, 1);
    this.#ringAll();
  }

  /** Says that this rank matches no further message. Two ranks that end must not wait for each other to receive. */
  leave(): void {
    this.remote?.leave();
    this.#enter(RankState.LEAVING);
  }

  /** Leaves the job: peers that wait for this rank learn that they wait in vain. */
  close(): void {
    this.remote?.close();
    this.slots.close();
    Atomics.sub(this.words, HEADER_AWAKE >> 2, 1);
    this.#enter(RankState.FINALIZED);
    this.report.leave();
  }

  /** How often a rank has changed its state: what was asked of `leaving` and `ended` holds while this is the same. */
  get changes(): number {
    return Atomics.load(this.words, HEADER_CHANGES >> 2);
  }

  #enter(state: number): void {
    Atomics.store(this.words, this.segment.rankWord(this.rank, RANK_STATE), state);
    Atomics.add(this.words, HEADER_CHANGES >> 2, 1);
    this.#ringAll();
  }

  #ringAll(): void {
    for (let peer = 0; peer < this.size; peer++) this.#ring(peer);
  }

  #ring(peer: number): void {
    const doorbell = this.segment.rankWord(peer, RANK_DOORBELL);
    Atomics.add(this.words, doorbell, 1);
    // Read after: a rank that begins to await now sees the new value.
    this.#sharing.wake(peer, doorbell, Atomics.load(this.words, this.segment.rankWord(peer, RANK_PARKED)));
  }

  #markPending(of: number, from: number): void {
    Atomics.or(this.words, this.segment.rankWord(of, RANK_PENDING) + (from >> 5), 1 << (from & 31));
  }

  #takePending(index: number, sink: Sink): number {
    let bits = Atomics.exchange(this.words, this.#pendingWord + index, 0);
    let count = 0;
    try {
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        count += this.drain(this.#in[index * 32 + bit], sink);
      }
    } finally {
      // After an error the other rings still have news.
      if (bits !== 0) Atomics.or(this.words, this.#pendingWord + index, bits);
    }
    return count;
  }

  #heat(ring: InRing): void {
    // Half of them at once: a fence for each would cost more than the polling saves.
    if (this.#hot.length === hotPeersMax) this.#cool(hotPeersMax >> 1);
    ring.hot = true;
    this.#hot.push(ring);
    ring.setMode(this.#polled);
  }

  /** Stops polling the first `count` of the hot rings. */
  #cool(count: number): void {
    if (count === 0) return;
    const cooled = this.#hot.splice(0, count);
    for (const ring of cooled) {
      ring.hot = false;
      ring.setMode(RingMode.SIGNAL);
    }
    this.#fence();
    // A record published before the sender could see SIGNAL set no bit: have the ring looked at once more.
    for (const ring of cooled) this.#markPending(this.rank, ring.peer);
  }

  /** Where peers publish by plain stores: whatever they have published is seen from here on. */
  #fence(): void {
    if (!this.fenced) return;
    // The first one succeeded: the kernel can but lack memory for a moment.
    while (!this.#sharing.fence(this.native!)) this.native!.yieldCpu();
  }
}
