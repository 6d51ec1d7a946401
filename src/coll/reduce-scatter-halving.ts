/**
 * Reduce-scatter by recursive halving, the far partners first, so that each rank ends with its own block. When P is not a
 * power of two, the first ranks pair up (see `PowerGroup`) and a pair's block is halved last.
 *
 *     T = ⌊log2 P⌋ · (L + 2o) + (P' − 1)/P' · m · (G + γ) + [P ≠ P'] · (2(L + 2o) + (1 + 1/P) · m · G + mγ)
 *
 * Fewest rounds with the least traffic when P is a power of two. Only for operations that commute. Source: Thakur,
 * Rabenseifner, Gropp, "Optimization of collective communication operations in MPICH", 2005.
 */
import { powerBelow } from './blocks.js';
import type { Channel } from './channel.js';
import { far, Halving, halvingsCost } from './halving.js';
import { type Cost, message } from './model.js';
import { PowerGroup } from './power-group.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const reduceScatterHalvingCost: Cost = (model, ranks, bytes) => {
  const power = powerBelow(ranks);
  const combining = bytes * model.perCombined;
  const extra = message(model, bytes) + combining + message(model, bytes / ranks);
  const copy = bytes * model.perByte;
  return (
    copy +
    halvingsCost(model, power, bytes) +
    ((power - 1) / power) * combining +
    (power === ranks ? 0 : extra)
  );
};

/** `starts[i]` to `starts[i + 1]` is the block of rank i in `send`. The operation must commute and have a grain. */
export function* reduceScatterHalving(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  starts: readonly number[],
  reducer: Reducer,
): Schedule {
  const { rank, size } = ch;
  const group = new PowerGroup(rank, size);
  if (!group.active) {
    ch.send(send, group.twin);
    ch.recv(recv, group.twin);
    return;
  }
  const buffer = takeScratch(send.length);
  const incoming = takeScratch(send.length);
  buffer.set(send);
  if (group.twin >= 0) {
    ch.recv(incoming, group.twin);
    yield;
    reducer.apply(incoming, buffer);
  }
  const start = (position: number): number =>
    starts[position === group.power ? size : group.firstRank(position)];
  const halving = new Halving(group, (bytes, first, end) => bytes.subarray(start(first), start(end)));
  yield* halving.reduceScatter(ch, buffer, incoming, reducer, far(group.power));
  recv.set(buffer.subarray(starts[rank], starts[rank + 1]));
  if (group.twin >= 0) {
    ch.send(buffer.subarray(starts[group.twin], starts[group.twin + 1]), group.twin);
    yield;
  }
  giveScratch(incoming);
  giveScratch(buffer);
}
