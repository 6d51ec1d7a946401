/** What a work is run with where the user leaves it open, and what it cannot be run with. */
import { usableCores } from '../launcher/job/cores.js';
import { UsageError } from '../launcher/usage.js';
import { blockWorks, isOfObjects, reductions, type Work } from './contract.js';
import { formatSize, type Options, parseSizes, sizeBytesMax } from './options.js';

/** A work with nothing left open. */
export interface Plan {
  readonly work: Work;
  readonly ranks: number;
  readonly sizes: readonly number[];
  readonly blocks: number;
  readonly options: Options;
}

interface Defaults {
  readonly ranks: () => number;
  /** As for `--sizes`; a number: the message has this size and no other. */
  readonly sizes: string | number;
}

const two = () => 2;
const atLeastTwo = () => Math.max(2, usableCores());

const collective: Defaults = { ranks: two, sizes: '4:1M' };
const ofObjects: Defaults = { ranks: two, sizes: '1K' };

const defaults: Readonly<Record<Work, Defaults>> = {
  latency: { ranks: two, sizes: '0:4M' },
  bandwidth: { ranks: two, sizes: '1:4M' },
  bibw: { ranks: two, sizes: '1:4M' },
  'message-rate': { ranks: two, sizes: '1:4K' },
  'multi-latency': { ranks: () => 2 * Math.max(1, Math.floor(usableCores() / 2)), sizes: '0:64K' },
  ring: { ranks: atLeastTwo, sizes: 8 },
  barrier: { ranks: atLeastTwo, sizes: 0 },
  bcast: collective,
  reduce: collective,
  allreduce: collective,
  'reduce-scatter': collective,
  scan: collective,
  gather: collective,
  scatter: collective,
  allgather: collective,
  alltoall: collective,
  'object-bcast': ofObjects,
  'object-allreduce': ofObjects,
};

/** Blocks of a comparison. */
export const blocksVersus = 15;
/** Blocks without one: one more than the fewest that give a median an interval. */
export const blocksAlone = 7;

function sizesOf(work: Work, { sizes }: Options): readonly number[] {
  const own = defaults[work].sizes;
  if (typeof own === 'string') return sizes ?? parseSizes(own);
  if (sizes === undefined) return [own];
  const messages = own === 0 ? 'no messages' : `messages of ${own} bytes only`;
  throw new UsageError(`--sizes: ${work} has ${messages}; leave the option out`);
}

function checkSizes(work: Work, ranks: number, sizes: readonly number[]): void {
  const odd = sizes.find((size) => size % 4 !== 0);
  if (reductions.includes(work) && odd !== undefined)
    throw new UsageError(`--sizes: ${work} adds floats of 4 bytes; give multiples of 4, not ${odd}`);
  const blocksMax = Math.floor(sizeBytesMax / ranks);
  const large = sizes.find((size) => size > blocksMax);
  if (blockWorks.includes(work) && large !== undefined)
    throw new UsageError(
      `--sizes: a buffer of ${work} has a block for each of ${ranks} ranks; give up to ${blocksMax} bytes, not ${formatSize(large)}`,
    );
}

/** @throws UsageError for options that the work cannot be run with. */
export function planOf(work: Work, options: Options): Plan {
  const ranks = options.ranks ?? defaults[work].ranks();
  if (ranks < 2) throw new UsageError(`--ranks ${ranks}: ${work} needs at least 2`);
  if (work === 'multi-latency' && ranks % 2 === 1)
    throw new UsageError(`--ranks ${ranks}: ${work} needs pairs; give ${ranks - 1} or ${ranks + 1}`);
  if (isOfObjects(work) && options.buffers === 'rotate')
    throw new UsageError(`--buffers rotate: ${work} has no buffers; leave the option out`);
  const blocks = options.blocks ?? (options.versus.length > 0 ? blocksVersus : blocksAlone);
  const sizes = sizesOf(work, options);
  checkSizes(work, ranks, sizes);
  return { work, ranks, sizes, blocks, options };
}
