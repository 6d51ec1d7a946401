/** A balanced grid for a number of ranks (MPI-4.1 §8.5.2). */
import { ERR_ARG, ERR_DIMS, Exception, show } from '../../base/errors.js';
import { dimensionsMax } from '../../base/limits.js';
import { isList } from './lists.js';

/** The standard's integers. */
const nodesMax = 2 ** 31 - 1;

/**
 * The dimensions of a grid of `nnodes` nodes (MPI-4.1 §8.5.2). `dims` is their number, or a list whose zeros are to be
 * filled; other entries stay. Those filled in do not increase and are as close to each other as possible: the largest
 * is as small as can be, then the next. ERR_DIMS if `nnodes` is no multiple of the given ones, or if they are all given
 * and their product is not `nnodes`.
 */
export function Compute_dims(nnodes: number, dims: number | ArrayLike<number>): number[] {
  if (!Number.isInteger(nnodes) || nnodes < 1 || nnodes > nodesMax) {
    throw new Exception(
      ERR_ARG,
      `Compute_dims: nnodes is ${show(nnodes)}; it must be an integer from 1 to ${nodesMax}`,
    );
  }
  const grid = gridOf(dims);
  const open = grid.filter((dim) => dim === 0).length;
  const given = grid.reduce((product, dim) => (dim === 0 ? product : product * dim), 1);
  if (nnodes % given !== 0 || (open === 0 && given !== nnodes)) {
    throw new Exception(
      ERR_DIMS,
      `Compute_dims: no grid of dimensions [${grid}] has ${nnodes} nodes: the given ones make ${given}`,
    );
  }
  const filled = factors(nnodes / given, open).values();
  return grid.map((dim) => (dim === 0 ? (filled.next().value as number) : dim));
}

function gridOf(dims: number | ArrayLike<number>): number[] {
  if (typeof dims === 'number' && Number.isInteger(dims) && dims >= 0 && dims <= dimensionsMax) {
    return new Array<number>(dims).fill(0);
  }
  if (!isList(dims)) {
    throw new Exception(
      ERR_ARG,
      `Compute_dims: dims is ${show(dims)}; it must be a number of dimensions up to ${dimensionsMax}, or a list with a zero for each to fill`,
    );
  }
  const grid = Array.from(dims);
  const wrong = grid.find((dim) => !Number.isInteger(dim) || dim < 0);
  if (wrong === undefined) return grid;
  throw new Exception(ERR_DIMS, `Compute_dims: dims has ${show(wrong)}; each must be an integer >= 0`);
}

/** `count` factors of `product` that do not increase, the first as small as possible, then the next. */
function factors(product: number, count: number): number[] {
  const divisors = divisorsOf(product);
  const found: number[] = [];
  const fill = (rest: number, left: number, most: number): boolean => {
    if (left === 0) return rest === 1;
    for (const divisor of divisors) {
      if (divisor > most || divisor > rest) return false;
      // `left` factors of at most `divisor` must reach `rest`.
      if (rest % divisor !== 0 || divisor ** left < rest) continue;
      found.push(divisor);
      if (rest === 1 || fill(rest / divisor, left - 1, divisor)) return true;
      found.pop();
    }
    return false;
  };
  fill(product, count, product);
  // Once nothing is left to divide, all others are one.
  while (found.length < count) found.push(1);
  return found;
}

function divisorsOf(product: number): number[] {
  const small: number[] = [];
  const large: number[] = [];
  for (let divisor = 1; divisor * divisor <= product; divisor++) {
    if (product % divisor !== 0) continue;
    small.push(divisor);
    if (divisor * divisor !== product) large.unshift(product / divisor);
  }
  return [...small, ...large];
}
