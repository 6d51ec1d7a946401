/**
 * Allreduce round a ring: the message is cut in P blocks; in P − 1 steps each block collects the operands of all
 * ranks on its way round (reduce-scatter), in P − 1 more the results go round (allgather).
 *
 *     T = 2(P − 1) · (L + 2o) + 2 · (P − 1)/P · m · G + (P − 1)/P · m · γ
 *
 * The least traffic and the least combining that any algorithm needs, at any P, for the most latency. A block starts
 * at its own rank, so operands are combined in a rotated order: only for operations that commute. Source: Patarasuk,
 * Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009.
 */
import { Blocks, copyInto } from './blocks.js';
import type { Channel } from './channel.js';
import type { Reducer } from './reducer.js';
import { giveScratch, takeScratch } from './scratch.js';
import { Tag } from './tags.js';

/** `recv` may be the same memory as `send`. The operation must commute and have a grain. */
export function allreduceRing(ch: Channel, send: Uint8Array, recv: Uint8Array, reducer: Reducer): void {
  const { rank, size } = ch;
  copyInto(recv, send);
  if (size === 1) return;
  const blocks = new Blocks(recv.length, size, reducer.grain);
  const right = (rank + 1) % size;
  const left = (rank - 1 + size) % size;

  const incoming = takeScratch(blocks.start(1));
  for (let step = 0; step < size - 1; step++) {
    const out = (rank - step + size) % size;
    const mine = blocks.view(recv, (rank - step - 1 + size) % size);
    const theirs = incoming.subarray(0, mine.length);
    ch.sendrecv(blocks.view(recv, out), right, theirs, left, Tag.ALLREDUCE);
    reducer.apply(theirs, mine);
  }
  giveScratch(incoming);

  for (let step = 0; step < size - 1; step++) {
    const out = (rank + 1 - step + size) % size;
    const into = (rank - step + size) % size;
    ch.sendrecv(blocks.view(recv, out), right, blocks.view(recv, into), left, Tag.ALLREDUCE);
  }
}
