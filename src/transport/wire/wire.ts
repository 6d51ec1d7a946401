/**
 * Ranks that share no memory with this one, over sockets. For each there is a ring to it and one from it in this rank's
 * own segment, of which the other ends are pumps (`out-pump.ts`, `in-pump.ts`) that move records between ring and
 * socket. The engine sees rings, as anywhere. A connection is made when there is first something to send (`door.ts`).
 */
import { drainRecordsMax } from '../../base/limits.js';
import type { InRing } from '../ring/in-ring.js';
import { HEADER_CHANGES, Parked, RankState, SLOT_WORD, SlotState } from '../ring/layout.js';
import type { OutRing } from '../ring/out-ring.js';
import {
  highWord,
  KIND_MASK,
  Kind,
  longId,
  lowWord,
  REC_A,
  REC_B,
  REC_C,
  REC_SLOT,
  REC_SLOT_WORD,
} from '../ring/records.js';
import type { Bulk, Remote } from '../ring/remote.js';
import type { Segment } from '../ring/segment.js';
import type { Slots } from '../ring/slots.js';
import type { Sink } from '../ring/transport.js';
import { Attention } from './attention.js';
import { Connection } from './connection.js';
import { Door } from './door.js';
import { CorruptStream } from './in-pump.js';
import type { WireNews, WireOptions } from './options.js';
import { type Control, Peer } from './peer.js';
import type { Sockets } from './sockets.js';

/** Looks at the near sockets between two at all: that takes as long as one look. */
const looksPerReport = 8;
/** Reads in a row of payload that goes straight into a buffer: then others have their turn. */
const landingsMax = 4;

/** Sockets reported at once. */
const reportsMax = 64;

/** The rank's own ends of all rings, and its slots. */
export interface Rings {
  out(peer: number): OutRing;
  in(peer: number): InRing;
  readonly slots: Slots;
}

export class Wire implements Remote {
  readonly #sockets: Sockets;
  readonly #segment: Segment;
  readonly #rank: number;
  readonly #slots: Slots;
  readonly #door: Door;
  readonly #peers: (Peer | undefined)[] = [];
  readonly #connections = new Map<number, Connection>();
  readonly #ready = new Float64Array(reportsMax);
  /** Peers that wait for what no socket reports. */
  readonly #waiting = new Set<Peer>();
  /** Peers whose rings hold records that have not had their turn. */
  readonly #unread = new Set<Peer>();
  readonly #attention = new Attention();
  readonly #zerocopy: boolean;
  #looks = 0;
  /** This rank matches no further message. */
  #left = false;

  constructor(
    sockets: Sockets,
    segment: Segment,
    rank: number,
    rings: Rings,
    options: WireOptions,
    news: WireNews,
  ) {
    this.#sockets = sockets;
    this.#segment = segment;
    this.#rank = rank;
    this.#slots = rings.slots;
    this.#zerocopy = options.zerocopy ?? false;
    for (let peer = 0; peer < segment.layout.size; peer++) {
      const host = options.hosts[peer];
      if (host === undefined) continue;
      this.#add(
        new Peer(sockets, segment, rank, rings.out(peer), rings.in(peer)),
        options.sockets === 'native' && isFar(host, options.host),
      );
    }
    const met = (peer: Peer, socket: number) => this.#meet(peer, socket);
    this.#door = new Door(sockets, segment, rank, options, this.#peers, {
      met,
      opened: (port) => news.tellPort(port),
      unreachable: (peer, why) => news.tellUnreachable(peer.rank, why),
    });
  }

  #add(peer: Peer, far: boolean): void {
    this.#peers[peer.rank] = peer;
    peer.in.far = far;
    peer.ring.remote = true;
    // At once, though a reply could go first (0.97 of the time at 64 KiB): what this rank says next may have the peer send.
    peer.ring.onCredit = (credit) => this.#control(peer, { kind: Kind.CREDIT, a: credit, b: 0, c: 0 });
  }

  has(peer: number): boolean {
    return this.#peers[peer] !== undefined;
  }

  poll(sink: Sink): number {
    let count = 0;
    const { near } = this.#attention;
    for (let i = 0; i < near.length; i++) count += this.#attend(near[i], sink);
    if (near.length === 0 || ++this.#looks % looksPerReport === 0) count += this.#report(sink);
    if (this.#unread.size > 0)
      for (const peer of this.#unread) count += this.drain(peer.ring, sink, drainRecordsMax, 1);
    if (this.#waiting.size > 0) count += this.#catchUp();
    return count;
  }

  drain(ring: InRing, sink: Sink, max: number, looks: number): number {
    const peer = this.#peers[ring.peer]!;
    const { connection } = peer;
    let count = 0;
    if (ring.peek() < 0) {
      if (connection === null || !this.#receive(connection, sink, looks)) return 0;
      count++;
    }
    count += this.#drain(peer, sink, max);
    for (let i = 0; i < landingsMax && connection !== null && peer.in.lands; i++) {
      if (!this.#receive(connection, sink, looks)) break;
      count++;
    }
    return count;
  }

  look(ring: InRing, sink: Sink, looks: number): boolean {
    if (ring.peek() >= 0) return true;
    const peer = this.#peers[ring.peer]!;
    const { connection } = peer;
    if (connection === null) return false;
    if (connection.wants) connection.flush();
    if (!this.#receive(connection, sink, looks)) return false;
    if (!connection.near) this.#unread.add(peer);
    return ring.peek() >= 0;
  }

  listen(parked: number): void {
    this.#sockets.listen?.(parked);
    for (const { peer } of this.#attention.listen()) this.#unread.add(this.#peers[peer]!);
  }

  ignore(): void {
    this.#sockets.listen?.(Parked.AWAKE);
    this.#attention.ignore();
  }

  flush(rank: number): void {
    const peer = this.#peers[rank]!;
    if (peer.connection !== null) peer.connection.flush();
    else if (!peer.over) {
      this.#waiting.add(peer);
      this.#door.knock(peer, performance.now());
    }
  }

  finished(owner: number, slot: number, word: number, state: number): void {
    this.#control(this.#peers[owner]!, { kind: Kind.FINISHED, a: slot, b: word, c: state });
  }

  recall(rank: number, slot: number, word: number): void {
    this.#control(this.#peers[rank]!, { kind: Kind.RECALL, a: slot, b: word, c: 0 });
  }

  get holds(): boolean {
    return this.#sockets.holdsNothing !== true;
  }

  hold(view: Uint8Array): number {
    return this.#sockets.hold(view);
  }

  drop(hold: number): void {
    this.#sockets.drop(hold);
  }

  bulk(rank: number, bulk: Bulk): void {
    this.#peers[rank]!.out.add(bulk);
  }

  takeBulk(rank: number): Bulk | undefined {
    return this.#peers[rank]!.out.takeLast();
  }

  request(rank: number, sendId: number, receiveId: number, wanted: number): void {
    const peer = this.#peers[rank]!;
    if (wanted > 0) peer.in.expectedBulks++;
    const [c, d] = [lowWord(wanted), highWord(wanted)];
    this.#control(peer, { kind: Kind.CTS, a: sendId, b: receiveId, c, d });
  }

  leaving(rank: number): boolean {
    return this.#peers[rank]!.leaving || this.over(rank);
  }

  over(rank: number): boolean {
    const peer = this.#peers[rank]!;
    if (peer.over) return true;
    const { connection } = peer;
    if (connection !== null) peer.over = connection.ended && peer.ring.peek() < 0;
    else peer.over = this.#segment.state(rank) >= RankState.FINALIZED && !this.#door.mayCome(peer);
    if (peer.over) this.#changed();
    return peer.over;
  }

  leave(): void {
    this.#left = true;
    for (const peer of this.#peers)
      if (peer?.connection?.ended === false) this.#control(peer, { kind: Kind.LEAVING, a: 0, b: 0, c: 0 });
  }

  get idle(): boolean {
    for (const peer of this.#peers) {
      if (peer === undefined || this.over(peer.rank)) continue;
      // What a closed socket has not delivered is lost once the other side sends something.
      if (!peer.empty || (peer.connection !== null && this.#sockets.socketUnsent(peer.connection.socket) > 0))
        return false;
    }
    return true;
  }

  get still(): boolean {
    if (this.#waiting.size > 0) return false;
    for (const peer of this.#peers) if (peer?.in.lands && !this.over(peer.rank)) return false;
    // A rank that leaves waits for its peers' systems, not for what they do.
    return !this.#left || this.idle;
  }

  close(): void {
    this.#door.close();
    for (const socket of this.#connections.keys()) this.#sockets.socketFinish(socket);
    for (const socket of this.#connections.keys()) this.#sockets.socketClose(socket);
    this.#connections.clear();
  }

  /** Sees to the sockets on which something can be done. */
  #report(sink: Sink): number {
    let count = 0;
    const reports = this.#sockets.socketsReady(0, this.#ready);
    for (let i = 0; i < reports; i++) {
      const socket = this.#ready[i];
      if (this.#door.attend(socket)) continue;
      const connection = this.#connections.get(socket);
      if (connection === undefined) continue;
      count += this.#attend(connection, sink);
    }
    return count;
  }

  /** Sees to a socket that is near. Returns how much there was. */
  #attend(connection: Connection, sink: Sink): number {
    if (connection.wants) connection.flush();
    return this.drain(this.#peers[connection.peer]!.ring, sink, drainRecordsMax, 1);
  }

  /** Takes the records that are there. */
  #drain(peer: Peer, sink: Sink, max: number): number {
    const { ring } = peer;
    const { words } = this.#segment;
    // Until all is taken, also if an error comes between. What is near is looked at again anyway.
    const unread = peer.connection?.near !== true;
    if (unread) this.#unread.add(peer);
    let count = 0;
    for (; count < max; count++) {
      const at = ring.peek();
      if (at < 0) break;
      const commit = words[at];
      try {
        this.#take(peer, at, sink);
      } finally {
        ring.advance(commit);
      }
    }
    if (this.#unread.size > 0 && count < max && !peer.in.pending) this.#unread.delete(peer);
    return count;
  }

  /** Brings what has come into the ring, or where it belongs. False if nothing has. */
  #receive(connection: Connection, sink: Sink, looks: number): boolean {
    if (connection.ended) return false;
    let moved = false;
    try {
      moved = connection.pull(sink, looks);
    } catch (error) {
      if (!(error instanceof CorruptStream)) throw error;
      connection.close();
    }
    const left = moved ? this.#attention.heard(connection) : undefined;
    // Records of it may be in its ring, which no socket reports.
    if (left !== undefined) this.#unread.add(this.#peers[left.peer]!);
    if (connection.ended) {
      this.#connections.delete(connection.socket);
      this.#attention.forget(connection);
      this.#changed();
    }
    return moved;
  }

  #take(peer: Peer, at: number, sink: Sink): void {
    const { words } = this.#segment;
    const a = words[at + REC_A];
    const b = words[at + REC_B];
    const c = words[at + REC_C];
    switch (words[at] & KIND_MASK) {
      case Kind.EAGER_SLOT:
      case Kind.RTS_STREAM:
      case Kind.RTS_READY:
        this.#offer(peer, words[at + REC_SLOT], words[at + REC_SLOT_WORD]);
        sink.record(peer.ring, at);
        break;
      case Kind.BULK:
        // Its payload lands by itself.
        break;
      case Kind.EAGER_LONG:
        peer.in.begin(longId(peer.rank), c);
        sink.record(peer.ring, at);
        break;
      case Kind.FINISHED:
        this.#slots.finishAs(a, b, c);
        break;
      case Kind.RECALL: {
        const back = this.#slots.mark(peer.rank, a, b, SlotState.REVOKED) ? 1 : 0;
        this.#control(peer, { kind: Kind.RECALLED, a, b, c: back });
        break;
      }
      case Kind.RECALLED:
        if (c === 0) this.#slots.mark(this.#rank, a, b, SlotState.MATCHED);
        else sink.record(peer.ring, at);
        break;
      case Kind.CREDIT:
        Atomics.store(words, this.#segment.ringPlace(this.#rank, peer.rank).creditWord, a);
        break;
      case Kind.LEAVING:
        peer.leaving = true;
        this.#changed();
        break;
      default:
        sink.record(peer.ring, at);
    }
  }

  /** A peer's slot stands in our memory as it stands in its own. */
  #offer(peer: Peer, slot: number, word: number): void {
    const { layout, words } = this.#segment;
    if (slot < 0 || slot >= layout.slotsPerRank) return;
    Atomics.store(words, this.#segment.slotWord(peer.rank, slot, SLOT_WORD), word);
  }

  #control(peer: Peer, control: Control): void {
    if (peer.over) return;
    peer.control(control);
    this.#sendControls(peer);
    if (peer.waits) this.#waiting.add(peer);
  }

  #sendControls(peer: Peer): number {
    const count = peer.commitControls();
    if (count > 0) this.flush(peer.rank);
    return count;
  }

  /** What no socket reports. Returns how much was done. */
  #catchUp(): number {
    const now = performance.now();
    let count = 0;
    for (const peer of this.#waiting) {
      count += this.#sendControls(peer);
      if (peer.lends) count += peer.out.loans!.takeBack();
      if (!peer.waits) this.#waiting.delete(peer);
      else if (peer.connection === null) this.#door.knock(peer, now);
    }
    return count;
  }

  #meet(peer: Peer, socket: number): void {
    peer.connection = new Connection(this.#sockets, peer.rank, socket, peer.out, peer.in);
    this.#connections.set(socket, peer.connection);
    if (this.#zerocopy) peer.lend(socket, () => this.#waiting.add(peer));
    peer.connection.flush();
    if (this.#left) this.#control(peer, { kind: Kind.LEAVING, a: 0, b: 0, c: 0 });
  }

  /** What was asked of a peer's life may have another answer now. */
  #changed(): void {
    Atomics.add(this.#segment.words, HEADER_CHANGES >> 2, 1);
  }
}

/** Whether an address is another host's than one's own. */
function isFar(address: string, own: string): boolean {
  return address !== own && !address.startsWith('@');
}
