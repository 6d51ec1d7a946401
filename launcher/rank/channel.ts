/**
 * What the launcher and a rank that is a process say to each other, over a socket pair without a name: frames of a
 * length and a value of `v8.serialize`. The rank's side is synchronous, so that its last words are never lost.
 *
 *     +0  bytes of the value, 32 bits, little end first      +4  the value
 */
import { readSync, writeSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { Household } from '../../src/bootstrap/processes.js';
import type { RankMessage, RankOrders } from './orders.js';

/** From the launcher to the rank, once. */
export interface ProcessOrders {
  readonly orders: RankOrders;
  readonly household: Household;
  readonly parent: number;
}

/** An error as it travels: errors of different processes have no common classes. */
export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** As `util.inspect` shows it in the rank. */
  readonly text: string;
}

/** From a rank to the launcher. */
export type ProcessMessage = { readonly message: RankMessage } | { readonly error: ErrorReport };

const LENGTH_BYTES = 4;

/** A longer frame is no frame. */
const frameBytesMax = 512 * 1024 * 1024;

export function frame(value: unknown): Buffer {
  const bytes = serialize(value);
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32LE(bytes.length);
  return Buffer.concat([head, bytes]);
}

/** Cuts a stream of chunks into the values of its frames. */
export class FrameReader {
  readonly #take: (value: unknown) => void;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(take: (value: unknown) => void) {
    this.#take = take;
  }

  add(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#bytes.readUInt32LE();
      if (end > frameBytesMax) throw new Error(`a frame of ${end} bytes`);
      if (this.#bytes.length < end) return;
      const value = deserialize(this.#bytes.subarray(LENGTH_BYTES, end));
      this.#bytes = this.#bytes.subarray(end);
      this.#take(value);
    }
  }
}

/** A rank waits for its orders, or for room, a millisecond at a time: the launcher is at work. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

function retry<T>(action: () => T): T {
  for (;;) {
    try {
      return action();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

function readFully(fd: number, bytes: Buffer): Buffer {
  for (let done = 0; done < bytes.length; ) {
    const count = retry(() => readSync(fd, bytes, done, bytes.length - done, null));
    if (count === 0) throw new Error('the launcher has gone');
    done += count;
  }
  return bytes;
}

/** In the rank: the next value, waited for. */
export function readFrame(fd: number): unknown {
  const bytes = readFully(fd, Buffer.alloc(LENGTH_BYTES)).readUInt32LE();
  return deserialize(readFully(fd, Buffer.alloc(bytes)));
}

/** In the rank: says something; silently nothing if nobody listens any more. */
export function tell(fd: number, message: ProcessMessage): void {
  const bytes = frame(message);
  try {
    for (let done = 0; done < bytes.length; )
      done += retry(() => writeSync(fd, bytes, done, bytes.length - done));
  } catch {
    // The launcher has gone, and this process is about to follow.
  }
}
