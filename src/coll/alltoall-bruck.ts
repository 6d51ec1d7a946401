/**
 * Alltoall of Bruck: a block travels to its rank in the powers of two of its distance. In round k a rank passes on all
 * blocks whose distance has bit k, as one message.
 *
 *     T = ⌈log2 P⌉ · (L + 2o + P/2 · m · G)          (m bytes per pair; and a copy of the blocks each round)
 *
 * Fewest messages, but a block moves up to log2 P times: for the shortest blocks and many ranks. Source: Bruck, Ho,
 * Kipnis, Upfal, Weathersby, "Efficient algorithms for all-to-all communications in multiport message-passing systems",
 * 1997.
 */
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

/** Nanoseconds to take a short block out of the message or to put it in. */
const BLOCK_NS = 20;

export const alltoallBruckCost: Cost = (model, ranks, bytes) => {
  const half = Math.ceil(ranks / 2) * bytes;
  // Gathered and spread by P/2 copies a round.
  return rounds(ranks) * (message(model, half) + 2 * half * model.perByte + ranks * BLOCK_NS);
};

/** Block i of `send` goes to rank i, block i of `recv` comes from it; this rank's own has been copied. */
export function* alltoallBruck(ch: Channel, send: Uint8Array, recv: Uint8Array): Schedule {
  const { rank, size } = ch;
  const m = send.length / size;
  const block = (bytes: Uint8Array, i: number): Uint8Array => bytes.subarray(i * m, (i + 1) * m);
  // Block d is one that has d ranks to go.
  const rotated = takeScratch(send.length);
  rotated.set(send.subarray(rank * m));
  rotated.set(send.subarray(0, rank * m), (size - rank) * m);
  const half = Math.ceil(size / 2) * m;
  const leaving = takeScratch(half);
  const coming = takeScratch(half);
  for (let distance = 1; distance < size; distance *= 2) {
    let count = 0;
    for (let d = distance; d < size; d++) {
      if ((d & distance) !== 0) leaving.set(block(rotated, d), count++ * m);
    }
    ch.recv(coming.subarray(0, count * m), (rank - distance + size) % size);
    ch.send(leaving.subarray(0, count * m), (rank + distance) % size);
    yield;
    count = 0;
    for (let d = distance; d < size; d++) {
      if ((d & distance) !== 0) rotated.set(block(coming, count++), d * m);
    }
  }
  // Block d has come from the rank d before.
  for (let d = 1; d < size; d++) recv.set(block(rotated, d), ((rank - d + size) % size) * m);
  giveScratch(rotated);
  giveScratch(leaving);
  giveScratch(coming);
}
