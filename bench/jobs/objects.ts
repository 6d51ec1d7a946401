/** One round of each object work of bench/contract.ts, and how it is checked. */
import { isDeepStrictEqual } from 'node:util';
import type { MPI } from 'mpi4ts';
import type { ObjectWork } from '../contract.js';
import type { Task } from './task.js';

/** What is passed: see bench/contract.ts. */
export interface Item {
  readonly score: number;
  readonly name: string;
  readonly values: readonly number[];
}

/** What a double of `values` takes when it is serialized, and what an item takes without values and name. */
const doubleBytes = 9;
const restBytes = 40;

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** An item of `size` bytes, about; all of it depends on its score. */
export function itemOf(size: number, score: number): Item {
  const count = Math.floor(size / (2 * doubleBytes));
  const length = Math.max(0, size - restBytes - count * doubleBytes);
  return {
    score,
    name: letters[score % letters.length].repeat(length),
    // No integers, which are serialized as such.
    values: Array.from({ length: count }, (_, i) => score + i + 0.5),
  };
}

const better = (a: Item, b: Item): Item => (a.score >= b.score ? a : b);

/** The score of a rank's item in a validated round: no two are alike, and the best is another's in each round. */
const scoreOf = (rank: number, ranks: number, turn: number): number => turn * ranks + ((rank + turn) % ranks);

export function objectTask(work: ObjectWork, comm: MPI.Comm, size: number): Task {
  const { rank, size: ranks } = comm;
  let mine = itemOf(size, rank);
  let got: Item | null = null;
  let root = 0;
  const bcast = () => {
    got = comm.bcast<Item | null>(rank === root ? mine : null, root);
    root = root + 1 === ranks ? 0 : root + 1;
  };
  const allreduce = () => {
    got = comm.allreduce<Item>(mine, better);
  };
  return {
    round: work === 'object-bcast' ? bcast : allreduce,
    prepare: (turn) => {
      mine = itemOf(size, scoreOf(rank, ranks, turn));
      got = null;
      return () => {
        const best = work === 'object-bcast' ? scoreOf(turn % ranks, ranks, turn) : turn * ranks + ranks - 1;
        if (isDeepStrictEqual(got, itemOf(size, best))) return undefined;
        return `rank ${rank}, round ${turn}: the item of score ${got?.score} in place of that of ${best}`;
      };
    },
  };
}
