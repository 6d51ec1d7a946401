/**
 * Bcast down a chain of ranks, in segments of s bytes: while a rank passes one on, the next comes in.
 *
 *     T = (P − 2 + ⌈m/s⌉) · (L + 2o + sG)
 *
 * Each byte leaves every rank once only, for the latency of the whole chain: for the longest messages. Source: Pješivac-
 * Grbović et al., "Performance analysis of MPI collective operations", 2007 (pipeline).
 */
import type { Channel } from './channel.js';
import { type Cost, type Model, message } from './model.js';
import type { Schedule } from './schedule.js';

/** Shorter segments are not worth their envelopes. */
const SEGMENT_BYTES_MIN = 8 * 1024;

/** The length that makes the sum of both terms least: √(m·(L + 2o) / ((P − 2)·G)). */
function segmentBytes(model: Model, ranks: number, bytes: number): number {
  const start = model.latency + model.handshake;
  const best = Math.sqrt((bytes * start) / (Math.max(1, ranks - 2) * model.perByte));
  return Math.max(SEGMENT_BYTES_MIN, Math.ceil(best));
}

export const bcastChainCost: Cost = (model, ranks, bytes) => {
  const segment = Math.min(bytes, segmentBytes(model, ranks, bytes));
  const segments = segment === 0 ? 1 : Math.ceil(bytes / segment);
  return (ranks - 2 + segments) * message(model, segment);
};

export function* bcastChain(ch: Channel, bytes: Uint8Array, root: number): Schedule {
  const { rank, size } = ch;
  const relative = (rank - root + size) % size;
  const segment = segmentBytes(ch.model, size, bytes.length);
  const segments = Math.max(1, Math.ceil(bytes.length / segment));
  const view = (i: number): Uint8Array => bytes.subarray(i * segment, (i + 1) * segment);
  const first = relative === 0;
  const last = relative === size - 1;
  // A segment goes on to the next rank while the one behind it comes in.
  for (let i = 0; i <= segments; i++) {
    if (!first && i < segments) ch.recv(view(i), (rank - 1 + size) % size);
    if (!last && i > 0) ch.send(view(i - 1), (rank + 1) % size);
    yield;
  }
}
