/** What a rank is told of those that it shares no memory with, and what it tells of itself. */

/** Where ranks are, and what they share. */
export interface WireOptions {
  /** Whose sockets: the addon's, or WebSockets of an I/O worker. */
  readonly sockets: 'native' | 'ws';
  readonly secret: Uint8Array;
  /** Address of each rank: numeric, or `@name`; its port stands in the rank's block. Undefined for those in this memory. */
  readonly hosts: readonly (string | undefined)[];
  /** The address that this rank listens on. */
  readonly host: string;
  /** Long messages are sent from where they lie, without a copy by the kernel (`MSG_ZEROCOPY`), if it does so. */
  readonly zerocopy?: boolean;
}

/** What the launcher has to know. */
export interface WireNews {
  /** The port on which this rank accepts connections. */
  tellPort(port: number): void;
  /** This rank cannot connect to a peer. */
  tellUnreachable(peer: number, why: string): void;
}
