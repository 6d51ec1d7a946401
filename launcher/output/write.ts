/** Writing to a file descriptor to the last byte, and the job-wide lock around it. */
import { writeSync } from 'node:fs';
import { LAUNCHER_HOLDER, type OutputShare, WORD_LOCK, WORD_NEVER, WORD_TORN } from './words.js';

/** How long a writer sleeps when the reader is behind (EAGAIN), and when another rank holds the lock. */
const retryMsMax = 8;
const lockSliceMsMax = 100;

/** How long the launcher waits for the lock before it speaks without it: its holder may be stuck in a full pipe. */
const launcherPatienceMs = 200;

/** Thrown when the reader of an output has gone away. */
export class BrokenPipe extends Error {
  override name = 'BrokenPipe';
}

/**
 * Writes all bytes. Short writes go on, EAGAIN (a pipe in non-blocking mode) is retried.
 * @throws BrokenPipe when nobody reads the other end any more, or the system's error.
 */
export function writeAll(share: OutputShare, fd: number, bytes: Uint8Array): void {
  const { words } = share;
  let done = 0;
  let pauseMs = 1;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done, bytes.length - done);
      pauseMs = 1;
      if (done < bytes.length) Atomics.store(words, WORD_TORN, fd);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // EIO: the terminal was closed.
      if (code === 'EPIPE' || code === 'EIO') throw new BrokenPipe();
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      share.wait(WORD_NEVER, 0, pauseMs);
      pauseMs = Math.min(2 * pauseMs, retryMsMax);
    }
  }
  Atomics.store(words, WORD_TORN, 0);
}

/** Writes all bytes with the job's lock held, so that no other rank's bytes come between. */
export function writeLocked(share: OutputShare, holder: number, fd: number, bytes: Uint8Array): void {
  for (;;) {
    const other = Atomics.compareExchange(share.words, WORD_LOCK, 0, holder);
    if (other === 0) break;
    share.wait(WORD_LOCK, other, lockSliceMsMax);
  }
  try {
    writeAll(share, fd, bytes);
  } finally {
    unlock(share, holder);
  }
}

function unlock(share: OutputShare, holder: number): void {
  if (Atomics.compareExchange(share.words, WORD_LOCK, holder, 0) === holder) share.wake(WORD_LOCK);
}

/** Frees the lock if a rank that has ended still holds it, and closes the line that it left torn. */
export function recoverLock(share: OutputShare, holder: number): void {
  const { words } = share;
  if (Atomics.load(words, WORD_LOCK) !== holder) return;
  const torn = Atomics.exchange(words, WORD_TORN, 0);
  if (torn !== 0) tryWrite(torn, '\n');
  unlock(share, holder);
}

/** The launcher's own words: under the lock if it can be had soon, and never failing. */
export function launcherWrite(share: OutputShare, fd: number, text: string): void {
  const { words } = share;
  const deadline = performance.now() + launcherPatienceMs;
  let other = Atomics.compareExchange(words, WORD_LOCK, 0, LAUNCHER_HOLDER);
  while (other !== 0 && performance.now() < deadline) {
    share.wait(WORD_LOCK, other, Math.max(0, deadline - performance.now()));
    other = Atomics.compareExchange(words, WORD_LOCK, 0, LAUNCHER_HOLDER);
  }
  try {
    writeAll(share, fd, Buffer.from(text));
  } catch {
    // Nobody is left to read it.
  } finally {
    unlock(share, LAUNCHER_HOLDER);
  }
}

function tryWrite(fd: number, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // A full or closed pipe: the missing newline is the smaller evil.
  }
}
