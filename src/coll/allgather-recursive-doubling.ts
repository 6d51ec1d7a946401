/**
 * Allgather by recursive doubling: in round k ranks 2^k apart exchange all that they have.
 *
 *     T = log2 P · (L + 2o) + (P − 1) · m · G          (m bytes per rank)
 *
 * Fewest rounds, each block straight to its place, if P is a power of two. Source: Thakur, Rabenseifner, Gropp,
 * "Optimization of collective communication operations in MPICH", 2005.
 */
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import type { Schedule } from './schedule.js';

export const allgatherRecursiveDoublingCost: Cost = (model, ranks, bytes) => {
  let sum = 0;
  for (let blocks = 1; blocks < ranks; blocks *= 2) sum += message(model, blocks * bytes);
  return sum;
};

/** `recv`: blocks of all ranks; that of this rank is filled. */
export function* allgatherRecursiveDoubling(ch: Channel, recv: Uint8Array): Schedule {
  const { rank, size } = ch;
  const m = recv.length / size;
  for (let mask = 1; mask < size; mask *= 2) {
    const mine = rank & ~(mask - 1);
    const theirs = mine ^ mask;
    ch.recv(recv.subarray(theirs * m, (theirs + mask) * m), rank ^ mask);
    ch.send(recv.subarray(mine * m, (mine + mask) * m), rank ^ mask);
    yield;
  }
}
