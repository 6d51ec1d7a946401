/** Contents of messages: a function of the seed and the message, in buffers of many types. */
import assert from 'node:assert/strict';
import type { MPI } from 'mpi4ts';
import type { Random } from './schedule.js';

const GUARD = 0xa5;
/** What of a buffer behind its message is looked at. */
const GUARD_BYTES_MAX = 128;

const TYPES = [
  Uint8Array,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  DataView,
] as const;

/** A buffer for MPI calls, and the bytes under it. */
export interface Memory {
  readonly buffer: MPI.BufferLike;
  readonly bytes: Uint8Array;
}

/** Memory of exactly `length` bytes, typed at random, at any offset that its type allows, sometimes shared. */
export function allocate(length: number, random: Random): Memory {
  const fitting = TYPES.filter(
    (type) => type === DataView || length % (type as typeof Int8Array).BYTES_PER_ELEMENT === 0,
  );
  const type = fitting[random(fitting.length)];
  const unit = type === DataView ? 1 : (type as typeof Int8Array).BYTES_PER_ELEMENT;
  const offset = unit * random(4);
  const whole = random(4) === 0 ? new SharedArrayBuffer(offset + length) : new ArrayBuffer(offset + length);
  const view = type as new (buffer: ArrayBufferLike, offset: number, count: number) => MPI.BufferLike;
  return {
    buffer: new view(whole, offset, length / unit),
    bytes: new Uint8Array(whole, offset, length),
  };
}

const hash = (seed: number, index: number): number => {
  const h = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  return (h ^ (h >>> 15)) >>> 0;
};

/** Byte `i` of a message whose hash is `h`. */
const byteAt = (h: number, i: number): number => (Math.imul(h + i, 0x9e3779b1) >>> 24) & 255;

export function fill(bytes: Uint8Array, seed: number, index: number): void {
  const h = hash(seed, index);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(h, i);
}

/** Makes the end of a receive buffer tell whether it is written to. */
export function guard(bytes: Uint8Array): void {
  bytes.fill(GUARD, Math.max(0, bytes.length - GUARD_BYTES_MAX));
}

/** Ruins a send buffer: its message must be out. */
export function ruin(bytes: Uint8Array): void {
  bytes.fill(0xee);
}

/** Asserts that `bytes` (fresh memory after `guard`) hold the message and nothing behind it. */
export function check(bytes: Uint8Array, length: number, seed: number, index: number, what: string): void {
  const h = hash(seed, index);
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== byteAt(h, i)) {
      assert.fail(`${what}: byte ${i} of ${length} is ${bytes[i]}, not ${byteAt(h, i)}`);
    }
  }
  const guarded = bytes.length - GUARD_BYTES_MAX;
  for (let i = length; i < bytes.length; i = i < guarded && i >= length + GUARD_BYTES_MAX ? guarded : i + 1) {
    if (bytes[i] !== (i < guarded ? 0 : GUARD)) {
      assert.fail(`${what}: byte ${i}, behind the message of ${length}, became ${bytes[i]}`);
    }
  }
}
