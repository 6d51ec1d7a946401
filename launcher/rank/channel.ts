/**
 * What the launcher and a rank that is a process say to each other, over a socket pair without a name: frames of a
 * length and a value of `v8.serialize`. The rank's side is synchronous, so that its last words are never lost.
 *
 *     +0  bytes of the value, 32 bits, little end first      +4  the value
 */
import { readSync, writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import type { Household } from '../../src/bootstrap/segment.js';
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

/** What is told of an error that was thrown. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof Error) {
    const { name, message, stack } = error;
    return { name, message, stack, text: inspect(error) };
  }
  return {
    name: '',
    message: '',
    stack: undefined,
    text: typeof error === 'string' ? error : inspect(error),
  };
}

/** The error that was told of. What is thrown need not be an error: then it is its text. */
export function reviveError({ name, message, stack, text }: ErrorReport): unknown {
  if (stack === undefined) return text;
  const error = Object.assign(new Error(message), { stack });
  return Object.defineProperties(error, {
    name: { value: name },
    [inspect.custom]: { value: () => text },
  });
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
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  /** Nothing can be done before there are so many bytes. */
  #wanted = LENGTH_BYTES;

  constructor(take: (value: unknown) => void) {
    this.#take = take;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    let rest = Buffer.concat(this.#chunks.splice(0));
    for (this.#wanted = LENGTH_BYTES; rest.length >= this.#wanted; this.#wanted = LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readUInt32LE();
      if (end > frameBytesMax) throw new Error(`a frame of ${end} bytes`);
      this.#wanted = end;
      if (rest.length < end) break;
      const value = deserialize(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
      this.#take(value);
    }
    this.#chunks.push(rest);
    this.#bytes = rest.length;
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
