/** Communicators with a topology, made from any intracommunicator (MPI-4.1 §8.5). */
import { place } from '../../engine/ops.js';
import type { CallOptions } from '../arguments.js';
import { UNDEFINED } from '../constants.js';
import { INFO_NULL, Info } from '../info.js';
import { Grid } from '../topology/cart.js';
import {
  adjacencyOf,
  checkHints,
  type Edges,
  edgesOf,
  gathered,
  partsOf,
  type Weights,
} from '../topology/dist-graph.js';
import { Graph } from '../topology/graph.js';
import type { Cartcomm, Distgraphcomm, Graphcomm } from '../topology/topocomm.js';
import { Comm } from './comm.js';
import type { Intracomm, Make } from './intracomm.js';
import { makers } from './makers.js';

const isInfo = (value: unknown) => value instanceof Info;

const upTo = (count: number) => Array.from({ length: count }, (_, rank) => rank);

export abstract class CommTopologies extends Comm {
  /** @internal See `Intracomm`. */
  protected abstract derive<T extends Intracomm>(
    call: string,
    ranks: readonly number[],
    make: Make<T>,
    opts?: CallOptions,
  ): T;

  /**
   * A communicator whose ranks form a Cartesian grid (MPI-4.1 §8.5.1), counted along the last dimension first; `MPI.COMM_NULL` on
   * ranks beyond it. Collective, with the same arguments everywhere. `periods` says for each dimension whether it is
   * closed to a ring, one boolean for all; by default none is. Ranks keep their order, with `reorder` too. ERR_DIMS for
   * a dimension that is no integer above 0, and for a grid that has more nodes than there are ranks.
   */
  Create_cart(
    dims: ArrayLike<number>,
    periods?: readonly boolean[] | ArrayLike<number> | boolean | null,
    _reorder = false,
    opts?: CallOptions,
  ): Cartcomm {
    this.check('Create_cart');
    const grid = Grid.of(place('Create_cart', this), dims, periods, this.size);
    return this.derive('Create_cart', upTo(grid.size), (identity) => makers.cart(identity, grid), opts);
  }

  /**
   * A communicator whose ranks are the nodes of a graph (MPI-4.1 §8.5.3); `MPI.COMM_NULL` on ranks beyond it. Collective, with the
   * same arguments everywhere: `index[i]` is how many edges the nodes 0 to i have together, `edges` lists the neighbours
   * of each in turn. ERR_TOPOLOGY if there are more nodes than ranks, ERR_ARG for lists that are no graph.
   */
  Create_graph(
    index: ArrayLike<number>,
    edges: ArrayLike<number>,
    _reorder = false,
    opts?: CallOptions,
  ): Graphcomm {
    this.check('Create_graph');
    const graph = Graph.from(place('Create_graph', this), index, edges, this.size);
    return this.derive('Create_graph', upTo(graph.size), (identity) => makers.graph(identity, graph), opts);
  }

  /**
   * A communicator with a graph of which each rank gives its own edges (MPI-4.1 §8.5.4): whom it hears from and whom it
   * tells. Collective. Both weights are given or neither, on all ranks alike. ERR_ARG for what is no list of ranks, or of
   * weights (integers >= 0).
   */
  Create_dist_graph_adjacent(
    sources: ArrayLike<number> | null,
    destinations: ArrayLike<number> | null,
    sourceweights: Weights = null,
    destweights: Weights = null,
    info: Info = INFO_NULL,
    _reorder = false,
    opts?: CallOptions,
  ): Distgraphcomm {
    this.check('Create_dist_graph_adjacent');
    const where = place('Create_dist_graph_adjacent', this);
    const weights = [sourceweights, destweights] as const;
    const adjacency = adjacencyOf(where, this.size, sources, destinations, weights);
    checkHints(where, info, isInfo);
    return this.derive(
      'Create_dist_graph_adjacent',
      upTo(this.size),
      (identity) => makers.distGraph(identity, adjacency),
      opts,
    );
  }

  /**
   * A communicator with a graph of which each rank gives any edges (MPI-4.1 §8.5.4): `degrees[i]` of them lead from
   * `sources[i]` to the next of `destinations`. Collective. Neighbours are ordered by the rank that gave the edge, then as
   * given. Weights are given on all ranks or on none. ERR_ARG for lists that are no edges.
   */
  Create_dist_graph(
    sources: ArrayLike<number>,
    degrees: ArrayLike<number>,
    destinations: ArrayLike<number>,
    weights: Weights = null,
    info: Info = INFO_NULL,
    _reorder = false,
    opts?: CallOptions,
  ): Distgraphcomm {
    const deadline = this.enter('Create_dist_graph', opts);
    const where = place('Create_dist_graph', this);
    const own = edgesOf(where, this.size, { sources, degrees, destinations, weights });
    checkHints(where, info, isInfo);
    this.compareCalls('Create_dist_graph', deadline);
    const adjacency = gathered(where, this.rank, this.#edgesHere(own, opts));
    return this.derive(
      'Create_dist_graph',
      upTo(this.size),
      (identity) => makers.distGraph(identity, adjacency),
      opts,
    );
  }

  /** The rank that this one would have in such a grid (MPI-4.1 §8.5.8), or `MPI.UNDEFINED`. Errors as for `Create_cart`. */
  Cart_map(
    dims: ArrayLike<number>,
    periods?: readonly boolean[] | ArrayLike<number> | boolean | null,
  ): number {
    this.check('Cart_map');
    const grid = Grid.of(place('Cart_map', this), dims, periods, this.size);
    return this.rank < grid.size ? this.rank : UNDEFINED;
  }

  /** The rank that this one would have in such a graph (MPI-4.1 §8.5.8), or `MPI.UNDEFINED`. Errors as for `Create_graph`. */
  Graph_map(index: ArrayLike<number>, edges: ArrayLike<number>): number {
    this.check('Graph_map');
    const graph = Graph.from(place('Graph_map', this), index, edges, this.size);
    return this.rank < graph.size ? this.rank : UNDEFINED;
  }

  /** What each rank knows of this one's edges. */
  #edgesHere(own: Edges, opts: CallOptions | undefined): Edges[] {
    const parts = partsOf(own, this.size);
    const heads = Int32Array.from(parts.flatMap(({ length }) => [own.weighted ? 1 : 0, length]));
    const told = new Int32Array(heads.length);
    this.Alltoall(heads, told, opts);
    const lengths = Array.from({ length: this.size }, (_, rank) => told[2 * rank + 1]);
    const all = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
    const counts = parts.map(({ length }) => length);
    this.Alltoallv([Float64Array.from(parts.flat()), counts], [all, lengths], opts);
    let start = 0;
    return lengths.map((length, rank) => {
      start += length;
      return { weighted: told[2 * rank] === 1, triples: [...all.subarray(start - length, start)] };
    });
  }
}
