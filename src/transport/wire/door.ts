/**
 * How ranks come to be connected: this rank's listener, those that knock, and those that it knocks at. Where two ranks
 * connect to each other at once, the connection that the lower one began remains.
 */
import { reachMsMax, strangersMax } from '../../base/limits.js';
import { RANK_PORT } from '../ring/layout.js';
import type { Segment } from '../ring/segment.js';
import { Greeting } from './connection.js';
import { type Encounter, HandshakeError } from './handshake.js';
import type { WireOptions } from './options.js';
import type { Peer } from './peer.js';
import type { Sockets } from './sockets.js';

/** Between two attempts to reach a peer that did not answer. */
const retryMs = 20;

/** The name of a system's error; 0 stands for no answer at all. */
function errorName(errno: number): string {
  if (errno === 0) return 'no answer';
  return process.getBuiltinModule('node:util').getSystemErrorName(-Math.abs(errno));
}

export interface DoorEvents {
  /** The rank can be reached, on this port. */
  opened(port: number): void;
  /** A peer has proved itself. */
  met(peer: Peer, socket: number): void;
  /** A peer cannot be connected to, since `reachMsMax`. It may still come by itself. */
  unreachable(peer: Peer, why: string): void;
}

export class Door {
  readonly #sockets: Sockets;
  readonly #segment: Segment;
  readonly #rank: number;
  readonly #options: WireOptions;
  readonly #peers: readonly (Peer | undefined)[];
  readonly #events: DoorEvents;
  readonly #listener: number;
  #announced = false;
  /** All handshakes under way, by socket, and those among them that others have begun. */
  readonly #greetings = new Map<number, Greeting>();
  readonly #strangers = new Set<Greeting>();

  constructor(
    sockets: Sockets,
    segment: Segment,
    rank: number,
    options: WireOptions,
    peers: readonly (Peer | undefined)[],
    events: DoorEvents,
  ) {
    this.#sockets = sockets;
    this.#segment = segment;
    this.#rank = rank;
    this.#options = options;
    this.#peers = peers;
    this.#events = events;
    this.#listener = sockets.socketListen(options.host, 0);
    this.#announce();
  }

  #announce(): void {
    const port = this.#announced ? -1 : this.#sockets.socketPort(this.#listener);
    // Where it is not known yet, the listener reports it.
    if (port < 0) return;
    this.#announced = true;
    // A Unix-domain name has no port, and 0 means nowhere yet.
    this.#events.opened(port || 1);
  }

  /** Something can be done on this socket. False if it is not the door's. */
  attend(socket: number): boolean {
    const greeting = this.#greetings.get(socket);
    if (greeting !== undefined) this.#greet(greeting);
    else if (socket !== this.#listener) return false;
    else {
      this.#announce();
      this.#accept();
    }
    return true;
  }

  /** Connects, or goes on connecting, to a peer. */
  knock(peer: Peer, now: number): void {
    if (peer.attempt !== null) {
      if (peer.attempt.overdue(now)) this.#drop(peer.attempt);
      return;
    }
    const port = Atomics.load(this.#segment.words, this.#segment.rankWord(peer.rank, RANK_PORT));
    if (now < peer.retryAt || port === 0) return;
    peer.retryAt = now + retryMs;
    let socket: number;
    try {
      socket = this.#sockets.socketConnect(this.#options.hosts[peer.rank]!, port);
    } catch (error) {
      // Such as no route now: tried again.
      this.#missed(peer, (error as Error).message);
      return;
    }
    peer.attempt = new Greeting(this.#sockets, socket, this.#encounter(peer.rank), now);
    this.#greetings.set(socket, peer.attempt);
    // Reported once it is connected.
    this.#sockets.socketWatch(socket, true, true);
  }

  /** True while somebody who knocks may turn out to be this peer. */
  mayCome(peer: Peer): boolean {
    this.#accept();
    for (const greeting of this.#strangers) {
      this.#greet(greeting);
      const known = !this.#strangers.has(greeting);
      if (!known && (greeting.claimed < 0 || greeting.claimed === peer.rank)) return true;
    }
    return peer.connection !== null;
  }

  close(): void {
    for (const greeting of this.#greetings.values()) this.#drop(greeting);
    this.#sockets.socketClose(this.#listener);
  }

  #encounter(peer: number): Encounter {
    const { secret } = this.#options;
    return { secret, self: this.#rank, peer, size: this.#segment.layout.size };
  }

  #accept(): void {
    for (;;) {
      const socket = this.#sockets.socketAccept(this.#listener);
      if (socket === 0) return;
      const greeting = new Greeting(this.#sockets, socket, this.#encounter(-1), performance.now());
      this.#greetings.set(socket, greeting);
      this.#strangers.add(greeting);
      if (this.#strangers.size > strangersMax) this.#makeRoom();
    }
  }

  /** Drops the oldest that has not said a word, else the oldest: a true rank tries again. */
  #makeRoom(): void {
    const all = [...this.#strangers];
    this.#drop(all.find(({ claimed }) => claimed < 0) ?? all[0]);
  }

  #greet(greeting: Greeting): void {
    let rank: number;
    try {
      rank = greeting.advance((peer) => this.#refuses(peer));
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      this.#drop(greeting);
      return;
    }
    if (rank >= 0) this.#open(greeting, this.#peers[rank]!);
    else if (greeting.overdue(performance.now())) this.#drop(greeting);
    else if (greeting.begun) this.#sockets.socketWatch(greeting.socket, true, false);
  }

  #refuses(rank: number): boolean {
    const peer = this.#peers[rank];
    if (peer === undefined || peer.connection !== null) return true;
    return peer.attempt !== null && this.#rank < rank;
  }

  #open(greeting: Greeting, peer: Peer): void {
    if (peer.connection !== null) {
      this.#drop(greeting);
      return;
    }
    this.#greetings.delete(greeting.socket);
    this.#strangers.delete(greeting);
    if (peer.attempt !== null && peer.attempt !== greeting) this.#drop(peer.attempt);
    peer.attempt = null;
    this.#sockets.socketWatch(greeting.socket, true, false);
    this.#events.met(peer, greeting.socket);
  }

  #drop(greeting: Greeting): void {
    this.#sockets.socketClose(greeting.socket);
    this.#greetings.delete(greeting.socket);
    this.#strangers.delete(greeting);
    const peer = greeting.wanted < 0 ? undefined : this.#peers[greeting.wanted];
    if (peer?.attempt !== greeting) return;
    peer.attempt = null;
    if (greeting.begun) peer.missedSince = undefined;
    else this.#missed(peer, errorName(greeting.error));
  }

  /** An attempt has not found the peer listening. */
  #missed(peer: Peer, why: string): void {
    const now = performance.now();
    peer.missedSince ??= now;
    if (peer.unreachable || now - peer.missedSince < reachMsMax) return;
    peer.unreachable = true;
    const port = Atomics.load(this.#segment.words, this.#segment.rankWord(peer.rank, RANK_PORT));
    this.#events.unreachable(peer, `${this.#options.hosts[peer.rank]} port ${port}: ${why}`);
  }
}
