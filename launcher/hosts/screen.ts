/** Writes output of other hosts where the launcher's goes, without ever blocking the launcher. */
import { write } from 'node:fs';

/** More than this waits: the hosts are asked to wait. */
const queuedBytesMax = 16 * 1024 * 1024;

/** Between two attempts at a descriptor that takes nothing now. */
const retryMs = 2;

export interface ScreenWatcher {
  /** Stop bringing more, or go on. */
  hold(on: boolean): void;
  /** Nobody reads it any more. */
  broken(): void;
}

export class Screen {
  #watcher: ScreenWatcher | undefined;
  readonly #queue: { readonly fd: 1 | 2; bytes: Uint8Array }[] = [];
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

  /** Resolves when all is written, or after `ms`. */
  flushed(ms: number): Promise<void> {
    if (!this.#writing) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      if (Number.isFinite(ms)) setTimeout(resolve, ms).unref();
    });
  }

  #write(): void {
    const next = this.#queue[0];
    this.#writing = next !== undefined;
    if (next === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    // Not of Node's streams: what is written must be written though the process is about to end.
    write(next.fd, next.bytes, 0, next.bytes.length, null, (error, count) => this.#wrote(next, error, count));
  }

  #wrote(part: { bytes: Uint8Array }, error: NodeJS.ErrnoException | null, count: number): void {
    if (error?.code === 'EAGAIN') {
      setTimeout(() => this.#write(), retryMs);
      return;
    }
    if (error !== null) {
      this.#isBroken = true;
      this.#queue.length = 0;
      this.#queuedBytes = 0;
      this.#watcher?.broken();
    } else {
      this.#queuedBytes -= count;
      part.bytes = part.bytes.subarray(count);
      if (part.bytes.length === 0) this.#queue.shift();
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
