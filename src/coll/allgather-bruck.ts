/**
 * Allgather of Bruck: in round k a rank gives all that it has to rank − 2^k and gets as much from rank + 2^k (mod P).
 *
 *     T = ⌈log2 P⌉ · (L + 2o) + (P − 1) · m · G          (m bytes per rank; and a copy of all blocks)
 *
 * Fewest rounds at any P; the blocks come rotated and are put in order at the end: for short blocks. Source: Bruck, Ho,
 * Kipnis, Upfal, Weathersby, "Efficient algorithms for all-to-all communications in multiport message-passing systems",
 * 1997.
 */
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const allgatherBruckCost: Cost = (model, ranks, bytes) =>
  rounds(ranks) * message(model, 0) + (2 * ranks - 1) * bytes * model.perByte;

/** `recv`: blocks of all ranks; that of this rank is filled. */
export function* allgatherBruck(ch: Channel, recv: Uint8Array): Schedule {
  const { rank, size } = ch;
  const m = recv.length / size;
  const rotated = takeScratch(recv.length);
  rotated.set(recv.subarray(rank * m, (rank + 1) * m));
  for (let distance = 1; distance < size; distance *= 2) {
    const count = Math.min(distance, size - distance);
    ch.recv(rotated.subarray(distance * m, (distance + count) * m), (rank + distance) % size);
    ch.send(rotated.subarray(0, count * m), (rank - distance + size) % size);
    yield;
  }
  recv.set(rotated.subarray(0, (size - rank) * m), rank * m);
  recv.set(rotated.subarray((size - rank) * m), 0);
  giveScratch(rotated);
}
