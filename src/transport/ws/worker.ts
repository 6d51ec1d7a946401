/**
 * The I/O worker of a rank: WebSockets on one side, pipes to the rank on the other. It looks at the pipes when the rank
 * rings, and rings the rank when it waits for something. It needs nothing of the rank's event loop, which may be blocked
 * from the first moment.
 */
import { writeSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { handshakeMsMax, strangersMax } from '../../base/limits.js';
import { Parked } from '../ring/layout.js';
import { type Answer, BELL, NEWS, type Order, PARKED, type Rouse, type Start } from './exchange.js';
import { Gate, socketOptions } from './gate.js';
import { Link } from './link.js';
import { createPipe } from './pipe.js';

const { exchange, rouse, port } = workerData as Start;
const words = new Int32Array(exchange);

/** An event counts up by what is written to it. */
const one = new BigUint64Array([1n]);

function ringerOf(how: Rouse): () => void {
  if ('event' in how) return () => void writeSync(how.event, one);
  const doorbells = new Int32Array(how.memory);
  return () => {
    Atomics.add(doorbells, how.doorbell, 1);
    Atomics.notify(doorbells, how.doorbell);
  };
}

const ring = ringerOf(rouse);

/** Something has happened: the rank sees it at its next look, or is woken. */
function tellNews(): void {
  Atomics.add(words, NEWS, 1);
  // Looked at after, as the rank looks for news after it has said that it parks.
  if (Atomics.load(words, PARKED) !== Parked.AWAKE) ring();
}

function answer(letter: Answer): void {
  port.postMessage(letter);
  tellNews();
}

const links = new Set<Link>();
/** Those that others have begun and of which the rank has not heard yet: its program may be busy for long. */
let unseen: Link[] = [];
let gate: Gate | undefined;

function add(socket: WebSocket, out: SharedArrayBuffer, into: SharedArrayBuffer): Link {
  const link = new Link(socket, out, into, tellNews);
  links.add(link);
  return link;
}

function accept(socket: WebSocket): void {
  unseen = unseen.filter((link) => !link.seen);
  // Each has a letter that waits for the rank. Who belongs here tries again.
  if (unseen.length >= strangersMax) {
    socket.terminate();
    return;
  }
  const pipes = { out: createPipe(), in: createPipe() };
  unseen.push(add(socket, pipes.out, pipes.in));
  answer({ kind: 'accepted', pipes });
}

function obey(order: Order): void {
  if (order.kind === 'listen') {
    gate = new Gate(order.host, order.port, {
      opened: (local) => answer({ kind: 'listening', port: local }),
      failed: (error) => answer({ kind: 'failed', reason: error.message }),
      accepted: accept,
    });
  } else if (order.kind === 'connect') {
    const host = isIPv6(order.host) ? `[${order.host}]` : order.host;
    const url = `ws://${host}:${order.port}/`;
    const socket = new WebSocket(url, { ...socketOptions, handshakeTimeout: handshakeMsMax });
    add(socket, order.pipes.out, order.pipes.in);
  } else {
    gate?.close();
    // Nothing else keeps this thread alive once its connections are closed.
    port.close();
  }
}

/** Looks after all pipes, each time that the rank rings. */
async function serve(): Promise<never> {
  for (;;) {
    const seen = Atomics.load(words, BELL);
    for (const link of links) {
      if (link.over) links.delete(link);
      else link.advance();
    }
    const wait = Atomics.waitAsync(words, BELL, seen);
    // Rung meanwhile: the sockets have their turn all the same.
    await (wait.async ? wait.value : new Promise(setImmediate));
  }
}

// Peers and rank are to hear of the end of this thread, whatever its cause.
process.on('uncaughtExceptionMonitor', () => {
  for (const link of links) link.end();
});

port.on('message', obey);
void serve();
