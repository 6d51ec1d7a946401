/**
 * Which algorithm serves a call: of those that can, the one whose cost, as its file predicts it, is least. All ranks must
 * come to the same one, so it depends only on what the standard makes equal on every rank: the collective, the
 * bytes, the number of ranks, the operation.
 *
 * `MPI4TS_COLL_<COLLECTIVE>=<algorithm>` (for example `MPI4TS_COLL_ALLREDUCE=ring`) overrides the choice for calls
 * that the named algorithm can serve; set it for the whole job.
 */
import { type AlgorithmName, algorithms, type Collective, type Limits } from './algorithms.js';
import { type Model, memory, network } from './model.js';
import type { Reducer } from './reducer.js';

interface Entry extends Limits {
  readonly cost: (model: Model, ranks: number, bytes: number) => number;
}

/** The operation may not see its operands in another order. */
const ORDERED = 2;
/** It may see whole messages only. */
const WHOLE = 1;

function demandsOf(reducer: Reducer | undefined): number {
  return reducer === undefined ? 0 : (reducer.commute ? 0 : ORDERED) | (reducer.grain === 0 ? WHOLE : 0);
}

function serves({ commuting, cutting, fits }: Entry, ranks: number, demands: number): boolean {
  if (commuting && (demands & ORDERED) !== 0) return false;
  if (cutting && (demands & WHOLE) !== 0) return false;
  return fits === undefined || fits(ranks);
}

function costOf(collective: Collective, name: string, model: Model, ranks: number, bytes: number): number {
  return (algorithms[collective] as Record<string, Entry>)[name].cost(model, ranks, bytes);
}

/** The cheapest algorithm for messages of about `bytes` bytes. */
function cheapest(
  collective: Collective,
  model: Model,
  ranks: number,
  bytes: number,
  demands: number,
): string {
  let best = '';
  let least = Number.POSITIVE_INFINITY;
  for (const [name, entry] of Object.entries<Entry>(algorithms[collective])) {
    const cost = serves(entry, ranks, demands) ? entry.cost(model, ranks, bytes) : Number.POSITIVE_INFINITY;
    if (cost < least) [best, least] = [name, cost];
  }
  return best;
}

/** Bytes that share a choice: 0, 1, 2 to 3, 4 to 7, … */
function sizeClass(bytes: number): number {
  return bytes < 2 ** 31 ? 32 - Math.clz32(bytes) : 1 + Math.floor(Math.log2(bytes));
}

/** The middle of a class. */
function typicalBytes(size: number): number {
  return size === 0 ? 0 : 2 ** (size - 0.5);
}

const SIZES = 64;

/** The choices made for a model, by collective, then by ranks, size and demands: a look-up must not take longer than a message. */
type Choices = Record<Collective, Map<number, string>>;

function noChoices(): Choices {
  return Object.fromEntries(Object.keys(algorithms).map((name) => [name, new Map()])) as unknown as Choices;
}

const inMemory = noChoices();
const overNetwork = noChoices();

/** `cheapest`, computed once for each class of sizes. */
function choose(collective: Collective, model: Model, ranks: number, bytes: number, demands: number): string {
  const chosen = (model === memory ? inMemory : overNetwork)[collective];
  const size = sizeClass(bytes);
  const key = (ranks * SIZES + size) * 4 + demands;
  let name = chosen.get(key);
  if (name === undefined) {
    name = cheapest(collective, model, ranks, typicalBytes(size), demands);
    chosen.set(key, name);
  }
  return name;
}

/** The algorithm for a call of `bytes` bytes (see the collective in `algorithms.ts`) among `ranks` ranks. */
export function select<C extends Collective>(
  collective: C,
  model: Model,
  bytes: number,
  ranks: number,
  reducer?: Reducer,
  force: AlgorithmName<C> | undefined = forcedByEnvironment(collective),
): AlgorithmName<C> {
  const demands = demandsOf(reducer);
  if (force !== undefined && serves(algorithms[collective][force] as Entry, ranks, demands)) return force;
  return choose(collective, model, ranks, bytes, demands) as AlgorithmName<C>;
}

/** Predicted nanoseconds of such a call, where nothing is combined. */
export function predict(collective: Collective, model: Model, bytes: number, ranks: number): number {
  return costOf(collective, select(collective, model, bytes, ranks), model, ranks, bytes);
}

/** Served by shared memory as well: see `shared/`. */
const sharing = [
  'barrier',
  'bcast',
  'gather',
  'scatter',
  'allgather',
  'alltoall',
  'reduce',
  'allreduce',
  'reduce_scatter',
  'scan',
  'exscan',
] as const satisfies readonly Collective[];
export type SharedCollective = (typeof sharing)[number];
const SHARED = 'shared';

/** Go in two levels where ranks of several hosts take part: see `hierarchy/`. */
const layered: readonly Collective[] = [
  'barrier',
  'bcast',
  'gather',
  'scatter',
  'allgather',
  'allgatherv',
  'alltoall',
  'reduce',
  'allreduce',
  'reduce_scatter',
  'scan',
  'exscan',
];
const IN_LEVELS = 'hierarchical';

/** What is taken before any of the algorithms, and for which collectives. */
export const waysBefore: Readonly<Record<string, readonly Collective[]>> = {
  [SHARED]: sharing,
  [IN_LEVELS]: layered,
};

const forced: Partial<Record<Collective, string | null>> = {};

/** Reads the environment once per collective: a look-up in `process.env` takes longer than a short message. */
function forcedByEnvironment<C extends Collective>(collective: C): AlgorithmName<C> | undefined {
  let name = forced[collective];
  if (name === undefined) {
    name = readOverride(collective, process.env) ?? null;
    forced[collective] = name;
  }
  // Of the messages of each level, and of those beside shared memory, nothing was said.
  return name === null || name === SHARED || name === IN_LEVELS ? undefined : (name as AlgorithmName<C>);
}

/** Whether a collective may use shared memory, or go in two levels: unless the environment names an algorithm by messages. */
export function isOpen(collective: Collective): boolean {
  return forcedByEnvironment(collective) === undefined;
}

/** The variable that overrides the choice for a collective. */
export function overrideVariable(collective: Collective): string {
  return `MPI4TS_COLL_${collective.toUpperCase()}`;
}

/** The algorithm that the environment names for a collective; throws a RangeError if there is none of that name. */
export function readOverride(
  collective: Collective,
  environment: Record<string, string | undefined>,
): string | undefined {
  const variable = overrideVariable(collective);
  const name = environment[variable];
  if (name === undefined || name === '') return undefined;
  const names = Object.keys(algorithms[collective]);
  if ((sharing as readonly Collective[]).includes(collective)) names.push(SHARED);
  if (layered.includes(collective)) names.push(IN_LEVELS);
  if (names.includes(name)) return name;
  throw new RangeError(`${variable}=${name}: no such algorithm; choose one of ${names.join(', ')}`);
}

/** From `fromBytes` on (up to the next row) a collective among `ranks` ranks is served by `use`. */
export interface Row {
  readonly collective: Collective;
  readonly model: string;
  readonly ranks: number;
  readonly fromBytes: number;
  readonly use: string;
  /** Predicted microseconds at the first size of the row. */
  readonly predictedUs: number;
}

/** What the selection comes to, for operations that commute, up to 1 GiB: the table of `mpi4ts info --collectives`. */
export function selectionTable(ranks: readonly number[]): Row[] {
  const rows: Row[] = [];
  for (const collective of Object.keys(algorithms) as Collective[]) {
    for (const model of [memory, network]) {
      for (const count of ranks) {
        let last = '';
        for (let size = 0; size <= 31; size++) {
          const use = cheapest(collective, model, count, typicalBytes(size), 0);
          const fromBytes = size === 0 ? 0 : 2 ** (size - 1);
          const predicted = costOf(collective, use, model, count, fromBytes);
          const row = { collective, model: model.name, ranks: count, fromBytes, use };
          if (use !== last) rows.push({ ...row, predictedUs: predicted / 1000 });
          last = use;
        }
      }
    }
  }
  return rows;
}
