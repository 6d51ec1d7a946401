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
import type { Reducer } from './reducer.js';
import { giveScratch, takeScratch } from './scratch.js';
import { Tag } from './tags.js';

/** `recv` may be the same memory as `send`. The operation must commute and have a grain. */
export function allreduceRabenseifner(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): void {
  const { rank, size } = ch;
  const power = powerBelow(size);
  const paired = 2 * (size - power);
  if (rank < paired && rank % 2 === 0) {
    ch.send(send, rank + 1, Tag.ALLREDUCE);
    ch.recv(recv, rank + 1, Tag.ALLREDUCE);
    return;
  }
  const incoming = takeScratch(recv.length);
  copyInto(recv, send);
  if (rank < paired) {
    ch.recv(incoming, rank - 1, Tag.ALLREDUCE);
    reducer.apply(incoming, recv);
  }
  const position = rank < paired ? (rank - 1) / 2 : rank - paired / 2;
  const partnerAt = (mask: number): number => {
    const other = position ^ mask;
    return other < paired / 2 ? 2 * other + 1 : other + paired / 2;
  };
  halveAndDouble(ch, recv, incoming, reducer, position, power, partnerAt);
  giveScratch(incoming);
  if (rank < paired) ch.send(recv, rank - 1, Tag.ALLREDUCE);
}

/** The blocks first … first + count − 1 are this rank's share: halved while reducing, doubled while gathering. */
function halveAndDouble(
  ch: Channel,
  recv: Uint8Array,
  incoming: Uint8Array,
  reducer: Reducer,
  position: number,
  power: number,
  partnerAt: (mask: number) => number,
): void {
  const blocks = new Blocks(recv.length, power, reducer.grain);
  let first = 0;
  let count = power;
  for (let mask = 1; mask < power; mask *= 2) {
    count /= 2;
    const keepsUpper = (position & mask) !== 0;
    const theirs = keepsUpper ? first : first + count;
    if (keepsUpper) first += count;
    const mine = blocks.view(recv, first, first + count);
    const into = incoming.subarray(0, mine.length);
    const partner = partnerAt(mask);
    ch.sendrecv(blocks.view(recv, theirs, theirs + count), partner, into, partner, Tag.ALLREDUCE);
    reducer.apply(into, mine);
  }
  for (let mask = power / 2; mask >= 1; mask /= 2) {
    const keptUpper = (position & mask) !== 0;
    const theirs = keptUpper ? first - count : first + count;
    const mine = blocks.view(recv, first, first + count);
    const partner = partnerAt(mask);
    ch.sendrecv(mine, partner, blocks.view(recv, theirs, theirs + count), partner, Tag.ALLREDUCE);
    if (keptUpper) first -= count;
    count *= 2;
  }
}
