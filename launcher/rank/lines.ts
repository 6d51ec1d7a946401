/** The line discipline of one rank's stdout or stderr: whole lines, in one write each, at once. */
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type OutputShare, WORD_NEVER } from '../output/words.js';
import { BrokenPipe, writeAll } from '../output/write.js';
import type { RankMeans, RankOrders } from './orders.js';

/** A partial line appears after so long without a further write. */
const partialMsMax = 50;

/** Where lines go; `coming`: the rest of a partial one is on its way, so that it must not be cut. */
type Means = Pick<RankMeans, 'output' | 'tell' | 'put'> & { readonly coming?: () => boolean };

/** A partial line longer than this is written as it stands. */
const heldBytesMax = 64 * 1024 * 1024;

/** A rank whose output nobody reads waits to be ended, in slices. */
const stuckMs = 1000;

const NEWLINE = 10;

/** The directory may exist on the launcher's host only. */
function openFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}

export class LineWriter {
  readonly #fd: 1 | 2;
  readonly #share: OutputShare;
  readonly #tell: RankMeans['tell'];
  readonly #emit: RankMeans['put'];
  readonly #label: string;
  readonly #timestamp: boolean;
  readonly #show: boolean;
  readonly #file: number | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #atLineStart = true;
  #hold: boolean;
  #timer: NodeJS.Timeout | undefined;
  readonly #coming: () => boolean;

  constructor(orders: Pick<RankOrders, 'rank' | 'size' | 'output'>, means: Means, fd: 1 | 2) {
    const { rank, size, output } = orders;
    const name = fd === 1 ? 'stdout' : 'stderr';
    this.#fd = fd;
    this.#share = means.output;
    this.#tell = means.tell;
    this.#emit = means.put;
    this.#coming = means.coming ?? (() => false);
    this.#timestamp = output.timestamp;
    this.#label = output.tag ? `[1,${rank}]<${name}>: ` : output.timestamp ? `<${name}>: ` : '';
    this.#show = output.show;
    // One rank has nobody to mix with: its partial lines need not wait.
    this.#hold = size > 1;
    if (output.files !== undefined) this.#file = openFile(output.files[name]);
  }

  /** Writes the whole lines in these bytes, and keeps what follows the last newline for the next call. */
  write(bytes: Uint8Array): void {
    if (this.#file !== undefined) this.#guard(() => writeAll(this.#share, this.#file!, bytes));
    if (!this.#show || bytes.length === 0) return;
    const end = this.#hold ? bytes.lastIndexOf(NEWLINE) + 1 : bytes.length;
    if (end > 0) {
      this.#put([...this.#takeHeld(), bytes.subarray(0, end)]);
      bytes = bytes.subarray(end);
    }
    if (bytes.length > 0) this.#keep(bytes);
  }

  /** Writes what is held back. */
  flush(): void {
    if (this.#heldBytes > 0) this.#put(this.#takeHeld());
  }

  /** From now on nothing is held back: the thread is about to end. */
  release(): void {
    this.#hold = false;
    this.flush();
  }

  #keep(bytes: Uint8Array): void {
    // A copy: the caller may reuse its buffer.
    this.#held.push(Uint8Array.prototype.slice.call(bytes));
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > heldBytesMax) this.flush();
    else if (this.#timer === undefined) this.#timer = setTimeout(() => this.#due(), partialMsMax).unref();
    else this.#timer.refresh();
  }

  /** After a stall the rest may be there to be read: that has its turn after the timers. */
  #due(): void {
    const held = this.#held;
    const pieces = held.length;
    setImmediate(() => {
      if (pieces === 0 || this.#held !== held || held.length !== pieces) return;
      if (this.#coming()) this.#timer!.refresh();
      else this.flush();
    });
  }

  #takeHeld(): Uint8Array[] {
    const held = this.#held;
    if (held.length > 0) this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  #put(parts: Uint8Array[]): void {
    let bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    if (this.#label !== '') bytes = this.#labelled(bytes);
    this.#guard(() => this.#emit(this.#fd, bytes));
  }

  #labelled(bytes: Uint8Array): Uint8Array {
    const label = Buffer.from(this.#timestamp ? `${new Date().toISOString()} ${this.#label}` : this.#label);
    const parts: Uint8Array[] = [];
    let start = 0;
    while (start < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline + 1;
      if (this.#atLineStart) parts.push(label);
      parts.push(bytes.subarray(start, end));
      this.#atLineStart = newline >= 0;
      start = end;
    }
    return Buffer.concat(parts);
  }

  /** As with SIGPIPE, a program whose reader has gone does not go on: the launcher ends the job. */
  #guard(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof BrokenPipe)) throw error;
      this.#tell('broken pipe');
      for (;;) this.#share.wait(WORD_NEVER, 0, stuckMs);
    }
  }
}
