/** Classes of communicators that are made by classes which they extend or import: their own modules enter them here. */
import type { Grid } from '../topology/cart.js';
import type { Adjacency } from '../topology/dist-graph.js';
import type { Graph } from '../topology/graph.js';
import type { Cartcomm, Distgraphcomm, Graphcomm } from '../topology/topocomm.js';
import type { Identity } from './base.js';
import type { Intercomm } from './intercomm.js';

interface Makers {
  intercomm(identity: Identity): Intercomm;
  cart(identity: Identity, grid: Grid): Cartcomm;
  graph(identity: Identity, graph: Graph): Graphcomm;
  distGraph(identity: Identity, adjacency: Adjacency): Distgraphcomm;
}

export const makers = {} as Makers;
