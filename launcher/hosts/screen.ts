/** Writes output of other hosts where the launcher's goes, without ever blocking the launcher. */
import { write } from 'node:fs';

/** More than this waits: the hosts are asked to wait. */
const queuedBytesMax = 16 * 1024 * 1024;

/** Between two attempts at a descriptor that takes nothing now. */
const retryMs = 2;

/** So much is written at once, if it is there. */
const writtenBytes = 256 * 1024;

interface Part {
  readonly fd: 1 | 2;
  readonly bytes: Uint8Array;
}

export interface ScreenWatcher {
  /** Stop bringing more, or go on. */
  hold(on: boolean): void;
  /** It cannot be written any more, for this error. */
  broken(code: string): void;
}

export class Screen {
  #watcher: ScreenWatcher | undefined;
  readonly #queue: Part[] = [];
  /** What is being written. */
  #part: Part | undefined;
  readonly #idle: (() => void)[] = [];
  #queuedBytes = 0;
  #held = false;
  #writing = false;
  #isBroken = false;

  watch(watcher: ScreenWatcher): void {
    this.#watcher = watcher;
  }

  put(fd: 1 | 2, bytes: Uint8Array): void {
    if (this.#isBroken) return;
    this.#queue.push({ fd, bytes });
    this.#queuedBytes += bytes.length;
    this.#pace();
    if (!this.#writing) this.#write();
  }

  /** Something has not been written yet. */
  get busy(): boolean {
    return this.#writing;
  }

  /** Resolves when all is written. */
  flushed(): Promise<void> {
    return this.#writing ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  #write(): void {
    this.#part ??= this.#next();
    this.#writing = this.#part !== undefined;
    if (this.#part === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const { fd, bytes } = this.#part;
    // Not of Node's streams: what is written must be written though the process is about to end.
    write(fd, bytes, 0, bytes.length, null, (error, count) => this.#wrote(error, count));
  }

  /** What is first in the queue, and more for the same descriptor behind it. */
  #next(): Part | undefined {
    const first = this.#queue.shift();
    if (first === undefined) return undefined;
    const parts = [first.bytes];
    for (let bytes = first.bytes.length; bytes < writtenBytes && this.#queue[0]?.fd === first.fd; ) {
      const more = this.#queue.shift()!;
      parts.push(more.bytes);
      bytes += more.bytes.length;
    }
    return parts.length === 1 ? first : { fd: first.fd, bytes: Buffer.concat(parts) };
  }

  #wrote(error: NodeJS.ErrnoException | null, count: number): void {
    if (error?.code === 'EAGAIN') {
      setTimeout(() => this.#write(), retryMs);
      return;
    }
    if (error !== null) {
      this.#isBroken = true;
      this.#queue.length = 0;
      this.#queuedBytes = 0;
      this.#part = undefined;
      this.#watcher?.broken(error.code ?? error.message);
    } else {
      const part = this.#part!;
      this.#queuedBytes -= count;
      this.#part =
        count === part.bytes.length ? undefined : { fd: part.fd, bytes: part.bytes.subarray(count) };
    }
    this.#pace();
    this.#write();
  }

  #pace(): void {
    const held = this.#queuedBytes > queuedBytesMax;
    if (held !== this.#held) this.#watcher?.hold(held);
    this.#held = held;
  }
}
