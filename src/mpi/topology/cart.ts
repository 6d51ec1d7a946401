/** Cartesian grids, without any communicator (MPI-4.1 §8.5.1): ranks count along the last dimension first. */
import { ERR_ARG, ERR_DIMS, Exception, show } from '../../base/errors.js';
import { PROC_NULL } from '../constants.js';
import { flags, integers } from './lists.js';
import type { Neighbours } from './neighbours.js';

/** The part of a grid that remains when the other dimensions are fixed. */
export interface SubGrid {
  readonly grid: Grid;
  /** Ranks of the whole grid that make up this part, in their order in it. */
  readonly members: number[];
}

export class Grid {
  readonly dims: readonly number[];
  readonly periods: readonly boolean[];
  /** Number of nodes. */
  readonly size: number;

  constructor(dims: readonly number[], periods: readonly boolean[]) {
    this.dims = dims;
    this.periods = periods;
    this.size = dims.reduce((product, dim) => product * dim, 1);
  }

  /** A grid from a user's arguments, of at most `nodes` nodes. ERR_DIMS if it does not fit. */
  static of(where: string, dims: unknown, periods: unknown, nodes: number): Grid {
    const sides = integers(where, 'dims', dims, 1, undefined, ERR_DIMS);
    const grid = new Grid(sides, flags(where, 'periods', periods, sides.length, false));
    if (grid.size <= nodes) return grid;
    throw new Exception(
      ERR_DIMS,
      `${where}: a grid of dimensions [${sides}] has ${grid.size} nodes, but there are ${nodes} ranks`,
    );
  }

  /** Coordinates of a rank. */
  coords(rank: number): number[] {
    const coords = new Array<number>(this.dims.length);
    for (let i = this.dims.length - 1; i >= 0; i--) {
      coords[i] = rank % this.dims[i];
      rank = Math.floor(rank / this.dims[i]);
    }
    return coords;
  }

  /** The rank at some coordinates, which wrap around in periodic dimensions; PROC_NULL beyond the ends of others. */
  rank(coords: readonly number[]): number {
    let rank = 0;
    for (const [i, dim] of this.dims.entries()) {
      const inside = coords[i] >= 0 && coords[i] < dim;
      if (!inside && !this.periods[i]) return PROC_NULL;
      rank = rank * dim + (inside ? coords[i] : ((coords[i] % dim) + dim) % dim);
    }
    return rank;
  }

  /** `rank` of a user's coordinates. ERR_ARG if there is none (MPI-4.1 §8.5.5). */
  rankAt(where: string, coords: unknown): number {
    const values = integers(where, 'coords', coords, Number.MIN_SAFE_INTEGER);
    const rank = values.length === this.dims.length ? this.rank(values) : PROC_NULL;
    if (rank !== PROC_NULL) return rank;
    throw new Exception(
      ERR_ARG,
      `${where}: coords are [${values}], which is no place in a grid of dimensions [${this.dims}]`,
    );
  }

  /** The ranks that lie `disp` before and behind a rank in one dimension (MPI-4.1 §8.5.6). */
  shift(rank: number, direction: number, disp: number): [source: number, dest: number] {
    return [this.#along(rank, direction, -disp), this.#along(rank, direction, disp)];
  }

  /** That a direction and a displacement make sense. */
  checkShift(where: string, direction: number, disp: number): void {
    if (!Number.isInteger(direction) || direction < 0 || direction >= this.dims.length) {
      throw new Exception(
        ERR_DIMS,
        `${where}: direction is ${show(direction)}; the grid has ${this.dims.length} dimensions, the first is 0`,
      );
    }
    if (!Number.isSafeInteger(disp))
      throw new Exception(ERR_ARG, `${where}: disp is ${show(disp)}; it must be an integer`);
  }

  /** The part of the grid that has a rank in it, with the dimensions that remain (MPI-4.1 §8.5.7). */
  sub(rank: number, remain: readonly boolean[]): SubGrid {
    const kept = <T>(list: readonly T[]) => list.filter((_, i) => remain[i]);
    const grid = new Grid(kept(this.dims), kept(this.periods));
    const fixed = this.coords(rank);
    const members = Array.from({ length: grid.size }, (_, node) => {
      const inner = grid.coords(node).values();
      return this.rank(fixed.map((coord, i) => (remain[i] ? (inner.next().value as number) : coord)));
    });
    return { grid, members };
  }

  /** Both ways along each dimension, the lower one first, with PROC_NULL where there is none (MPI-4.1 §8.6). */
  neighbours(rank: number): Neighbours {
    const around = this.dims.flatMap((_, direction) => this.shift(rank, direction, 1));
    // What leaves downwards arrives from above: each pair is swapped.
    return { sources: around, destinations: around, arrivals: around.map((_, edge) => edge ^ 1) };
  }

  #along(rank: number, direction: number, disp: number): number {
    const coords = this.coords(rank);
    // A displacement of any length stays exact.
    coords[direction] += this.periods[direction] ? disp % this.dims[direction] : disp;
    return this.rank(coords);
  }
}
