/**
 * Allreduce as reduce-scatter by recursive halving and allgather by recursive doubling (Rabenseifner). When P is not
 * a power of two, the first 2·(P − 2^⌊log2 P⌋) ranks pair up as in recursive doubling.
 *
 *     T = 2 ⌊log2 P⌋ · (L + 2o) + 2 · (P' − 1)/P' · m · G + (P' − 1)/P' · m · γ          (P' = 2^⌊log2 P⌋)
 *         + [P ≠ P'] · (2(L + 2o) + 2mG + mγ)
 *
 * As little traffic as the ring with far fewer rounds when P is a power of two. Partners are near in the first round
 * and far in the last, as in the source. Operands are combined as they come: only for operations that commute.
 * Source: Thakur, Rabenseifner, Gropp, "Optimization of collective communication operations in MPICH", 2005.
 */
import { Blocks, copyInto, powerBelow } from './blocks.js';
import type { Channel } from './channel.js';
import { Halving, halvingsCost, near } from './halving.js';
import { type Cost, message } from './model.js';
import { PowerGroup } from './power-group.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

/** Also of `reduceRabenseifner`. */
export const rabenseifnerCost: Cost = (model, ranks, bytes) => {
  const power = powerBelow(ranks);
  const combining = bytes * model.perCombined;
  const extra = power === ranks ? 0 : 2 * message(model, bytes) + combining;
  return 2 * halvingsCost(model, power, bytes) + ((power - 1) / power) * combining + extra;
};

/** `recv` may be the same memory as `send`. The operation must commute and have a grain. */
export function* allreduceRabenseifner(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  const group = new PowerGroup(ch.rank, ch.size);
  const { power, twin } = group;
  if (!group.active) {
    ch.send(send, twin);
    yield;
    ch.recv(recv, twin);
    return;
  }
  const incoming = takeScratch(recv.length);
  copyInto(recv, send);
  if (twin >= 0) {
    ch.recv(incoming, twin);
    yield;
    reducer.apply(incoming, recv);
  }
  const blocks = new Blocks(recv.length, power, reducer.grain);
  const halving = new Halving(group, (buffer, first, end) => blocks.view(buffer, first, end));
  const masks = near(power);
  yield* halving.reduceScatter(ch, recv, incoming, reducer, masks);
  for (const mask of masks.reverse()) {
    const partner = group.rankAt(group.position ^ mask);
    ch.recv(halving.theirs(recv, mask), partner);
    ch.send(halving.mine(recv), partner);
    yield;
    halving.join(mask);
  }
  giveScratch(incoming);
  if (twin >= 0) ch.send(recv, twin);
}
