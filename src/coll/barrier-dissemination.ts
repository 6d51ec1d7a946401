/**
 * Barrier, dissemination: in round k a rank signals rank + 2^k and waits for rank − 2^k (mod P). After the last
 * round a signal of every rank has reached every other, directly or passed on.
 *
 *     T = ⌈log2 P⌉ · (L + 2o)
 *
 * Source: Hensgen, Finkel, Manber, "Two algorithms for barrier synchronization", 1988.
 */
import type { Channel } from './channel.js';
import { Tag } from './tags.js';

const signal = new Uint8Array(0);
const heard = new Uint8Array(0);

export function barrierDissemination(ch: Channel): void {
  const { rank, size } = ch;
  for (let distance = 1; distance < size; distance *= 2) {
    ch.sendrecv(signal, (rank + distance) % size, heard, (rank - distance + size) % size, Tag.BARRIER);
  }
}
