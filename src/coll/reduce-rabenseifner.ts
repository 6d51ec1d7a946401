/**
 * Reduce as reduce-scatter by recursive halving and gather up a binomial tree (Rabenseifner). When P is not a power of
 * two, the first ranks pair up (see `PowerGroup`).
 *
 *     T = 2 ⌊log2 P⌋ · (L + 2o) + 2 · (P' − 1)/P' · m · G + (P' − 1)/P' · m · γ          (P' = 2^⌊log2 P⌋)
 *         + [P ≠ P'] · (2(L + 2o) + 2mG + mγ)
 *
 * Each rank combines its share instead of whole messages in turn: for long ones. Operands are combined as they come: only
 * for operations that commute. Source: Thakur, Rabenseifner, Gropp, "Optimization of collective communication operations
 * in MPICH", 2005.
 */
import { Blocks, copyInto } from './blocks.js';
import type { Channel } from './channel.js';
import { Halving, near } from './halving.js';
import { PowerGroup } from './power-group.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

/** `recv` matters at the root only, where it may be the same memory as `send`. */
export function* reduceRabenseifner(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array | null,
  reducer: Reducer,
  root: number,
): Schedule {
  const { rank, size } = ch;
  const group = new PowerGroup(rank, size);
  if (!group.active) {
    ch.send(send, group.twin);
    if (rank !== root) return;
    yield;
    ch.recv(recv!, group.twin);
    return;
  }
  const buffer = rank === root ? recv! : takeScratch(send.length);
  const incoming = takeScratch(send.length);
  copyInto(buffer, send);
  if (group.twin >= 0) {
    ch.recv(incoming, group.twin);
    yield;
    reducer.apply(incoming, buffer);
  }
  yield* halveAndGather(ch, group, buffer, incoming, reducer, group.positionOf(root));
  yield;
  giveScratch(incoming);
  if (rank === root) return;
  if (group.twin === root) {
    ch.send(buffer, root);
    yield;
  }
  giveScratch(buffer);
}

/** After the halving, in each round the ranks whose bit is not the root's hand over what they have. */
function* halveAndGather(
  ch: Channel,
  group: PowerGroup,
  buffer: Uint8Array,
  incoming: Uint8Array,
  reducer: Reducer,
  rootPosition: number,
): Schedule {
  const { power, position } = group;
  const blocks = new Blocks(buffer.length, power, reducer.grain);
  const halving = new Halving(group, (bytes, first, end) => blocks.view(bytes, first, end));
  const masks = near(power);
  yield* halving.reduceScatter(ch, buffer, incoming, reducer, masks);
  for (const mask of masks.reverse()) {
    const partner = group.rankAt(position ^ mask);
    if (((position ^ rootPosition) & mask) !== 0) {
      ch.send(halving.mine(buffer), partner);
      return;
    }
    ch.recv(halving.theirs(buffer, mask), partner);
    yield;
    halving.join(mask);
  }
}
