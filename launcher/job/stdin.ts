/** Hands the launcher's standard input to the ranks that read it, at the pace of the slowest reader. */
import type { LauncherMessage } from '../rank/orders.js';

/** With `--stdin all`, how much a rank that does not read may lag before the others wait for it. */
const lagBytesMax = 64 * 1024 * 1024;

class Reader {
  readonly #post: (chunk: LauncherMessage) => void;
  pulling = false;
  ended = false;
  queuedBytes = 0;
  readonly #queue: Uint8Array[] = [];

  constructor(post: (chunk: LauncherMessage) => void) {
    this.#post = post;
  }

  get hungry(): boolean {
    return this.pulling && this.#queue.length === 0;
  }

  add(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    this.queuedBytes += chunk.length;
    this.serve();
  }

  serve(): void {
    if (!this.pulling) return;
    const chunk = this.#queue.shift();
    if (chunk === undefined && !this.ended) return;
    this.pulling = false;
    this.queuedBytes -= chunk?.length ?? 0;
    this.#post(chunk ?? null);
  }
}

/**
 * The feed. Standard input is not touched before a rank reads its own: a program may as well read file
 * descriptor 0 itself, and an idle terminal keeps nobody alive.
 */
export class StdinFeed {
  readonly #readers = new Map<number, Reader>();
  #source: NodeJS.ReadStream | undefined;
  #begun = false;
  #ended = false;

  /** Nothing is read before `begin`. */
  add(rank: number, post: (chunk: LauncherMessage) => void): void {
    this.#readers.set(rank, new Reader(post));
  }

  /** All readers are known: each gets the whole input. */
  begin(): void {
    this.#begun = true;
    this.#pace();
  }

  /** Rank `rank` wants a chunk. */
  pull(rank: number): void {
    const reader = this.#readers.get(rank);
    if (reader === undefined) return;
    reader.pulling = true;
    reader.ended = this.#ended;
    reader.serve();
    this.#pace();
  }

  /** Rank `rank` has ended. */
  drop(rank: number): void {
    this.#readers.delete(rank);
    this.#pace();
  }

  /** Lets go of standard input. */
  close(): void {
    this.#readers.clear();
    this.#source?.pause();
    this.#source?.unref?.();
  }

  #open(): NodeJS.ReadStream {
    const source = process.stdin;
    const end = () => {
      this.#ended = true;
      for (const reader of this.#readers.values()) {
        reader.ended = true;
        reader.serve();
      }
    };
    source.on('data', (chunk: Uint8Array) => {
      for (const reader of this.#readers.values()) reader.add(chunk);
      this.#pace();
    });
    source.on('end', end);
    source.on('error', end); // such as a terminal that was closed
    return source;
  }

  #pace(): void {
    if (this.#ended || !this.#begun) return;
    let wanted = false;
    let lagging = false;
    for (const reader of this.#readers.values()) {
      wanted ||= reader.hungry;
      lagging ||= reader.queuedBytes > lagBytesMax;
    }
    if (wanted && !lagging) {
      this.#source ??= this.#open();
      this.#source.resume();
    } else this.#source?.pause();
  }
}
