/**
 * Barrier, dissemination: in round k a rank signals rank + 2^k and waits for rank − 2^k (mod P). After the last
 * round a signal of every rank has reached every other, directly or passed on.
 *
 *     T = ⌈log2 P⌉ · (L + 2o)
 *
 * Source: Hensgen, Finkel, Manber, "Two algorithms for barrier synchronization", 1988.
 */
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Schedule } from './schedule.js';

export const barrierDisseminationCost: Cost = (model, ranks) => rounds(ranks) * message(model, 0);

const signal = new Uint8Array(0);
const heard = new Uint8Array(0);

export function* barrierDissemination(ch: Channel): Schedule {
  const { rank, size } = ch;
  for (let distance = 1; distance < size; distance *= 2) {
    ch.recv(heard, (rank - distance + size) % size);
    ch.send(signal, (rank + distance) % size);
    yield;
  }
}
