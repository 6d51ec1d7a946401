/** Output of ranks that are processes, read from pipes, to be told line by line: it is shown on another host. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { backlogBytesMax, backlogOf, type OutputShare, WORD_LOCK } from '../output/words.js';
import { LineWriter } from '../rank/lines.js';
import type { RankMessage, RankOrders } from '../rank/orders.js';

/** A stream that a rank's own child keeps open is left, once it has been silent so long after the rank's end. */
const silentMsMax = 100;
/** And in any case after so long. */
const talkingMsMax = 1000;

export class Piped {
  readonly #share: OutputShare;
  readonly #streams = new Set<Readable>();
  #backlogBytes = 0;

  constructor(share: OutputShare) {
    this.#share = share;
  }

  /** Reads a rank's output. Resolves when the rank has ended and all of it has been told. */
  listen(child: ChildProcess, orders: RankOrders, tell: (message: RankMessage) => void): Promise<void> {
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
    const put = (output: 1 | 2, bytes: Uint8Array) => {
      this.#backlogBytes += backlogOf(bytes.length);
      if (this.#backlogBytes > backlogBytesMax) for (const stream of this.#streams) stream.pause();
      tell({ output, bytes });
    };
    // The rank has labelled its lines, and keeps its files.
    const plain = {
      rank: orders.rank,
      size: orders.size,
      output: { tag: false, timestamp: false, show: true, terminals: orders.output.terminals },
    };
    const all = ([1, 2] as const).map((fd) => {
      const stream = fd === 1 ? child.stdout! : child.stderr!;
      // A rank holds the lock while it writes a line, for as long as the pipe is full.
      const coming = () =>
        stream.isPaused() || Atomics.load(this.#share.words, WORD_LOCK) === orders.rank + 1;
      const lines = new LineWriter(plain, { output: this.#share, tell, put, coming }, fd);
      return this.#read(stream, lines, ended);
    });
    return Promise.all(all).then(() => {});
  }

  /** So much of the backlog has been taken away. */
  taken(bytes: number): void {
    this.#backlogBytes -= bytes;
    if (this.#backlogBytes <= backlogBytesMax) for (const stream of this.#streams) stream.resume();
  }

  #read(stream: Readable, lines: LineWriter, ended: Promise<void>): Promise<void> {
    this.#streams.add(stream);
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const finish = () => {
        clearTimeout(timer);
        this.#streams.delete(stream);
        stream.destroy();
        lines.flush();
        resolve();
      };
      let deadline = Number.POSITIVE_INFINITY;
      const onSilence = () => (stream.isPaused() ? timer?.refresh() : finish());
      stream.on('data', (chunk: Buffer) => {
        if (performance.now() < deadline) timer?.refresh();
        lines.write(chunk);
      });
      stream.on('error', finish);
      stream.on('end', finish);
      void ended.then(() => {
        deadline = performance.now() + talkingMsMax;
        if (this.#streams.has(stream)) timer = setTimeout(onSilence, silentMsMax);
      });
    });
  }
}
