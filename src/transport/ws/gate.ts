/**
 * In the I/O worker: where others connect. An HTTP server that knows nothing but the upgrade to a WebSocket; whoever does
 * not get that far in time, or is one of too many, is cut off. Who it is that came is for the rank to find out.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { frameBytesMax, handshakeMsMax, headBytesMax, strangersMax } from '../../base/limits.js';

/** What both sides agree on: no compression, and frames of a known size. */
export const socketOptions = {
  perMessageDeflate: false,
  maxPayload: frameBytesMax,
  autoPong: false,
} satisfies ServerOptions;

export interface GateEvents {
  opened(port: number): void;
  failed(error: Error): void;
  /** Somebody has come. */
  accepted(socket: WebSocket): void;
}

/** A page is what nobody gets here. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { connection: 'close', upgrade: 'websocket' });
  response.end(() => request.socket.destroy());
}

export class Gate {
  readonly #server = createServer(
    {
      headersTimeout: handshakeMsMax,
      requestTimeout: handshakeMsMax,
      connectionsCheckingInterval: handshakeMsMax,
      maxHeaderSize: headBytesMax,
    },
    refuse,
  );
  readonly #sockets = new WebSocketServer({ ...socketOptions, noServer: true, clientTracking: false });
  /** Connections that have not become WebSockets, the oldest first. */
  readonly #strangers = new Set<Socket>();

  constructor(host: string, port: number, events: GateEvents) {
    const server = this.#server;
    server.on('connection', (socket) => this.#watch(socket));
    server.on('clientError', (_, socket) => socket.destroy());
    server.on('upgrade', (request, stream, head) => {
      const socket = stream as Socket;
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => {
        this.#strangers.delete(socket);
        events.accepted(accepted);
      });
    });
    server.once('error', (error) => events.failed(error));
    server.listen({ host, port }, () => events.opened((server.address() as AddressInfo).port));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#strangers) socket.destroy();
  }

  #watch(socket: Socket): void {
    this.#strangers.add(socket);
    const timer = setTimeout(() => {
      if (this.#strangers.has(socket)) socket.destroy();
    }, handshakeMsMax);
    socket.on('error', () => {}); // closed next
    socket.on('close', () => {
      clearTimeout(timer);
      this.#strangers.delete(socket);
    });
    if (this.#strangers.size <= strangersMax) return;
    const [oldest] = this.#strangers;
    oldest.destroy();
  }
}
