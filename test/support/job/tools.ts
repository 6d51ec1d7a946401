/** What the cases share: message sizes, patterns, expected exceptions, and waiting with a deadline. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';

/**
 * Byte lengths on both sides of every regime: empty, in the header's line, a few lines, eager, around the credit,
 * rendezvous, larger than a ring.
 */
export const SIZES = [
  0, 1, 3, 8, 31, 40, 41, 63, 64, 65, 127, 255, 1000, 1024, 4095, 4096, 8191, 8193, 16384, 32768, 65535,
  65536, 65537, 262143, 262145, 1048576, 4194304,
];

/** One byte length of each regime, for cases that are repeated a lot. */
export const REGIMES = [0, 8, 200, 5000, 50_000, 300_000, 1_500_000];

/** Deadline of what takes milliseconds when all is well. */
export const patienceMs = 20_000;

/** Byte `i` of the pattern `seed`. Neighbouring seeds and shifted patterns differ. */
export const patternByte = (seed: number, i: number): number =>
  (seed * 151 + i * 7 + (i >>> 8) * 13 + 1) & 255;

/** Writes the pattern `seed` over all of `bytes`. */
export function fillPattern(bytes: Uint8Array, seed: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (seed * 151 + i * 7 + (i >>> 8) * 13 + 1) & 255;
}

/** `length` bytes of the pattern `seed`. */
export function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  fillPattern(bytes, seed);
  return bytes;
}

/** Asserts that `bytes` begin with `length` bytes of the pattern, and that everything behind is `behind`. */
export function assertPattern(bytes: Uint8Array, seed: number, length = bytes.length, behind = 0): void {
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== ((seed * 151 + i * 7 + (i >>> 8) * 13 + 1) & 255)) {
      assert.fail(`byte ${i} of ${length} is ${bytes[i]}, not ${patternByte(seed, i)} of pattern ${seed}`);
    }
  }
  for (let i = length; i < bytes.length; i++) {
    if (bytes[i] !== behind) assert.fail(`byte ${i}, behind the message of ${length}, became ${bytes[i]}`);
  }
}

/** Asserts that `error` is an MPI.Exception of a class (or any class) whose text contains all of `texts`. */
export function assertException(
  error: unknown,
  errorClass: number | undefined,
  texts: readonly (string | RegExp)[] = [],
): MPI.Exception {
  assert.ok(error instanceof MPI.Exception, `expected an MPI.Exception, got ${error}`);
  if (errorClass !== undefined)
    assert.equal(error.Get_error_class(), errorClass, `error class of: ${error.message}`);
  for (const text of texts) {
    const found = typeof text === 'string' ? error.message.includes(text) : text.test(error.message);
    assert.ok(found, `"${error.message}" does not mention ${text}`);
  }
  return error;
}

/** Asserts that `body` throws an MPI.Exception of the class, its text containing all of `texts`. */
export function raises(
  errorClass: number | undefined,
  body: () => unknown,
  ...texts: (string | RegExp)[]
): MPI.Exception {
  let thrown: unknown;
  let result: unknown;
  try {
    result = body();
  } catch (error) {
    thrown = error;
  }
  if (thrown === undefined) assert.fail(`expected an MPI.Exception, but ${body} returned ${result}`);
  return assertException(thrown, errorClass, texts);
}

/** `raises` for a promise. */
export async function rejects(
  errorClass: number | undefined,
  promise: PromiseLike<unknown>,
  ...texts: (string | RegExp)[]
): Promise<MPI.Exception> {
  let thrown: unknown;
  try {
    await promise;
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown !== undefined, 'expected a rejection');
  return assertException(thrown, errorClass, texts);
}

/** Calls `done` (which makes progress by calling MPI) until it is true. */
export function until(done: () => boolean, what: string): void {
  const deadline = performance.now() + patienceMs;
  while (!done()) assert.ok(performance.now() < deadline, `in ${patienceMs} ms not seen: ${what}`);
}

/** A tag that no case sends. */
const quietTag = 987_654_321;

/** Makes progress for `ms` milliseconds without receiving anything. */
export function progressFor(comm: MPI.Comm, ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) comm.Iprobe(MPI.ANY_SOURCE, quietTag);
}

/** A point in time that all ranks of a host agree on, in nanoseconds. */
export const instant = (): bigint => process.hrtime.bigint();

/** Lets a bad argument through the type checker. */
export const bad = (value: unknown): never => value as never;

/** Waits for a request; its status. */
export function waited(request: MPI.Request, opts?: Parameters<MPI.Request['Wait']>[1]): MPI.Status {
  const status = new MPI.Status();
  request.Wait(status, opts);
  return status;
}

/** Asserts an empty status (MPI-4.1 section 3.7.3). */
export function assertEmpty(status: MPI.Status): void {
  assert.equal(status.source, MPI.ANY_SOURCE, 'source of an empty status');
  assert.equal(status.tag, MPI.ANY_TAG, 'tag of an empty status');
  assert.equal(status.error, MPI.SUCCESS, 'error of an empty status');
  assert.equal(status.Get_count(MPI.BYTE), 0, 'count of an empty status');
  assert.equal(status.Is_cancelled(), false, 'cancelled of an empty status');
}

/** Asserts the status of a receive from PROC_NULL (MPI-4.1 section 3.10). */
export function assertNowhere(status: MPI.Status): void {
  assert.equal(status.source, MPI.PROC_NULL, 'source of a receive from PROC_NULL');
  assert.equal(status.tag, MPI.ANY_TAG, 'tag of a receive from PROC_NULL');
  assert.equal(status.Get_count(MPI.BYTE), 0, 'count of a receive from PROC_NULL');
}

/** Asserts what a completed receive says about its message. */
export function assertFrom(status: MPI.Status, source: number, tag: number, bytes: number): void {
  assert.equal(status.source, source, 'source');
  assert.equal(status.tag, tag, 'tag');
  assert.equal(status.Get_count(MPI.BYTE), bytes, 'count in bytes');
  assert.equal(status.Is_cancelled(), false, 'cancelled');
}

/** A deterministic sequence of whole numbers in [0, below). */
export function sequence(seed: number): (below: number) => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
