/**
 * The words that all ranks and the launcher share about standard output and error.
 *
 *     word 0   lock       0 free, otherwise the holder: rank + 1, or LAUNCHER_HOLDER
 *     word 1   torn       file descriptor on which the holder has written part of its bytes, 0 none
 *     word 2   never      always 0: waited on by whoever wants to sleep
 *     word 3   columns    of the terminal, 0 where there is none; kept up to date by the launcher
 *     word 4   rows       likewise
 *     word 5   backlog    of output that ranks told their launcher and that has not been taken away yet: see backlogOf
 */
import type { Native } from '../../src/native.js';

export const WORD_LOCK = 0;
export const WORD_TORN = 1;
export const WORD_NEVER = 2;
export const WORD_COLUMNS = 3;
export const WORD_ROWS = 4;
export const WORD_BACKLOG = 5;
const WORDS = 16;

/** Output on its way to another host. */
export const backlogBytesMax = 1024 * 1024;

/** What a message of output takes beside its bytes: many short lines are a burden too. */
const messageBytes = 1024;

/** What a message with so many bytes of output adds to the backlog. */
export function backlogOf(bytes: number): number {
  return bytes + messageBytes;
}

/** The lock's value while the launcher itself writes. */
export const LAUNCHER_HOLDER = -1;

/** The words, and how those who share them wait for each other. */
export interface OutputShare {
  readonly words: Int32Array;
  /** Sleeps while a word is `seen`, for at most `ms`. */
  wait(index: number, seen: number, ms: number): void;
  /** Wakes who sleeps on a word. */
  wake(index: number): void;
}

/** Words that threads of one process share; fresh ones for a job without `words`. */
export function betweenThreads(
  words = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)),
): OutputShare & { readonly words: Int32Array<SharedArrayBuffer> } {
  return {
    words,
    wait: (index, seen, ms) => void Atomics.wait(words, index, seen, ms),
    wake: (index) => void Atomics.notify(words, index, 1),
  };
}

/** Words in memory that processes share. */
export function betweenProcesses(native: Native, memory: ArrayBuffer): OutputShare {
  const words = new Int32Array(memory, 0, WORDS);
  return {
    words,
    wait: (index, seen, ms) => void native.futexWait(words, index, seen, Math.min(Math.ceil(ms), 1000)),
    wake: (index) => native.futexWake(words, index),
  };
}
