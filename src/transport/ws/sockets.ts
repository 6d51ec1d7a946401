/**
 * Sockets without the addon: each is a pair of pipes to an I/O worker, which has WebSockets at their other ends
 * (`worker.ts`). All that the rank does is to copy into and out of memory; it sleeps and awaits on its doorbell, as
 * always, and the worker rings it.
 */
import { existsSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { ERR_OTHER, Exception } from '../../base/errors.js';
import type { View } from '../ring/aliases.js';
import type { Sockets } from '../wire/sockets.js';
import {
  type Answer,
  BELL,
  EXCHANGE_BYTES,
  NEWS,
  type Order,
  PARKED,
  type Pipes,
  type Rouse,
  type Start,
} from './exchange.js';
import { createPipe, PipeReader, PipeWriter } from './pipe.js';

type Threads = typeof import('node:worker_threads');

/** What calls return for a connection that is over, as the addon does. */
const EPIPE = -32;

/** The id of the only listener. */
const LISTENER = 1;

/** The worker's module, from where this one stands: in its own place, or in the bundle of the runtime. */
function workerUrl(): URL {
  const [own, bundled] = ['worker.js', 'transport/ws/worker.js'].map(
    (file) => new URL(file, import.meta.url),
  );
  return existsSync(own) ? own : bundled;
}

/** One connection, as the rank sees it. */
interface Ends {
  readonly id: number;
  readonly out: PipeWriter;
  readonly in: PipeReader;
  /** What there is to read is to be reported, and room to write. */
  watched: boolean;
  wants: boolean;
}

function bytesOf(view: View): Uint8Array {
  return view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

export class WsSockets implements Sockets {
  readonly holdsNothing = true;
  readonly #threads: Threads;
  readonly #port: MessagePort;
  readonly #words: Int32Array;
  readonly #byId = new Map<number, Ends>();
  /** The same, in an order to walk in, and where the next walk begins: each has its turn. */
  readonly #all: Ends[] = [];
  #first = 0;
  readonly #accepted: number[] = [];
  readonly #holds = new Map<number, Uint8Array>();
  #lastId = LISTENER;
  #lastHold = 0;
  #localPort = -1;
  /** News when last looked at. */
  #seen = 0;
  /** There may be something to report without further news. */
  #due = false;
  /** The listener has something to report. */
  #called = false;

  constructor(rouse: Rouse) {
    // Not imported: ranks without WebSockets start sooner.
    this.#threads = process.getBuiltinModule('node:worker_threads');
    const exchange = new SharedArrayBuffer(EXCHANGE_BYTES);
    this.#words = new Int32Array(exchange);
    const { port1, port2 } = new this.#threads.MessageChannel();
    this.#port = port1;
    const worker = new this.#threads.Worker(workerUrl(), {
      name: 'I/O',
      workerData: { exchange, rouse, port: port2 } satisfies Start,
      transferList: [port2],
      // Nothing of what the program's own modules are loaded with.
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
    });
    // It ends with the rank, and keeps none from ending. An error of its own is one of the rank.
    worker.unref();
  }

  listen(parked: number): void {
    Atomics.store(this.#words, PARKED, parked);
  }

  socketListen(host: string, port: number): number {
    this.#tell({ kind: 'listen', host, port });
    return LISTENER;
  }

  socketConnect(host: string, port: number): number {
    const pipes = { out: createPipe(), in: createPipe() };
    this.#tell({ kind: 'connect', host, port, pipes });
    return this.#add(pipes);
  }

  socketAccept(): number {
    this.#readAnswers();
    return this.#accepted.shift() ?? 0;
  }

  /** Not known before the worker has begun to listen: -1 until then. */
  socketPort(): number {
    this.#readAnswers();
    return this.#localPort;
  }

  socketError(socket: number): number {
    return this.#byId.get(socket)?.out.gone === false ? 0 : -EPIPE;
  }

  /** 1 until all that was sent is known to be with the other side's worker. */
  socketUnsent(socket: number): number {
    const out = this.#byId.get(socket)?.out;
    if (out?.ask()) this.#ring();
    return out === undefined || out.arrived ? 0 : 1;
  }

  socketSend(
    socket: number,
    view: View,
    offset: number,
    bytes: number,
    hold: number,
    byteOffset: number,
    heldBytes: number,
  ): number {
    const ends = this.#byId.get(socket);
    if (ends === undefined) return EPIPE;
    const { out } = ends;
    const held = this.#holds.get(hold);
    // Better no connection than other bytes: nobody but a program that breaks the rules of MPI comes here.
    if (out.gone || (held !== undefined && held.length < byteOffset + heldBytes)) return EPIPE;
    let count = out.write(bytesOf(view), offset, bytes);
    if (held !== undefined && count === bytes) count += out.write(held, byteOffset, heldBytes);
    if (count > 0) this.#ring();
    if (ends.wants && count < bytes + heldBytes) this.#awaitRoom(out);
    return count;
  }

  socketReceive(socket: number, view: View, offset: number, bytes: number): number {
    const end = this.#byId.get(socket)?.in;
    if (end === undefined) return EPIPE;
    // Looked at first: what was written before the end is seen by whoever sees the end.
    const { ended } = end;
    const count = end.take(bytesOf(view), offset, bytes);
    if (count > 0 && end.owesRoom()) this.#ring();
    return count === 0 && ended ? EPIPE : count;
  }

  socketWatch(socket: number, input: boolean, output: boolean): void {
    const ends = this.#byId.get(socket);
    if (ends === undefined) return;
    ends.watched = input;
    ends.wants = output;
    if (output) this.#awaitRoom(ends.out);
    // What came before is announced by nobody.
    this.#due = true;
  }

  socketFinish(socket: number): void {
    this.#byId.get(socket)?.out.end();
    this.#ring();
  }

  socketClose(socket: number): void {
    if (socket === LISTENER) {
      this.#tell({ kind: 'close' });
      return;
    }
    const ends = this.#byId.get(socket);
    if (ends === undefined) return;
    ends.out.end();
    ends.in.leave();
    this.#byId.delete(socket);
    this.#all.splice(this.#all.indexOf(ends), 1);
    this.#ring();
  }

  /** Does not wait: the rank sleeps on its doorbell. */
  socketsReady(_ms: number, ids: Float64Array): number {
    const news = Atomics.load(this.#words, NEWS);
    if (news === this.#seen && !this.#due) return 0;
    this.#seen = news;
    this.#readAnswers();
    let count = 0;
    if (this.#called) ids[count++] = LISTENER;
    this.#called = false;
    for (let i = 0; i < this.#all.length && count < ids.length; i++) {
      const ends = this.#all[(this.#first + i) % this.#all.length];
      if (this.#isReady(ends)) ids[count++] = ends.id;
    }
    this.#first++;
    // Whoever does not take all is told again.
    this.#due = count > 0;
    return count;
  }

  hold(view: View): number {
    this.#holds.set(++this.#lastHold, new Uint8Array(view.buffer));
    return this.#lastHold;
  }

  drop(hold: number): void {
    this.#holds.delete(hold);
  }

  copy(target: View, targetOffset: number, source: View, sourceOffset: number, bytes: number): void {
    bytesOf(target).set(bytesOf(source).subarray(sourceOffset, sourceOffset + bytes), targetOffset);
  }

  #awaitRoom(out: PipeWriter): void {
    if (!out.waitForRoom()) this.#due = true;
  }

  #isReady({ out, in: end, watched, wants }: Ends): boolean {
    return (watched && (end.available > 0 || end.ended)) || (wants && (out.room > 0 || out.gone));
  }

  #readAnswers(): void {
    for (;;) {
      const letter = this.#threads.receiveMessageOnPort(this.#port);
      if (letter === undefined) return;
      const answer = letter.message as Answer;
      if (answer.kind === 'failed')
        throw new Exception(ERR_OTHER, `this rank cannot accept connections: ${answer.reason}`);
      if (answer.kind === 'listening') this.#localPort = answer.port;
      else this.#accepted.push(this.#add(answer.pipes));
      this.#called = this.#due = true;
    }
  }

  #add(pipes: Pipes): number {
    const id = ++this.#lastId;
    const ends = {
      id,
      out: new PipeWriter(pipes.out),
      in: new PipeReader(pipes.in),
      watched: true,
      wants: false,
    };
    this.#byId.set(id, ends);
    this.#all.push(ends);
    return id;
  }

  #tell(order: Order): void {
    this.#port.postMessage(order);
  }

  #ring(): void {
    Atomics.add(this.#words, BELL, 1);
    Atomics.notify(this.#words, BELL);
  }
}
