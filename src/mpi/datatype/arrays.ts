/** Parts of arrays of several dimensions (MPI-4.1 §5.1.3 and §5.1.4). */
import { ERR_ARG, Exception, show } from '../../base/errors.js';
import * as check from './checks.js';
import {
  DISTRIBUTE_BLOCK,
  DISTRIBUTE_CYCLIC,
  DISTRIBUTE_DFLT_DARG,
  DISTRIBUTE_NONE,
  ORDER_C,
  ORDER_FORTRAN,
} from './constants.js';
import { Builder, exact, type Layout, resized } from './layout.js';

const MANY = Number.MAX_SAFE_INTEGER;

const positive = (value: unknown, call: string, what: string): number =>
  check.within(value, 1, MANY, call, what);

export interface SubarrayArguments {
  readonly sizes: number[];
  readonly subsizes: number[];
  readonly starts: number[];
  readonly order: number;
}

export interface DarrayArguments {
  readonly size: number;
  readonly rank: number;
  readonly gsizes: number[];
  readonly distribs: number[];
  readonly dargs: number[];
  readonly psizes: number[];
  readonly order: number;
}

/** Which indices of one dimension are taken: blocks of `length`, `distance` apart, and a shorter one behind them. */
interface Taken {
  readonly start: number;
  readonly length: number;
  readonly blocks: number;
  readonly distance: number;
  readonly rest: number;
}

/** Goes from the dimension whose elements are neighbours outward. */
function nest(
  of: Layout,
  sizes: readonly number[],
  taken: readonly Taken[],
  order: number,
  call: string,
): Layout {
  let inner = of;
  let stride = of.extent;
  for (let i = 0; i < sizes.length; i++) {
    const d = order === ORDER_C ? sizes.length - 1 - i : i;
    const { start, length, blocks, distance, rest } = taken[d];
    const item = resized(inner, 0, stride, call);
    const next = new Builder(call).blocks(blocks, distance * stride, start * stride, length, item);
    if (rest > 0) next.block((start + blocks * distance) * stride, rest, item);
    inner = next.build();
    stride = exact(stride * sizes[d], call);
  }
  return resized(inner, 0, stride, call);
}

export function subarrayArguments(
  sizes: unknown,
  subsizes: unknown,
  starts: unknown,
  order: unknown,
  call: string,
): SubarrayArguments {
  const whole = check.list(sizes, positive, call, 'sizes');
  const part = check.list(subsizes, positive, call, 'subsizes', whole.length);
  const first = check.anyList(starts, call, 'starts', whole.length);
  for (const [i, size] of part.entries()) {
    check.within(size, 1, whole[i], call, `subsizes[${i}]`);
    check.within(first[i], 0, whole[i] - size, call, `starts[${i}]`);
  }
  return { sizes: whole, subsizes: part, starts: first as number[], order: orderOf(order, call) };
}

export function subarray(of: Layout, given: SubarrayArguments, call: string): Layout {
  const taken = given.subsizes.map((length, i) => ({
    start: given.starts[i],
    length,
    blocks: 1,
    distance: 0,
    rest: 0,
  }));
  return nest(of, given.sizes, taken, given.order, call);
}

export function darrayArguments(
  size: unknown,
  rank: unknown,
  gsizes: unknown,
  distribs: unknown,
  dargs: unknown,
  psizes: unknown,
  order: unknown,
  call: string,
): DarrayArguments {
  const ranks = check.within(size, 1, MANY, call, 'size');
  const sizes = check.list(gsizes, positive, call, 'gsizes');
  const grid = check.list(psizes, positive, call, 'psizes', sizes.length);
  if (grid.reduce((product, n) => product * n, 1) !== ranks) {
    throw new Exception(ERR_ARG, `${call}: psizes are ${grid.join(' × ')}, which is not size = ${ranks}`);
  }
  return {
    size: ranks,
    rank: check.within(rank, 0, ranks - 1, call, 'rank'),
    gsizes: sizes,
    distribs: check.list(distribs, check.integer, call, 'distribs', sizes.length),
    dargs: check.list(dargs, check.integer, call, 'dargs', sizes.length),
    psizes: grid,
    order: orderOf(order, call),
  };
}

export function darray(of: Layout, given: DarrayArguments, call: string): Layout {
  const { gsizes, psizes } = given;
  const taken: Taken[] = [];
  // The grid of processes is in row-major order, whatever the order of the array.
  let rest = given.rank;
  for (let d = gsizes.length - 1; d >= 0; d--) {
    taken[d] = share(given, d, rest % psizes[d], call);
    rest = Math.floor(rest / psizes[d]);
  }
  return nest(of, gsizes, taken, given.order, call);
}

/** What the process at `place` of dimension `d` has of it. */
function share(
  { gsizes, distribs, dargs, psizes }: DarrayArguments,
  d: number,
  place: number,
  call: string,
): Taken {
  const size = gsizes[d];
  const places = psizes[d];
  switch (distribs[d]) {
    case DISTRIBUTE_NONE:
      if (places === 1) return { start: 0, length: size, blocks: 1, distance: 0, rest: 0 };
      throw new Exception(ERR_ARG, `${call}: psizes[${d}] is ${places}; 1 is needed for DISTRIBUTE_NONE`);
    case DISTRIBUTE_BLOCK: {
      const length = blockLength(dargs[d], Math.ceil(size / places), d, call);
      if (length * places < size) {
        throw new Exception(
          ERR_ARG,
          `${call}: dargs[${d}] is ${length}; ${places} blocks of it do not cover ${size}`,
        );
      }
      return cyclic(size, length, place, places);
    }
    case DISTRIBUTE_CYCLIC:
      return cyclic(size, blockLength(dargs[d], 1, d, call), place, places);
    default:
      throw new Exception(
        ERR_ARG,
        `${call}: distribs[${d}] is ${show(distribs[d])}; pass DISTRIBUTE_BLOCK, DISTRIBUTE_CYCLIC or DISTRIBUTE_NONE`,
      );
  }
}

function blockLength(darg: number, usual: number, d: number, call: string): number {
  return darg === DISTRIBUTE_DFLT_DARG ? usual : check.within(darg, 1, MANY, call, `dargs[${d}]`);
}

function cyclic(size: number, length: number, place: number, places: number): Taken {
  const start = place * length;
  const distance = places * length;
  const behind = Math.max(size - start, 0);
  const blocks = Math.floor(behind / distance) + (behind % distance >= length ? 1 : 0);
  const rest = behind % distance < length ? behind % distance : 0;
  return { start, length, blocks, distance, rest };
}

function orderOf(order: unknown, call: string): number {
  if (order === ORDER_C || order === ORDER_FORTRAN) return order;
  throw new Exception(ERR_ARG, `${call}: order is ${show(order)}; pass ORDER_C or ORDER_FORTRAN`);
}
