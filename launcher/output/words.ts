/**
 * The words that all ranks and the launcher share about standard output and error.
 *
 *     word 0   lock       0 free, otherwise the holder: rank + 1, or LAUNCHER_HOLDER
 *     word 1   torn       file descriptor on which the holder has written part of its bytes, 0 none
 *     word 2   never      always 0: waited on by whoever wants to sleep
 *     word 3   columns    of the terminal, 0 where there is none; kept up to date by the launcher
 *     word 4   rows       likewise
 */
export const WORD_LOCK = 0;
export const WORD_TORN = 1;
export const WORD_NEVER = 2;
export const WORD_COLUMNS = 3;
export const WORD_ROWS = 4;
const WORDS = 16;

/** The lock's value while the launcher itself writes. */
export const LAUNCHER_HOLDER = -1;

/** Fresh words for one job. */
export function createOutputWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT));
}
