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
import type { Reducer } from './reducer.js';
import { giveScratch, takeScratch } from './scratch.js';
import { Tag } from './tags.js';

/** `recv` may be the same memory as `send`. */
export function allreduceRecursiveDoubling(
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

  // `operand` is exchanged with `incoming`; where it is the left operand the two swap roles.
  const spare = takeScratch(send.length);
  let operand = recv;
  let incoming = spare;
  copyInto(recv, send);
  if (rank < paired) {
    ch.recv(incoming, rank - 1, Tag.ALLREDUCE);
    reducer.apply(incoming, operand);
  }
  const position = rank < paired ? (rank - 1) / 2 : rank - paired / 2;
  for (let mask = 1; mask < power; mask *= 2) {
    const other = position ^ mask;
    const partner = other < paired / 2 ? 2 * other + 1 : other + paired / 2;
    ch.sendrecv(operand, partner, incoming, partner, Tag.ALLREDUCE);
    if (partner < rank) {
      reducer.apply(incoming, operand);
    } else {
      reducer.apply(operand, incoming);
      [operand, incoming] = [incoming, operand];
    }
  }
  if (rank < paired) ch.send(operand, rank - 1, Tag.ALLREDUCE);
  copyInto(recv, operand);
  giveScratch(spare);
}
