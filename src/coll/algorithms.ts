/** Every algorithm, by collective and name: what runs it, what it costs and what it can serve. */
import { allgatherBruck, allgatherBruckCost } from './allgather-bruck.js';
import { allgathervLinear } from './allgather-linear.js';
import {
  allgatherNeighbourExchange,
  allgatherNeighbourExchangeCost,
} from './allgather-neighbour-exchange.js';
import {
  allgatherRecursiveDoubling,
  allgatherRecursiveDoublingCost,
} from './allgather-recursive-doubling.js';
import { allgatherRingCost, allgathervRing } from './allgather-ring.js';
import { allreduceRabenseifner, rabenseifnerCost } from './allreduce-rabenseifner.js';
import {
  allreduceRecursiveDoubling,
  allreduceRecursiveDoublingCost,
} from './allreduce-recursive-doubling.js';
import { allreduceRing, allreduceRingCost } from './allreduce-ring.js';
import { alltoallBruck, alltoallBruckCost } from './alltoall-bruck.js';
import { alltoallLinear } from './alltoall-linear.js';
import { alltoallPairwise, alltoallPairwiseCost } from './alltoall-pairwise.js';
import { barrierDissemination, barrierDisseminationCost } from './barrier-dissemination.js';
import { bcastBinomial, bcastBinomialCost } from './bcast-binomial.js';
import { bcastChain, bcastChainCost } from './bcast-chain.js';
import { bcastScatterAllgather, bcastScatterAllgatherCost } from './bcast-scatter-allgather.js';
import { equalViews } from './blocks.js';
import type { Channel } from './channel.js';
import { gatherBinomial, treeCost } from './gather-binomial.js';
import { gatherLinear, linearCost } from './gather-linear.js';
import { reduceBinomial, reduceBinomialCost } from './reduce-binomial.js';
import { reduceOrdered, reduceOrderedCost } from './reduce-ordered.js';
import { reduceRabenseifner } from './reduce-rabenseifner.js';
import { reduceScatterHalving, reduceScatterHalvingCost } from './reduce-scatter-halving.js';
import { reduceScatterOrdered, reduceScatterOrderedCost } from './reduce-scatter-ordered.js';
import { reduceScatterPairwise, reduceScatterPairwiseCost } from './reduce-scatter-pairwise.js';
import {
  exscanRecursiveDoubling,
  scanRecursiveDoubling,
  scanRecursiveDoublingCost,
} from './scan-recursive-doubling.js';
import { scatterBinomial } from './scatter-binomial.js';
import { scatterLinear } from './scatter-linear.js';
import type { Schedule } from './schedule.js';

/** What an algorithm asks for. */
export interface Limits {
  /** It changes the order of the operands. */
  readonly commuting?: true;
  /** It cuts the message. */
  readonly cutting?: true;
  /** Numbers of ranks that it serves; all by default. */
  readonly fits?: (ranks: number) => boolean;
}

const cutting = { commuting: true, cutting: true } as const;
const powerOfTwo = (ranks: number): boolean => (ranks & (ranks - 1)) === 0;
const even = (ranks: number): boolean => ranks % 2 === 0;

/** An allgather of blocks of any length, for equal ones. */
const equal =
  (run: (ch: Channel, blocks: readonly Uint8Array[]) => Schedule) =>
  (ch: Channel, recv: Uint8Array): Schedule =>
    run(ch, equalViews(recv, ch.size));

/** The same for an alltoall. */
const equalPairs =
  (run: (ch: Channel, out: readonly Uint8Array[], into: readonly Uint8Array[]) => Schedule) =>
  (ch: Channel, send: Uint8Array, recv: Uint8Array): Schedule =>
    run(ch, equalViews(send, ch.size), equalViews(recv, ch.size));

/**
 * The costs count the bytes of the message in bcast, reduce, allreduce, reduce_scatter (all blocks), scan and exscan; of
 * one block in gather, scatter, allgather and alltoall; of all blocks on average in allgatherv. Of alltoallv the ranks know
 * no length in common: it is chosen for short blocks.
 */
export const algorithms = {
  barrier: { dissemination: { run: barrierDissemination, cost: barrierDisseminationCost } },
  bcast: {
    binomial: { run: bcastBinomial, cost: bcastBinomialCost },
    'scatter-allgather': { run: bcastScatterAllgather, cost: bcastScatterAllgatherCost },
    chain: { run: bcastChain, cost: bcastChainCost },
  },
  gather: {
    binomial: { run: gatherBinomial, cost: treeCost },
    linear: { run: gatherLinear, cost: linearCost },
  },
  scatter: {
    binomial: { run: scatterBinomial, cost: treeCost },
    linear: { run: scatterLinear, cost: linearCost },
  },
  allgather: {
    'recursive-doubling': {
      run: allgatherRecursiveDoubling,
      cost: allgatherRecursiveDoublingCost,
      fits: powerOfTwo,
    },
    bruck: { run: allgatherBruck, cost: allgatherBruckCost },
    'neighbour-exchange': {
      run: allgatherNeighbourExchange,
      cost: allgatherNeighbourExchangeCost,
      fits: even,
    },
    ring: { run: equal(allgathervRing), cost: allgatherRingCost },
    linear: { run: equal(allgathervLinear), cost: linearCost },
  },
  allgatherv: {
    ring: { run: allgathervRing, cost: allgatherRingCost },
    linear: { run: allgathervLinear, cost: linearCost },
  },
  alltoall: {
    linear: { run: equalPairs(alltoallLinear), cost: linearCost },
    pairwise: { run: equalPairs(alltoallPairwise), cost: alltoallPairwiseCost },
    bruck: { run: alltoallBruck, cost: alltoallBruckCost },
  },
  alltoallv: {
    linear: { run: alltoallLinear, cost: linearCost },
    pairwise: { run: alltoallPairwise, cost: alltoallPairwiseCost },
  },
  reduce: {
    binomial: { run: reduceBinomial, cost: reduceBinomialCost, commuting: true },
    ordered: { run: reduceOrdered, cost: reduceOrderedCost },
    rabenseifner: { run: reduceRabenseifner, cost: rabenseifnerCost, ...cutting },
  },
  allreduce: {
    'recursive-doubling': { run: allreduceRecursiveDoubling, cost: allreduceRecursiveDoublingCost },
    rabenseifner: { run: allreduceRabenseifner, cost: rabenseifnerCost, ...cutting },
    ring: { run: allreduceRing, cost: allreduceRingCost, ...cutting },
  },
  reduce_scatter: {
    halving: { run: reduceScatterHalving, cost: reduceScatterHalvingCost, ...cutting },
    pairwise: { run: reduceScatterPairwise, cost: reduceScatterPairwiseCost, ...cutting },
    ordered: { run: reduceScatterOrdered, cost: reduceScatterOrderedCost },
  },
  scan: { 'recursive-doubling': { run: scanRecursiveDoubling, cost: scanRecursiveDoublingCost } },
  exscan: { 'recursive-doubling': { run: exscanRecursiveDoubling, cost: scanRecursiveDoublingCost } },
} as const;

export type Collective = keyof typeof algorithms;
/** The names of a collective's algorithms. */
export type AlgorithmName<C extends Collective> = keyof (typeof algorithms)[C] & string;
