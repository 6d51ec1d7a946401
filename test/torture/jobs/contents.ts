/** Contents of messages: a function of the seed and the message, in buffers of many types. */
import assert from 'node:assert/strict';
import type { MPI } from 'mpi4ts';
import { BYTES_MAX, type Random } from './schedule.js';

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

/** Where the contents of messages are cut from: any two places differ, and so does a place moved by a byte. */
const OFFSETS = 2 ** 16;
const table = new Uint8Array(OFFSETS + BYTES_MAX);
for (let i = 0, state = 1; i < table.length; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  table[i] = state >>> 24;
}

/** The contents of a message of `length` bytes. */
function contents(seed: number, index: number, length: number): Uint8Array {
  const h = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  const at = ((h ^ (h >>> 15)) >>> 0) % OFFSETS;
  return table.subarray(at, at + length);
}

export function fill(bytes: Uint8Array, seed: number, index: number): void {
  bytes.set(contents(seed, index, bytes.length));
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
  const expected = contents(seed, index, length);
  if (Buffer.compare(bytes.subarray(0, length), expected) !== 0) {
    const i = expected.findIndex((byte, at) => byte !== bytes[at]);
    assert.fail(`${what}: byte ${i} of ${length} is ${bytes[i]}, not ${expected[i]}`);
  }
  const guarded = bytes.length - GUARD_BYTES_MAX;
  for (let i = length; i < bytes.length; i = i < guarded && i >= length + GUARD_BYTES_MAX ? guarded : i + 1) {
    if (bytes[i] !== (i < guarded ? 0 : GUARD)) {
      assert.fail(`${what}: byte ${i}, behind the message of ${length}, became ${bytes[i]}`);
    }
  }
}
