/** Graphs that every rank knows whole, without any communicator (MPI-4.1 §8.5.3). */
import { ERR_ARG, ERR_TOPOLOGY, Exception } from '../../base/errors.js';
import { checkLength, integers } from './lists.js';
import type { Neighbours } from './neighbours.js';

export class Graph {
  /** The i-th entry: how many edges the nodes 0 to i have together. */
  readonly index: readonly number[];
  /** The neighbours of node 0, then those of node 1, … */
  readonly edges: readonly number[];

  constructor(index: readonly number[], edges: readonly number[]) {
    this.index = index;
    this.edges = edges;
  }

  /**
   * A graph from a user's arguments, of at most `nodes` nodes (ERR_TOPOLOGY). An `index` of one entry more, from zero to
   * the number of edges, is taken as adjacency arrays elsewhere are, without its zero: the standard's form never is.
   */
  static from(where: string, index: unknown, edges: unknown, nodes: number): Graph {
    const sums = integers(where, 'index', index);
    const size = (edges as { length?: unknown } | null | undefined)?.length;
    if (sums.length === nodes + 1 && sums[0] === 0 && sums[sums.length - 1] === size) sums.shift();
    const falls = sums.findIndex((sum, i) => i > 0 && sum < sums[i - 1]);
    if (falls >= 0)
      throw new Exception(
        ERR_ARG,
        `${where}: index[${falls}] is ${sums[falls]}, less than the entry before it`,
      );
    if (sums.length > nodes)
      throw new Exception(
        ERR_TOPOLOGY,
        `${where}: the graph has ${sums.length} nodes, but there are ${nodes} ranks`,
      );
    const ends = integers(where, 'edges', edges, 0, sums.length - 1);
    checkLength(where, 'edges', ends, sums.at(-1) ?? 0);
    return new Graph(sums, ends);
  }

  /** Number of nodes. */
  get size(): number {
    return this.index.length;
  }

  /** Neighbours of a node, in the order given. */
  of(node: number): number[] {
    return this.edges.slice(node === 0 ? 0 : this.index[node - 1], this.index[node]);
  }

  /** An edge leads both to and from its end (MPI-4.1 §8.6). */
  neighbours(node: number): Neighbours {
    const around = this.of(node);
    return { sources: around, destinations: around };
  }
}
