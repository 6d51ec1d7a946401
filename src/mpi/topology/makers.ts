/**
 * Communicators make ones with a topology, which are communicators themselves: two modules that need each other. How
 * they are made is put in here when `topocomm.ts` is loaded.
 */
import type { Identity } from '../comm/deriving.js';
import type { Grid } from './cart.js';
import type { Adjacency } from './dist-graph.js';
import type { Graph } from './graph.js';
import type { Cartcomm, Distgraphcomm, Graphcomm } from './topocomm.js';

interface Makers {
  cart(identity: Identity, grid: Grid): Cartcomm;
  graph(identity: Identity, graph: Graph): Graphcomm;
  distGraph(identity: Identity, adjacency: Adjacency): Distgraphcomm;
}

export const makers = {} as Makers;
