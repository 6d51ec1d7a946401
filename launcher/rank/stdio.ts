/** `process.stdout`, `process.stderr` and `process.stdin` of one rank. */
import { createRequire } from 'node:module';
import { Readable, Writable } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import { WORD_COLUMNS, WORD_ROWS } from '../output/words.js';
import { LineWriter } from './lines.js';
import type { LauncherMessage, RankMeans, RankMessage, RankOrders } from './orders.js';

/** A standard output that has done its work when `write` returns, as Node's own has for files and terminals. */
class RankOutput extends Writable {
  readonly fd: number;
  readonly _isStdio = true;
  readonly #lines: LineWriter;

  constructor(lines: LineWriter, fd: number) {
    super({ decodeStrings: true, emitClose: false, autoDestroy: false });
    this.#lines = lines;
    this.fd = fd;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      this.#lines.write(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** Like Node's: standard streams cannot be closed. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    done(error);
  }

  destroySoon(): void {
    this.destroy();
  }
}

/** Gives a stream what programs ask of a terminal. The size comes from the launcher: only it may watch it. */
function dressAsTerminal(stream: RankOutput, words: Int32Array): void {
  const { WriteStream } = createRequire(import.meta.url)('node:tty') as typeof import('node:tty');
  const { getColorDepth, hasColors, cursorTo, moveCursor, clearLine, clearScreenDown } =
    WriteStream.prototype;
  Object.assign(stream, {
    isTTY: true,
    getColorDepth,
    hasColors,
    cursorTo,
    moveCursor,
    clearLine,
    clearScreenDown,
    getWindowSize: () => [words[WORD_COLUMNS], words[WORD_ROWS]],
  });
  Object.defineProperties(stream, {
    columns: { get: () => Atomics.load(words, WORD_COLUMNS), enumerable: true },
    rows: { get: () => Atomics.load(words, WORD_ROWS), enumerable: true },
  });
}

/** Standard input, fetched from the launcher chunk by chunk as it is read. */
class RankInput extends Readable {
  readonly fd = 0;
  readonly #control: MessagePort;
  #pulling = false;
  #listening = false;

  constructor(control: MessagePort) {
    super();
    this.#control = control;
    // A program that stops reading may end, though the launcher still waits for input.
    this.on('pause', () => this.unref());
    this.on('resume', () => {
      if (this.#pulling) this.ref();
    });
  }

  override _read(): void {
    if (!this.#listening) this.#control.on('message', (message: LauncherMessage) => this.#take(message));
    this.#listening = true;
    if (!this.#pulling) this.#control.postMessage('pull' satisfies RankMessage);
    this.#pulling = true;
    this.ref();
  }

  #take(chunk: LauncherMessage): void {
    this.#pulling = false;
    this.unref();
    this.push(chunk === null ? null : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  ref(): this {
    if (this.#listening) this.#control.ref();
    return this;
  }

  unref(): this {
    if (this.#listening) this.#control.unref();
    return this;
  }
}

function replace(name: 'stdin' | 'stdout' | 'stderr', stream: Readable | Writable): void {
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
}

/** Puts the rank's own standard streams in place. Returns what writes all partial lines. */
export function installStdio(orders: RankOrders, means: RankMeans): () => void {
  const { terminals } = orders.output;
  const out = new LineWriter(orders, means, 1);
  const err = new LineWriter(orders, means, 2);
  for (const [fd, name, lines] of [
    [1, 'stdout', out],
    [2, 'stderr', err],
  ] as const) {
    const stream = new RankOutput(lines, fd);
    if (terminals[fd]) dressAsTerminal(stream, means.output.words);
    replace(name, stream);
  }
  if (means.input !== undefined) {
    const input = new RankInput(means.input);
    if (terminals[0]) Object.assign(input, { isTTY: true });
    replace('stdin', input);
  }
  process.on('exit', () => {
    out.release();
    err.release();
  });
  return () => {
    out.flush();
    err.flush();
  };
}
