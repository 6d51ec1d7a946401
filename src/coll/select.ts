/**
 * Which algorithm serves a call: the first row of the table that fits its bytes, P and operation. All ranks must
 * come to the same row, so rows may look only at what the standard makes equal on every rank.
 *
 * `MPI4TS_COLL_<COLLECTIVE>=<algorithm>` (for example `MPI4TS_COLL_ALLREDUCE=ring`) overrides the table for calls
 * that the named algorithm can serve; set it for the whole job.
 */
import type { Reducer } from './reducer.js';

interface Algorithm {
  /** The algorithm changes the order of the operands. */
  readonly commuting?: boolean;
  /** The algorithm cuts the message. */
  readonly cutting?: boolean;
}

/** Every algorithm, by collective and name. */
export const algorithms = {
  barrier: { dissemination: {} },
  bcast: { binomial: {}, 'scatter-allgather': {} },
  gather: { binomial: {}, linear: {} },
  scatter: { binomial: {}, linear: {} },
  reduce: { binomial: { commuting: true }, ordered: {} },
  allreduce: {
    'recursive-doubling': {},
    ring: { commuting: true, cutting: true },
    rabenseifner: { commuting: true, cutting: true },
  },
} as const;

export type Collective = keyof typeof algorithms;
/** The names of a collective's algorithms. */
export type AlgorithmName<C extends Collective> = keyof (typeof algorithms)[C] & string;

interface Row<C extends Collective> {
  readonly use: AlgorithmName<C>;
  /** The row holds from this many bytes (of a message; of a block for gather and scatter). */
  readonly fromBytes?: number;
  /** The row holds from this many ranks. */
  readonly fromRanks?: number;
  /** The row holds for numbers of ranks that are (or are not) a power of two. */
  readonly powerOfTwo?: boolean;
}

/**
 * The thresholds follow from the LogGP costs that open the files, with the figures of a transfer between two
 * threads: a = L + 2o ≈ 0.1 µs short and 0.5 µs by rendezvous, G ≈ 0.03 ns/B, γ ≈ 0.1 ns/B.
 */
const table: { readonly [C in Collective]: readonly Row<C>[] } = {
  barrier: [{ use: 'dissemination' }],
  bcast: [
    // P = 4: 2a + 2mG against 5a + 1.5mG meet at m = 100 KB; P = 8 meets at 93 KB. Below 4 ranks the tree moves no
    // byte more often than the ring does.
    { use: 'scatter-allgather', fromBytes: 128 * 1024, fromRanks: 4 },
    { use: 'binomial' },
  ],
  // A tree saves the root (P − 2) overheads of 0.1 µs and copies every block about log2(P)/2 times more, at
  // 0.03–0.1 ns/B: from some KB the copies cost more.
  gather: [{ use: 'linear', fromBytes: 4 * 1024 }, { use: 'binomial' }],
  scatter: [{ use: 'linear', fromBytes: 4 * 1024 }, { use: 'binomial' }],
  reduce: [{ use: 'binomial' }, { use: 'ordered' }],
  allreduce: [
    // P = 2: a + m(G + γ) against 2a + m(G + γ/2) meet at 10 KB; P = 4: 2a + 2m(G + γ) against 4a + m(1.5G + 0.75γ)
    // meet at 7 KB.
    { use: 'rabenseifner', fromBytes: 16 * 1024, powerOfTwo: true },
    // Pairing up the odd ranks costs two more messages of m bytes; the ring does without.
    { use: 'ring', fromBytes: 32 * 1024, powerOfTwo: false },
    { use: 'recursive-doubling' },
  ],
};

function serves(algorithm: Algorithm, reducer: Reducer | undefined): boolean {
  if (reducer === undefined) return true;
  return !(algorithm.commuting && !reducer.commute) && !(algorithm.cutting && reducer.grain === 0);
}

/** The algorithm for a call of `bytes` bytes (see `Row.fromBytes`) among `ranks` ranks. */
export function select<C extends Collective>(
  collective: C,
  bytes: number,
  ranks: number,
  reducer?: Reducer,
  force: AlgorithmName<C> | undefined = forcedByEnvironment(collective),
): AlgorithmName<C> {
  const known = algorithms[collective] as Record<string, Algorithm>;
  if (force !== undefined && serves(known[force], reducer)) return force;
  for (const row of table[collective] as readonly Row<C>[]) {
    if (bytes < (row.fromBytes ?? 0) || ranks < (row.fromRanks ?? 0)) continue;
    if (row.powerOfTwo !== undefined && row.powerOfTwo !== ((ranks & (ranks - 1)) === 0)) continue;
    if (serves(known[row.use], reducer)) return row.use;
  }
  throw new Error(`no ${collective} algorithm serves this operation`);
}

const forced = new Map<Collective, string | undefined>();

/** Reads the environment once per collective: a look-up in `process.env` takes longer than a short message. */
function forcedByEnvironment<C extends Collective>(collective: C): AlgorithmName<C> | undefined {
  if (!forced.has(collective)) forced.set(collective, readOverride(collective, process.env));
  return forced.get(collective) as AlgorithmName<C> | undefined;
}

/** The algorithm that the environment names for a collective; throws a RangeError if there is none of that name. */
export function readOverride(
  collective: Collective,
  environment: Record<string, string | undefined>,
): string | undefined {
  const variable = `MPI4TS_COLL_${collective.toUpperCase()}`;
  const name = environment[variable];
  if (name === undefined || name === '') return undefined;
  const names = Object.keys(algorithms[collective]);
  if (names.includes(name)) return name;
  throw new RangeError(`${variable}=${name}: no such algorithm; choose one of ${names.join(', ')}`);
}
