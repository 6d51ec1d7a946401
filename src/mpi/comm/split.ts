/** Who belongs together after a split (MPI-4.1 §7.4.2). */
import { ERR_ARG, Exception, show } from '../../base/errors.js';
import { place, type Scope } from '../../engine/ops.js';
import {
  COMM_TYPE_HW_GUIDED,
  COMM_TYPE_HW_UNGUIDED,
  COMM_TYPE_RESOURCE_GUIDED,
  COMM_TYPE_SHARED,
  UNDEFINED,
} from '../constants.js';
import { engine } from '../runtime.js';
import type { Hints } from './comm.js';

/** Words that each member contributes: color, key, and the number that a communicator it leads would have. */
export const SPLIT_WORDS = 3;

/** Key of the info, and the one resource that is known here. */
const RESOURCE_KEY = 'mpi_hw_resource_type';
const SHARED_MEMORY = 'mpi_shared_memory';

export function checkColor(scope: Scope, call: string, color: number): void {
  if (color === UNDEFINED || ((color | 0) === color && color >= 0)) return;
  throw new Exception(
    ERR_ARG,
    `${place(call, scope)}: color is ${show(color)}; it must be an integer from 0 to 2147483647, or MPI.UNDEFINED`,
  );
}

export function checkKey(scope: Scope, call: string, key: number): void {
  if ((key | 0) === key) return;
  throw new Exception(ERR_ARG, `${place(call, scope)}: key is ${show(key)}; it must be a 32-bit integer`);
}

/** Ranks of one color, ordered by key and rank; `all`: the members' contributions by rank. */
export function ranksOfColor(all: Int32Array, color: number): number[] {
  const ranks: number[] = [];
  for (let rank = 0; rank * SPLIT_WORDS < all.length; rank++)
    if (all[rank * SPLIT_WORDS] === color) ranks.push(rank);
  const key = (rank: number) => all[rank * SPLIT_WORDS + 1];
  return ranks.sort((a, b) => key(a) - key(b) || a - b);
}

/** The color of this rank in a `Split_type`, among those with the given world ranks. */
export function colorOfType(
  scope: Scope,
  call: string,
  split_type: number,
  info: Hints | null | undefined,
  world: readonly number[],
): number {
  const house = world.filter((one) => !engine.transport.isRemote(one));
  const shared = Math.min(...house);
  switch (split_type) {
    case COMM_TYPE_SHARED:
      return shared;
    case COMM_TYPE_HW_GUIDED:
    case COMM_TYPE_RESOURCE_GUIDED:
      // Without a resource that is known there is no part to be in.
      return info?.Get?.(RESOURCE_KEY) === SHARED_MEMORY ? shared : UNDEFINED;
    case COMM_TYPE_HW_UNGUIDED:
      return house.length < world.length ? shared : UNDEFINED;
    case UNDEFINED:
      return UNDEFINED;
    default:
      throw new Exception(
        ERR_ARG,
        `${place(call, scope)}: split_type is ${show(split_type)}; pass one of MPI.COMM_TYPE_*, or MPI.UNDEFINED`,
      );
  }
}
