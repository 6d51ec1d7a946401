/** Graphs of which every rank knows its own edges, without any communicator (MPI-4.1 §8.5.4). */
import { ERR_ARG, Exception, show } from '../../base/errors.js';
import { UNWEIGHTED, type Unweighted, WEIGHTS_EMPTY, type WeightsEmpty } from '../constants.js';
import { checkLength, integers } from './lists.js';
import type { Neighbours } from './neighbours.js';

/** Weights of edges: a list of integers >= 0, or none; `MPI.WEIGHTS_EMPTY` is an empty list. */
export type Weights = ArrayLike<number> | Unweighted | WeightsEmpty | null | undefined;

/** The edges of one rank. */
export interface Adjacency extends Neighbours {
  /** Weights of the edges in and out; null if the graph has none. */
  readonly weights: readonly [sources: readonly number[], destinations: readonly number[]] | null;
}

/** What a rank contributes to `Create_dist_graph`: edges anywhere in the graph, (source, destination, weight) each. */
export interface Edges {
  readonly triples: number[];
  readonly weighted: boolean;
}

/** The weights of `count` edges, null if there are none. */
function weightsOf(where: string, role: string, weights: Weights, count: number): number[] | null {
  if (weights === undefined || weights === null || weights === UNWEIGHTED) return null;
  const values = weights === WEIGHTS_EMPTY ? [] : integers(where, role, weights);
  checkLength(where, role, values, count);
  return values;
}

/** The edges of this rank, from the arguments of `Create_dist_graph_adjacent`; a list that is null is empty. */
export function adjacencyOf(
  where: string,
  size: number,
  from: unknown,
  to: unknown,
  weights: readonly [sources: Weights, destinations: Weights],
): Adjacency {
  const sources = integers(where, 'sources', from ?? [], 0, size - 1);
  const destinations = integers(where, 'destinations', to ?? [], 0, size - 1);
  const inward = weightsOf(where, 'sourceweights', weights[0], sources.length);
  const outward = weightsOf(where, 'destweights', weights[1], destinations.length);
  if ((inward === null) !== (outward === null)) {
    throw new Exception(
      ERR_ARG,
      `${where}: of sourceweights and destweights only one is given; give both, MPI.WEIGHTS_EMPTY for an empty one`,
    );
  }
  return { sources, destinations, weights: inward === null || outward === null ? null : [inward, outward] };
}

/** A rank's edges, from the arguments of `Create_dist_graph`: `degrees[i]` destinations for each of the `sources`. */
export function edgesOf(
  where: string,
  size: number,
  lists: { sources: unknown; degrees: unknown; destinations: unknown; weights: Weights },
): Edges {
  const sources = integers(where, 'sources', lists.sources, 0, size - 1);
  const degrees = integers(where, 'degrees', lists.degrees);
  checkLength(where, 'degrees', degrees, sources.length);
  const destinations = integers(where, 'destinations', lists.destinations, 0, size - 1);
  checkLength(
    where,
    'destinations',
    destinations,
    degrees.reduce((sum, degree) => sum + degree, 0),
  );
  const weights = weightsOf(where, 'weights', lists.weights, destinations.length);
  const starts = sources.flatMap((source, i) => new Array<number>(degrees[i]).fill(source));
  return {
    triples: starts.flatMap((start, i) => [start, destinations[i], weights?.[i] ?? 1]),
    weighted: weights !== null,
  };
}

/** The edges that each rank has to know of, those that lead to it or from it, in their order. */
export function partsOf({ triples }: Edges, size: number): number[][] {
  const parts = Array.from({ length: size }, (): number[] => []);
  for (let i = 0; i < triples.length; i += 3) {
    const [from, to, weight] = triples.slice(i, i + 3);
    parts[from].push(from, to, weight);
    if (to !== from) parts[to].push(from, to, weight);
  }
  return parts;
}

/**
 * The edges of `rank` among those that all ranks contributed, by contributor and then as given. ERR_ARG, on every rank,
 * if only some of them have weights.
 */
export function gathered(where: string, rank: number, contributions: readonly Edges[]): Adjacency {
  const weighted = contributions[0].weighted;
  const other = contributions.findIndex((edges) => edges.weighted !== weighted);
  if (other > 0) {
    const [some, none] = weighted ? [0, other] : [other, 0];
    throw new Exception(
      ERR_ARG,
      `${where}: rank ${some} gives weights, rank ${none} gives none; give MPI.WEIGHTS_EMPTY where there are no edges`,
    );
  }
  const [sources, destinations, inward, outward]: number[][] = [[], [], [], []];
  for (const { triples } of contributions) {
    for (let i = 0; i < triples.length; i += 3) {
      const [from, to, weight] = [triples[i], triples[i + 1], triples[i + 2]];
      if (to === rank) {
        sources.push(from);
        inward.push(weight);
      }
      if (from === rank) {
        destinations.push(to);
        outward.push(weight);
      }
    }
  }
  return { sources, destinations, weights: weighted ? [inward, outward] : null };
}

/** What is no rank's business here: hints are not looked at, but must be an info. */
export function checkHints(where: string, info: unknown, isInfo: (value: unknown) => boolean): void {
  if (info === undefined || info === null || isInfo(info)) return;
  throw new Exception(ERR_ARG, `${where}: info is ${show(info)}; pass an MPI.Info or MPI.INFO_NULL`);
}
