/**
 * Bytes from one thread to another: a ring with one writer and one reader, in memory that both share.
 *
 *     +0    written    writer: bytes so far, modulo 2^32
 *     +4    ended      writer: 1, nothing more will be written
 *     +8    wants      writer: 1, it waits for room
 *     +12   question   writer: counted up to ask whether all has arrived where the reader passes it on to
 *     +128  taken      reader: bytes so far, modulo 2^32
 *     +132  gone       reader: 1, nothing more will be taken
 *     +136  answer     reader: the last question whose answer is yes
 *     +140  begun      reader: 1, it knows of this pipe
 *     +256  data
 *
 * All zero is an empty pipe. Each side publishes its count after its copy.
 */
import { pipeBytesMax } from '../../base/limits.js';

const WRITTEN = 0;
const ENDED = 1;
const WANTS = 2;
const QUESTION = 3;
const TAKEN = 32;
const GONE = 33;
const ANSWER = 34;
const BEGUN = 35;
const DATA_BYTES = 256;

const MASK = pipeBytesMax - 1;

/** Memory for a pipe. Pages that nobody touches cost nothing. */
export function createPipe(): SharedArrayBuffer {
  return new SharedArrayBuffer(DATA_BYTES + pipeBytesMax);
}

/** What both ends are made of. */
class End {
  protected readonly words: Int32Array;
  protected readonly data: Uint8Array;
  /** Bytes that this side has moved so far, modulo 2^32. */
  protected moved = 0;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory, 0, DATA_BYTES / 4);
    this.data = new Uint8Array(memory, DATA_BYTES);
  }
}

export class PipeWriter extends End {
  #questions = 0;
  /** Nothing was written since the last question. */
  #asked = true;

  /** Bytes that there is room for. */
  get room(): number {
    return pipeBytesMax - ((this.moved - Atomics.load(this.words, TAKEN)) | 0);
  }

  /** Nobody takes anything any more. */
  get gone(): boolean {
    return Atomics.load(this.words, GONE) === 1;
  }

  /** The reader knows of the pipe. */
  get begun(): boolean {
    return Atomics.load(this.words, BEGUN) === 1;
  }

  /** Writes what there is room for; returns how much that is. */
  write(source: Uint8Array, offset: number, bytes: number): number {
    const count = Math.min(bytes, this.room);
    for (let done = 0; done < count; ) {
      const at = (this.moved + done) & MASK;
      const run = Math.min(count - done, pipeBytesMax - at);
      this.data.set(source.subarray(offset + done, offset + done + run), at);
      done += run;
    }
    if (count === 0) return 0;
    this.moved = (this.moved + count) | 0;
    this.#asked = false;
    Atomics.store(this.words, WRITTEN, this.moved);
    return count;
  }

  end(): void {
    Atomics.store(this.words, ENDED, 1);
  }

  /** The reader is to tell once half of the pipe is free. False if it is now. */
  waitForRoom(): boolean {
    Atomics.store(this.words, WANTS, 1);
    // The reader looks at WANTS after it has stored TAKEN: one of the two sees the other.
    return this.room < pipeBytesMax / 2;
  }

  /** Asks whether all has arrived; true if that was not asked before. */
  ask(): boolean {
    if (this.#asked) return false;
    this.#asked = true;
    this.#questions = (this.#questions + 1) | 0;
    Atomics.store(this.words, QUESTION, this.#questions);
    return true;
  }

  /** True if all that was written when `ask` was last called has arrived. */
  get arrived(): boolean {
    return Atomics.load(this.words, ANSWER) === this.#questions;
  }
}

export class PipeReader extends End {
  constructor(memory: SharedArrayBuffer) {
    super(memory);
    Atomics.store(this.words, BEGUN, 1);
  }

  /** Bytes that can be taken. */
  get available(): number {
    return (Atomics.load(this.words, WRITTEN) - this.moved) | 0;
  }

  /** The writer has written its last. */
  get ended(): boolean {
    return Atomics.load(this.words, ENDED) === 1;
  }

  /** Takes what there is, at most `bytes`; returns how much that is. */
  take(target: Uint8Array, offset: number, bytes: number): number {
    const count = Math.min(bytes, this.available);
    for (let done = 0; done < count; ) {
      const at = (this.moved + done) & MASK;
      const run = Math.min(count - done, pipeBytesMax - at);
      target.set(this.data.subarray(at, at + run), offset + done);
      done += run;
    }
    if (count === 0) return 0;
    this.moved = (this.moved + count) | 0;
    Atomics.store(this.words, TAKEN, this.moved);
    return count;
  }

  /** Nothing more will be taken. */
  leave(): void {
    Atomics.store(this.words, GONE, 1);
  }

  /** True, once, if the writer waits for room and half of the pipe is free. */
  owesRoom(): boolean {
    if (Atomics.load(this.words, WANTS) === 0 || this.available > pipeBytesMax / 2) return false;
    return Atomics.exchange(this.words, WANTS, 0) === 1;
  }

  /** The writer's last question: it is about all that can be taken once this has been read. */
  get question(): number {
    return Atomics.load(this.words, QUESTION);
  }

  answer(question: number): void {
    Atomics.store(this.words, ANSWER, question);
  }
}
