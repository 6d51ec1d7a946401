/** The options of `mpi4ts bench NAME`: the same for every benchmark, which takes what concerns it. */
import { parseArgs } from 'node:util';
import { UsageError } from '../launcher/usage.js';
import { ranksMax } from '../src/base/limits.js';

/** Largest message of a benchmark. A block keeps two such buffers a rank and direction, at least. */
export const sizeBytesMax = 1024 ** 3;

/** Most repetitions of one size in one block. */
export const iterationsMax = 1e9;

/** Most blocks of a run. */
export const blocksMax = 10_000;

/** Longest `--time`: an hour for each size of each block. */
export const secondsMax = 3600;

/** What ranks are and what they talk over, and how `mpirun` is told: shared memory where no sockets are named. */
export const ways = {
  threads: [],
  processes: ['--processes'],
  tcp: ['--transport', 'tcp'],
  unix: ['--transport', 'unix'],
  'processes-tcp': ['--processes', '--transport', 'tcp'],
  'processes-unix': ['--processes', '--transport', 'unix'],
} as const;
export type TransportName = keyof typeof ways;
const transports = Object.keys(ways) as TransportName[];

/** What our own jobs run on. */
export interface Way {
  readonly transport: TransportName;
  /** False: without the addon, in pure TypeScript. */
  readonly native: boolean;
}

/** What the user asks for. Absent: the benchmark chooses. */
export interface Options extends Way {
  readonly ranks?: number;
  /** Bytes of a message, in the order given. */
  readonly sizes?: readonly number[];
  /** Rounds of each size in each block; absent: as many as take `seconds`. */
  readonly iterations?: number;
  /** Time for each size in each block. */
  readonly seconds: number;
  /** The same buffer for every message, or the next of many: see bench/contract.ts. */
  readonly buffers: 'reuse' | 'rotate';
  /** Receivers check every byte. */
  readonly validate: boolean;
  /** Print one JSON object instead of the table. */
  readonly json: boolean;
  /** A file to draw the result to, as SVG. */
  readonly plot?: string;
  /** How often each contender's program is started; each start gives one sample of each size. */
  readonly blocks?: number;
  /** Names of those to compare with. */
  readonly versus: readonly string[];
  /** The job uses every kind of buffer, datatype and call before it measures. */
  readonly mixed: boolean;
}

const KINDS = {
  ranks: 'string',
  transport: 'string',
  sizes: 'string',
  iterations: 'string',
  time: 'string',
  buffers: 'string',
  validate: 'boolean',
  json: 'boolean',
  plot: 'string',
  blocks: 'string',
  versus: 'string',
  'no-native': 'boolean',
  mixed: 'boolean',
} as const;

function wholeNumber(option: string, text: string, max: number, what: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw new UsageError(`${option} ${text}: give ${what} from 1 to ${max}`);
}

function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`${option} ${text}: give ${choices.join(' or ')}`);
}

const SIZES_REMEDY = "give bytes as in '8', '0,8,64K' or '0:4M', with K, M or G for powers of 1024";

function parseSize(text: string, all: string): number {
  const [, digits, unit = ''] = /^(\d{1,12})([KMG]?)$/i.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`--sizes ${all}: '${text}' is no size; ${SIZES_REMEDY}`);
  const size = Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit.toUpperCase());
  if (size <= sizeBytesMax) return size;
  throw new UsageError(
    `--sizes ${all}: '${text}' is too large; the largest message is ${formatSize(sizeBytesMax)}`,
  );
}

/**
 * Sizes in bytes from a list of sizes and ranges: `8`, `0,8,64`, `1K:64K`. A range holds both its ends and the
 * powers of two between them.
 * @throws UsageError naming the part that is wrong.
 */
export function parseSizes(text: string): number[] {
  const sizes = text.split(',').flatMap((part) => {
    const ends = part.split(':');
    const [from, to = from] = ends.map((end) => parseSize(end, text));
    if (ends.length > 2) throw new UsageError(`--sizes ${text}: '${part}' has two colons; ${SIZES_REMEDY}`);
    if (from > to)
      throw new UsageError(`--sizes ${text}: '${part}' runs backwards; give ${ends[1]}:${ends[0]}`);
    const range = [from];
    for (let size = 1; size < to; size *= 2) if (size > from) range.push(size);
    return to > from ? [...range, to] : range;
  });
  const twice = sizes.find((size, i) => sizes.indexOf(size) < i);
  if (twice === undefined) return sizes;
  throw new UsageError(`--sizes ${text}: ${formatSize(twice)} is in it twice; give each size once`);
}

/** `4194304` as `4M`; what is no whole number of K, M or G stays in bytes. */
export function formatSize(size: number): string {
  const unit = ['G', 'M', 'K'].findIndex((_, i) => size > 0 && size % 1024 ** (3 - i) === 0);
  return unit < 0 ? String(size) : `${size / 1024 ** (3 - unit)}${'GMK'[unit]}`;
}

function parseSeconds(text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (seconds > 0 && seconds <= secondsMax) return seconds;
  throw new UsageError(`--time ${text}: give seconds greater than 0, up to ${secondsMax}`);
}

function parseNames(text: string): string[] {
  const names = text.split(',');
  if (names.includes(''))
    throw new UsageError(`--versus ${text}: give names with commas between, as in 'openmpi,mpich'`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return names;
  throw new UsageError(`--versus ${text}: '${twice}' is in it twice; give each name once`);
}

/** The options as written, by name; a flag's text is empty. */
function readWords(words: readonly string[]): Map<string, string> {
  const options = Object.fromEntries(Object.entries(KINDS).map(([name, type]) => [name, { type }]));
  const { tokens } = parseArgs({ args: [...words], options, strict: false, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError(`'${token.value}' is one word too many (see mpi4ts bench --help)`);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const kind =
      rawName === `--${name}` && Object.hasOwn(KINDS, name) ? KINDS[name as keyof typeof KINDS] : undefined;
    if (kind === undefined) throw new UsageError(`unknown option ${rawName} (see mpi4ts bench --help)`);
    if (kind === 'boolean' && value !== undefined)
      throw new UsageError(`${rawName} takes no value (got '${value}')`);
    if (kind === 'string' && !value)
      throw new UsageError(`${rawName} needs a value (see mpi4ts bench --help)`);
    given.set(name, value ?? '');
  }
  return given;
}

/**
 * Reads the options that follow the benchmark's name. Of an option given twice the last counts.
 * @throws UsageError naming the word that is wrong, and what to do.
 */
export function parseOptions(words: readonly string[]): Options {
  const given = readWords(words);
  const read = <T>(name: keyof typeof KINDS, parse: (text: string) => T): T | undefined => {
    const text = given.get(name);
    return text === undefined ? undefined : parse(text);
  };
  if (given.has('iterations') && given.has('time'))
    throw new UsageError('--iterations and --time exclude each other: give one of them');
  const ranks = read('ranks', (text) => wholeNumber('--ranks', text, ranksMax, 'a number of ranks'));
  const sizes = read('sizes', parseSizes);
  const iterations = read('iterations', (text) =>
    wholeNumber('--iterations', text, iterationsMax, 'a number of rounds'),
  );
  const blocks = read('blocks', (text) => wholeNumber('--blocks', text, blocksMax, 'a number of blocks'));
  const plot = given.get('plot');
  const native = !given.has('no-native');
  const transport = read('transport', (text) => oneOf('--transport', text, transports)) ?? 'threads';
  if (!native && transport !== 'threads')
    throw new UsageError(`--transport ${transport} needs the addon: leave out --no-native`);
  return {
    ...(ranks !== undefined && { ranks }),
    transport,
    ...(sizes !== undefined && { sizes }),
    ...(iterations !== undefined && { iterations }),
    seconds: read('time', parseSeconds) ?? 0.1,
    buffers: read('buffers', (text) => oneOf('--buffers', text, ['reuse', 'rotate'] as const)) ?? 'reuse',
    validate: given.has('validate'),
    json: given.has('json'),
    ...(plot !== undefined && { plot }),
    ...(blocks !== undefined && { blocks }),
    versus: read('versus', parseNames) ?? [],
    native,
    mixed: given.has('mixed'),
  };
}
