/** Validation of collectives: each block that a rank gives to another in a round has contents of its own. */
import type { Bytes, Shape } from './collectives.js';
import type { Pattern } from './pattern.js';
import type { Verify } from './task.js';

/** Where in a job a collective is checked. */
export interface Place {
  readonly shape: Shape;
  readonly rank: number;
  readonly ranks: number;
}

/** Numbers that differ between the blocks of a job, as far as bytes can. */
function numberOf(source: number, dest: number, turn: number): number {
  return (source + 1) * 997 + dest * 31 + turn * 64;
}

/** The ranks whose blocks the result is made of in round `turn`: from the first to the last. */
function sourcesOf({ shape: { source }, rank, ranks }: Place, turn: number): [first: number, last: number] {
  if (source === 'root') return [turn % ranks, turn % ranks];
  if (source !== 'before') return [0, ranks - 1];
  // The ranks run the other way in odd rounds.
  return turn % 2 === 0 ? [0, rank] : [rank, ranks - 1];
}

/** The blocks of a buffer: all of it, or one for each rank. */
function blocksOf(buffer: Bytes, all: boolean, { ranks }: Place): Bytes[] {
  if (!all) return [buffer];
  const length = buffer.length / ranks;
  return Array.from({ length: ranks }, (_, i) => buffer.subarray(i * length, (i + 1) * length));
}

/** What the rank should have received in round `turn`, block by block: sums of what the sources gave it. */
function expectedOf(place: Place, turn: number, length: number, pattern: Pattern): Bytes[] {
  const { shape, rank } = place;
  const [first, last] = sourcesOf(place, turn);
  const dest = shape.sendsAll ? rank : 0;
  const given = Array.from({ length: last - first + 1 }, (_, i) =>
    pattern.expected(numberOf(first + i, dest, turn), length),
  );
  if (shape.source === 'root' || shape.source === 'each') return given;
  return [Float32Array.from({ length }, (_, at) => given.reduce((sum, block) => sum + block[at], 0))];
}

function compare(found: Bytes, expected: Bytes): string | undefined {
  const at = found.findIndex((value, i) => value !== expected[i]);
  return at < 0 ? undefined : `element ${at} of ${found.length} is ${found[at]} in place of ${expected[at]}`;
}

/**
 * Writes what this rank gives in round `turn` to `send`, and something wrong to `recv`, the same buffer for a bcast. Returns
 * the function to call after the round, which checks the result.
 */
export function prepareBlocks(
  place: Place,
  turn: number,
  send: Bytes,
  recv: Bytes,
  pattern: Pattern,
): Verify {
  const { shape, rank, ranks } = place;
  const isRoot = rank === turn % ranks;
  recv.fill(255);
  if (send !== recv || isRoot)
    for (const [dest, block] of blocksOf(send, shape.sendsAll, place).entries())
      block.set(pattern.expected(numberOf(rank, dest, turn), block.length));
  return () => {
    if (shape.atRoot && !isRoot) return undefined;
    const blocks = blocksOf(recv, shape.receivesAll, place);
    const expected = expectedOf(place, turn, blocks[0].length, pattern);
    for (const [i, block] of blocks.entries()) {
      const wrong = compare(block, expected[i]);
      if (wrong !== undefined) return `rank ${rank}, round ${turn}, block ${i}: ${wrong}`;
    }
    return undefined;
  };
}
