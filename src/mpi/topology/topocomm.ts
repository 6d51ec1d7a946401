/** Communicators whose ranks are the nodes of a grid or graph (MPI-4.1 §8). */
import { ERR_RANK, Exception, show } from '../../base/errors.js';
import { place } from '../../engine/ops.js';
import { type CallOptions, isRank } from '../arguments.js';
import type { Identity } from '../comm/base.js';
import { makers } from '../comm/makers.js';
import { CART, DIST_GRAPH, GRAPH } from '../constants.js';
import type { Grid } from './cart.js';
import type { Adjacency } from './dist-graph.js';
import type { Graph } from './graph.js';
import { flags } from './lists.js';
import { NeighbourCollectives } from './neighbour-collectives.js';
import type { Neighbours } from './neighbours.js';

/** A communicator with a topology: each rank has neighbours that it hears from and neighbours that it tells. */
export abstract class Topocomm extends NeighbourCollectives {
  /** @internal A communicator with the same topology, for `Dup`. */
  protected abstract override likeness(identity: Identity): this;

  /** How many neighbours this rank hears from, and how many it tells; also one by one. */
  get degrees(): [indegree: number, outdegree: number] {
    const { sources, destinations } = this.neighbourhood;
    return [sources.length, destinations.length];
  }
  get indegree(): number {
    return this.neighbourhood.sources.length;
  }
  get outdegree(): number {
    return this.neighbourhood.destinations.length;
  }

  /** The neighbours that this rank hears from, and those that it tells, in the order of the neighbourhood collectives. */
  get inoutedges(): [sources: number[], destinations: number[]] {
    return [this.inedges, this.outedges];
  }
  get inedges(): number[] {
    return [...this.neighbourhood.sources];
  }
  get outedges(): number[] {
    return [...this.neighbourhood.destinations];
  }

  /** @internal */
  protected checkMember(call: string, rank: number): void {
    if (isRank(rank, this.size)) return;
    throw new Exception(
      ERR_RANK,
      `${place(call, this)}: rank is ${show(rank)}; it must be an integer from 0 to ${this.size - 1}`,
    );
  }
}

/** A communicator whose ranks form a Cartesian grid: `Comm.Create_cart` makes it (MPI-4.1 §8.5.1). */
export class Cartcomm extends Topocomm {
  readonly #grid: Grid;

  /** @internal */
  constructor(identity: Identity, grid: Grid) {
    super(identity);
    this.#grid = grid;
  }

  /** `MPI.CART`. */
  override Get_topology(): number {
    return CART;
  }

  /** Number of dimensions (MPI-4.1 §8.5.5); also as properties. */
  Get_dim(): number {
    return this.#grid.dims.length;
  }
  get dim(): number {
    return this.#grid.dims.length;
  }
  get ndim(): number {
    return this.#grid.dims.length;
  }

  /** The dimensions, which of them are rings, and this rank's coordinates (MPI-4.1 §8.5.5); also as properties. */
  Get_topo(): [dims: number[], periods: boolean[], coords: number[]] {
    return [this.dims, this.periods, this.coords];
  }
  get topo(): [dims: number[], periods: boolean[], coords: number[]] {
    return this.Get_topo();
  }
  get dims(): number[] {
    return [...this.#grid.dims];
  }
  get periods(): boolean[] {
    return [...this.#grid.periods];
  }
  get coords(): number[] {
    return this.#grid.coords(this.rank);
  }

  /** The rank at `coords` (MPI-4.1 §8.5.5), which wrap around in rings. ERR_ARG if they lie outside of the grid. */
  Get_cart_rank(coords: ArrayLike<number>): number {
    return this.#grid.rankAt(place('Get_cart_rank', this), coords);
  }

  /** The coordinates of a rank (MPI-4.1 §8.5.5). ERR_RANK if it is none. */
  Get_coords(rank: number): number[] {
    this.checkMember('Get_coords', rank);
    return this.#grid.coords(rank);
  }

  /**
   * The ranks to receive from and to send to when data move by `disp` along a dimension (MPI-4.1 §8.5.6);
   * `MPI.PROC_NULL` beyond the ends. ERR_DIMS if there is no such dimension, ERR_ARG if `disp` is no integer.
   */
  Shift(direction: number, disp: number): [source: number, dest: number] {
    this.#grid.checkShift(place('Shift', this), direction, disp);
    return this.#grid.shift(this.rank, direction, disp);
  }

  /**
   * The part of the grid that has this rank in it, with those dimensions that are true in `remain_dims` (MPI-4.1 §8.5.7).
   * Collective. ERR_ARG unless it has a boolean for each dimension.
   */
  Sub(remain_dims: readonly boolean[] | ArrayLike<number>, opts?: CallOptions): Cartcomm {
    this.check('Sub');
    const remain = flags(place('Sub', this), 'remain_dims', remain_dims, this.dim);
    const { grid, members } = this.#grid.sub(this.rank, remain);
    return this.derive('Sub', members, (identity) => new Cartcomm(identity, grid), opts);
  }

  /** @internal */
  override get neighbourhood(): Neighbours {
    return this.#grid.neighbours(this.rank);
  }

  /** @internal */
  protected override likeness(identity: Identity): this {
    return new Cartcomm(identity, this.#grid) as this;
  }
}

/** A communicator whose ranks are the nodes of a graph: `Comm.Create_graph` makes it (MPI-4.1 §8.5.3). */
export class Graphcomm extends Topocomm {
  readonly #graph: Graph;

  /** @internal */
  constructor(identity: Identity, graph: Graph) {
    super(identity);
    this.#graph = graph;
  }

  /** `MPI.GRAPH`. */
  override Get_topology(): number {
    return GRAPH;
  }

  /** Number of nodes and of edges (MPI-4.1 §8.5.5); also as properties. */
  Get_dims(): [nnodes: number, nedges: number] {
    return [this.nnodes, this.nedges];
  }
  get dims(): [nnodes: number, nedges: number] {
    return this.Get_dims();
  }
  get nnodes(): number {
    return this.#graph.size;
  }
  get nedges(): number {
    return this.#graph.edges.length;
  }

  /** The lists that the graph was made from (MPI-4.1 §8.5.5); also as properties. */
  Get_topo(): [index: number[], edges: number[]] {
    return [this.index, this.edges];
  }
  get topo(): [index: number[], edges: number[]] {
    return this.Get_topo();
  }
  get index(): number[] {
    return [...this.#graph.index];
  }
  get edges(): number[] {
    return [...this.#graph.edges];
  }

  /** How many neighbours a rank has (MPI-4.1 §8.5.5). ERR_RANK if it is none. */
  Get_neighbors_count(rank: number): number {
    return this.Get_neighbors(rank).length;
  }

  /** The neighbours of a rank, in the order given (MPI-4.1 §8.5.5). ERR_RANK if it is none. */
  Get_neighbors(rank: number): number[] {
    this.checkMember('Get_neighbors', rank);
    return this.#graph.of(rank);
  }

  /** This rank's neighbours, and how many there are. */
  get neighbors(): number[] {
    return this.#graph.of(this.rank);
  }
  get nneighbors(): number {
    return this.neighbors.length;
  }

  /** @internal */
  override get neighbourhood(): Neighbours {
    return this.#graph.neighbours(this.rank);
  }

  /** @internal */
  protected override likeness(identity: Identity): this {
    return new Graphcomm(identity, this.#graph) as this;
  }
}

/** A communicator with a graph of which each rank knows its own edges (MPI-4.1 §8.5.4). */
export class Distgraphcomm extends Topocomm {
  readonly #adjacency: Adjacency;

  /** @internal */
  constructor(identity: Identity, adjacency: Adjacency) {
    super(identity);
    this.#adjacency = adjacency;
  }

  /** `MPI.DIST_GRAPH`. */
  override Get_topology(): number {
    return DIST_GRAPH;
  }

  /** How many edges lead to this rank and from it, and whether they have weights (MPI-4.1 §8.5.5). */
  Get_dist_neighbors_count(): [indegree: number, outdegree: number, weighted: boolean] {
    return [this.indegree, this.outdegree, this.#adjacency.weights !== null];
  }

  /** The other ends of these edges, and their weights, null if they have none (MPI-4.1 §8.5.5). */
  Get_dist_neighbors(): [
    sources: number[],
    destinations: number[],
    weights: [sources: number[], destinations: number[]] | null,
  ] {
    const { weights } = this.#adjacency;
    return [this.inedges, this.outedges, weights === null ? null : [[...weights[0]], [...weights[1]]]];
  }

  /** @internal */
  override get neighbourhood(): Neighbours {
    return this.#adjacency;
  }

  /** @internal */
  protected override likeness(identity: Identity): this {
    return new Distgraphcomm(identity, this.#adjacency) as this;
  }
}

makers.cart = (identity, grid) => new Cartcomm(identity, grid);
makers.graph = (identity, graph) => new Graphcomm(identity, graph);
makers.distGraph = (identity, adjacency) => new Distgraphcomm(identity, adjacency);
