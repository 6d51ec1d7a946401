/** In the I/O worker: one WebSocket, and the pipes between which and it bytes are moved. */
import type { WebSocket } from 'ws';
import { bufferedBytesMax, closingMsMax, frameBytesMax } from '../../base/limits.js';
import { PipeReader, PipeWriter } from './pipe.js';

/** Bytes of a ping: the rank's question. */
const QUESTION_BYTES = 4;

export class Link {
  readonly #socket: WebSocket;
  readonly #out: PipeReader;
  readonly #in: PipeWriter;
  readonly #rouse: () => void;
  /** What has come and has found no room. */
  readonly #pending: Buffer[] = [];
  #asked = 0;
  #closed = false;
  #deadline: NodeJS.Timeout | undefined;

  /** `rouse` tells the rank that something has happened. */
  constructor(socket: WebSocket, out: SharedArrayBuffer, into: SharedArrayBuffer, rouse: () => void) {
    this.#socket = socket;
    this.#out = new PipeReader(out);
    this.#in = new PipeWriter(into);
    this.#rouse = rouse;
    socket.on('open', () => this.advance());
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#take(data, isBinary));
    socket.on('ping', (data) => this.#pong(data));
    socket.on('pong', (data) => this.#learn(data));
    // It is closed next.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.advance();
    });
  }

  /** Nothing is left to do. */
  get over(): boolean {
    return this.#closed && this.#pending.length === 0;
  }

  /** The rank has heard of it. */
  get seen(): boolean {
    return this.#in.begun;
  }

  /** Moves what can be moved either way. */
  advance(): void {
    this.#send();
    this.#deliver();
    if (this.#closed) clearTimeout(this.#deadline);
    if (this.over) this.end();
  }

  /** Tells the rank that nothing more comes or goes. */
  end(): void {
    this.#out.leave();
    this.#in.end();
    this.#rouse();
  }

  /** Without a word to the other side. */
  cut(): void {
    this.#socket.terminate();
  }

  #send(): void {
    const socket = this.#socket;
    const out = this.#out;
    const { question, ended } = out;
    if (socket.readyState === socket.OPEN) this.#sendFrames();
    if (ended && this.#deadline === undefined && !this.#closed) {
      // Its rank has gone on, and waits for the other side no more.
      this.#deadline = setTimeout(() => this.cut(), closingMsMax);
    }
    if (socket.readyState !== socket.OPEN || out.available > 0) return;
    if (question !== this.#asked) {
      this.#asked = question;
      const asked = Buffer.alloc(QUESTION_BYTES);
      asked.writeInt32LE(question);
      socket.ping(asked);
    }
    if (ended) socket.close();
  }

  #sendFrames(): void {
    const out = this.#out;
    while (this.#socket.bufferedAmount < bufferedBytesMax) {
      const bytes = Math.min(frameBytesMax, out.available);
      if (bytes === 0) break;
      // Its own memory: what is in the pipe is written over.
      const frame = Buffer.allocUnsafeSlow(bytes);
      out.take(frame, 0, bytes);
      this.#socket.send(frame, this.#sent);
    }
    if (out.owesRoom()) this.#rouse();
  }

  readonly #sent = (): void => {
    if (this.#out.available > 0) this.advance();
  };

  #take(data: Buffer, isBinary: boolean): void {
    // No rank sends text.
    if (!isBinary) this.cut();
    else if (!this.#in.gone) {
      this.#pending.push(data);
      this.#deliver();
    }
  }

  #deliver(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    if (this.#in.gone) pending.length = 0;
    let written = 0;
    while (pending.length > 0) {
      const [data] = pending;
      const count = this.#in.write(data, 0, data.length);
      written += count;
      if (count === data.length) pending.shift();
      else {
        pending[0] = data.subarray(count);
        if (this.#in.waitForRoom()) break;
      }
    }
    if (pending.length > 0) this.#socket.pause();
    else if (this.#socket.isPaused) this.#socket.resume();
    if (written > 0) this.#rouse();
  }

  /** Answers a ping, unless the other side takes no answers. */
  #pong(data: Buffer): void {
    if (this.#socket.bufferedAmount < bufferedBytesMax) this.#socket.pong(data);
    else this.cut();
  }

  /** All that was sent before the last question has been read by the other side. */
  #learn(data: Buffer): void {
    if (data.length !== QUESTION_BYTES || data.readInt32LE() !== this.#asked) return;
    this.#out.answer(this.#asked);
    this.#rouse();
  }
}
