/**
 * Allgather by neighbour exchange: ranks exchange with their right and left neighbours in turn, first a block, then the
 * pair of blocks that they got last.
 *
 *     T = P/2 · (L + 2o) + (P − 1) · m · G          (m bytes per rank)
 *
 * Half the rounds of the ring with the same traffic between neighbours, if P is even. Source: Chen, Zhang, Zhang, Yuan,
 * "Performance evaluation of allgather algorithms on terascale Linux cluster with fast Ethernet", 2005.
 */
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import type { Schedule } from './schedule.js';

export const allgatherNeighbourExchangeCost: Cost = (model, ranks, bytes) =>
  message(model, bytes) + (ranks / 2 - 1) * message(model, 2 * bytes);

/** `recv`: blocks of all ranks; that of this rank is filled. */
export function* allgatherNeighbourExchange(ch: Channel, recv: Uint8Array): Schedule {
  const { rank, size } = ch;
  const m = recv.length / size;
  const even = rank % 2 === 0;
  const right = (rank + 1) % size;
  const left = (rank - 1 + size) % size;
  const pair = (first: number): Uint8Array => recv.subarray(first * m, (first + 2) * m);

  const first = even ? right : left;
  ch.recv(recv.subarray(first * m, (first + 1) * m), first);
  ch.send(recv.subarray(rank * m, (rank + 1) * m), first);
  yield;

  // Pairs begin at even blocks, so none wraps. Those that come from the right run one way, from the left the other.
  const start = even ? rank : left;
  const steps = even ? [2, -2] : [-2, 2];
  const from = [start, start];
  let out = start;
  for (let round = 1; round < size / 2; round++) {
    const side = round % 2;
    const peer = (side === 0) === even ? right : left;
    from[side] = (from[side] + steps[side] + size) % size;
    ch.recv(pair(from[side]), peer);
    ch.send(pair(out), peer);
    yield;
    out = from[side];
  }
}
