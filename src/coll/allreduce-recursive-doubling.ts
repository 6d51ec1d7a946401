/**
 * Allreduce by recursive doubling: in round k ranks 2^k apart exchange what they have and both combine it. When P is
 * not a power of two, the first 2·(P − 2^⌊log2 P⌋) ranks first pair up, the odd one takes part for both and hands the
 * result back.
 *
 *     T = ⌊log2 P⌋ · (L + 2o + (m − 1)G + mγ) + [P ≠ 2^k] · (2(L + 2o + (m − 1)G) + mγ)
 *
 * Fewest rounds, hence for short messages. Every rank combines neighbouring runs of ranks, the lower on the left:
 * right for operations that do not commute, and all ranks get the same bits. Source: Thakur, Rabenseifner, Gropp,
 * "Optimization of collective communication operations in MPICH", 2005.
 */
import { copyInto, powerBelow } from './blocks.js';
import type { Channel } from './channel.js';
import { type Cost, message } from './model.js';
import { PowerGroup } from './power-group.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const allreduceRecursiveDoublingCost: Cost = (model, ranks, bytes) => {
  const power = powerBelow(ranks);
  const step = message(model, bytes) + bytes * model.perCombined;
  return Math.log2(power) * step + (power === ranks ? 0 : step + message(model, bytes));
};

/** `recv` may be the same memory as `send`. */
export function* allreduceRecursiveDoubling(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  const { rank, size } = ch;
  const group = new PowerGroup(rank, size);
  if (!group.active) {
    ch.send(send, group.twin);
    yield;
    ch.recv(recv, group.twin);
    return;
  }

  // `operand` is exchanged with `incoming`; where it is the left operand the two swap roles.
  const spare = takeScratch(send.length);
  let operand = recv;
  let incoming = spare;
  copyInto(recv, send);
  if (group.twin >= 0) {
    ch.recv(incoming, group.twin);
    yield;
    reducer.apply(incoming, operand);
  }
  for (let mask = 1; mask < group.power; mask *= 2) {
    const partner = group.rankAt(group.position ^ mask);
    ch.recv(incoming, partner);
    ch.send(operand, partner);
    yield;
    if (partner < rank) {
      reducer.apply(incoming, operand);
    } else {
      reducer.apply(operand, incoming);
      [operand, incoming] = [incoming, operand];
    }
  }
  if (group.twin >= 0) {
    ch.send(operand, group.twin);
    yield;
  }
  copyInto(recv, operand);
  giveScratch(spare);
}
