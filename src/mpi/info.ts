/** Info objects: hints as pairs of strings (MPI-4.1 §10). */
import {
  ERR_ARG,
  ERR_INFO,
  ERR_INFO_KEY,
  ERR_INFO_NOKEY,
  ERR_INFO_VALUE,
  Exception,
  show,
} from '../base/errors.js';
import { MAX_INFO_KEY, MAX_INFO_VAL } from './constants.js';
import { seat } from './runtime.js';

/** Pairs of an info object: an object of strings, a Map, another info, or a list of pairs. */
export type InfoItems =
  | Iterable<readonly [key: string, value: string]>
  | { readonly [key: string]: string | undefined };

type Kind = 'null' | 'environment' | 'own';

/**
 * An ordered set of (key, value) pairs of strings, local to this rank. Beside the standard's calls it can be used as
 * mpi4py's dictionary, or as a `Map`: `has`, `get`, `set`, `delete`, `size`, `for…of`.
 */
export class Info implements Iterable<[key: string, value: string]> {
  readonly #pairs: Map<string, string>;
  #kind: Kind;

  /** @internal */
  constructor(pairs: Map<string, string>, kind: Kind = 'own') {
    this.#pairs = pairs;
    this.#kind = kind;
  }

  /** A new info (MPI-4.1 §10), empty or with `items`. Errors are those of `Set`. */
  static Create(items?: InfoItems | null): Info {
    const info = new Info(new Map());
    if (items !== undefined && items !== null) info.#add('Info.Create', items);
    return info;
  }

  /** A new info with what `MPI.INFO_ENV` tells (MPI-4.1 §10); the command is `args` where they are given. */
  static Create_env(args?: readonly string[] | null): Info {
    if (args === undefined || args === null) return new Info(environment(process.argv.slice(1)));
    if (!Array.isArray(args) || args.some((arg) => typeof arg !== 'string'))
      throw new Exception(ERR_ARG, `Info.Create_env: args is ${show(args)}; it must be a list of strings`);
    return new Info(environment(args));
  }

  /** A new info with the same pairs in the same order (MPI-4.1 §10). */
  Dup(): Info {
    this.#check('Info.Dup');
    return new Info(new Map(this.#pairs));
  }

  /** Gives the info up (MPI-4.1 §10): it is then like `MPI.INFO_NULL`. ERR_INFO for a predefined one. */
  Free(): void {
    this.#checkOwn('Info.Free');
    this.#pairs.clear();
    this.#kind = 'null';
  }

  /** The value of a key, or null if it has none (MPI-4.1 §10). ERR_INFO_KEY for what cannot be a key. */
  Get(key: string): string | null {
    this.#check('Info.Get');
    checkKey('Info.Get', key);
    return this.#pairs.get(key) ?? null;
  }

  /**
   * Adds a pair, or replaces the key's value (MPI-4.1 §10). ERR_INFO_KEY unless `key` is a string of 1 to
   * `MPI.MAX_INFO_KEY` characters, ERR_INFO_VALUE unless `value` is one of at most `MPI.MAX_INFO_VAL`.
   */
  Set(key: string, value: string): void {
    this.#put('Info.Set', key, value);
  }

  /** Deletes a pair (MPI-4.1 §10). ERR_INFO_NOKEY if there is none. */
  Delete(key: string): void {
    this.#checkOwn('Info.Delete');
    checkKey('Info.Delete', key);
    if (!this.#pairs.delete(key)) throw noKey('Info.Delete', key);
  }

  /** The number of pairs (MPI-4.1 §10). */
  Get_nkeys(): number {
    this.#check('Info.Get_nkeys');
    return this.#pairs.size;
  }

  /** The key of number `n`, from 0 on, in the order in which they were set (MPI-4.1 §10). ERR_ARG beyond the last. */
  Get_nthkey(n: number): string {
    this.#check('Info.Get_nthkey');
    const key = Number.isInteger(n) && n >= 0 ? [...this.#pairs.keys()][n] : undefined;
    if (key !== undefined) return key;
    throw new Exception(
      ERR_ARG,
      `Info.Get_nthkey: n is ${show(n)}; it must be an integer from 0 to one less than the number of keys, ${this.#pairs.size}`,
    );
  }

  /** The number of pairs. */
  get size(): number {
    return this.Get_nkeys();
  }

  /** Whether the key has a value. */
  has(key: string): boolean {
    this.#check('Info.has');
    return this.#pairs.has(key);
  }

  /** The value of a key, or `fallback`. */
  get(key: string): string | undefined;
  get<T>(key: string, fallback: T): string | T;
  get(key: string, fallback?: unknown): unknown {
    this.#check('Info.get');
    return this.#pairs.get(key) ?? fallback;
  }

  /** `Set`, and returns the info. */
  set(key: string, value: string): this {
    this.#put('Info.set', key, value);
    return this;
  }

  /** Deletes a pair; whether there was one. */
  delete(key: string): boolean {
    this.#checkOwn('Info.delete');
    return this.#pairs.delete(key);
  }

  /** The value of a key, which is deleted, or `fallback`. ERR_INFO_NOKEY if it has none and no fallback is given. */
  pop(key: string): string;
  pop<T>(key: string, fallback: T): string | T;
  pop(key: string, ...fallback: unknown[]): unknown {
    this.#checkOwn('Info.pop');
    const value = this.#pairs.get(key);
    if (value === undefined && fallback.length === 0) throw noKey('Info.pop', key);
    this.#pairs.delete(key);
    return value ?? fallback[0];
  }

  /** The pair that was set last, which is deleted. ERR_INFO_NOKEY if there is none. */
  popitem(): [key: string, value: string] {
    this.#checkOwn('Info.popitem');
    const last = [...this.#pairs].at(-1);
    if (last === undefined) throw new Exception(ERR_INFO_NOKEY, 'Info.popitem: the info is empty');
    this.#pairs.delete(last[0]);
    return last;
  }

  /** Sets all pairs of `items`, or none if one of them is refused. Errors are those of `Set`. */
  update(items: InfoItems): void {
    this.#add('Info.update', items);
  }

  /** `Dup`. */
  copy(): Info {
    return this.Dup();
  }

  /** Deletes all pairs. */
  clear(): void {
    this.#checkOwn('Info.clear');
    this.#pairs.clear();
  }

  /** The keys, in the order in which they were set. */
  keys(): IterableIterator<string> {
    this.#check('Info.keys');
    return this.#pairs.keys();
  }

  /** The values, in the order of their keys. */
  values(): IterableIterator<string> {
    this.#check('Info.values');
    return this.#pairs.values();
  }

  /** The pairs, in the order of their keys. */
  items(): IterableIterator<[key: string, value: string]> {
    this.#check('Info.items');
    return this.#pairs.entries();
  }

  /** The pairs: for `for…of`, and `new Map(info)`. */
  [Symbol.iterator](): IterableIterator<[key: string, value: string]> {
    return this.items();
  }

  /** @internal Whether it holds nothing and can hold nothing. */
  get isNull(): boolean {
    return this.#kind === 'null';
  }

  #put(call: string, key: string, value: string): void {
    this.#checkOwn(call);
    checkPair(call, key, value);
    this.#pairs.set(key, value);
  }

  #add(call: string, items: InfoItems): void {
    this.#checkOwn(call);
    const pairs = pairsOf(call, items);
    for (const [key, value] of pairs) checkPair(call, key, value);
    for (const [key, value] of pairs) this.#pairs.set(key, value);
  }

  #check(call: string): void {
    if (this.#kind === 'null')
      throw new Exception(
        ERR_INFO,
        `${call}: the info is MPI.INFO_NULL, or was freed; make one with Info.Create`,
      );
  }

  #checkOwn(call: string): void {
    this.#check(call);
    if (this.#kind === 'environment')
      throw new Exception(ERR_INFO, `${call}: MPI.INFO_ENV cannot be changed; take a copy with Dup`);
  }
}

function pairsOf(call: string, items: InfoItems): [string, string][] {
  if (typeof items !== 'object' || items === null)
    throw new Exception(
      ERR_ARG,
      `${call}: items is ${show(items)}; pass an object of strings or a list of pairs`,
    );
  if (!(Symbol.iterator in items)) return Object.entries(items) as [string, string][];
  return Array.from(items as Iterable<readonly [string, string]>, (pair) => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]];
    throw new Exception(ERR_ARG, `${call}: ${show(pair)} is no pair [key, value]`);
  });
}

function checkPair(call: string, key: string, value: string): void {
  checkKey(call, key);
  if (typeof value === 'string' && value.length <= MAX_INFO_VAL) return;
  const what = typeof value === 'string' ? `a string of ${value.length} characters` : show(value);
  throw new Exception(
    ERR_INFO_VALUE,
    `${call}: the value of ${show(key)} is ${what}; it must be a string of at most ${MAX_INFO_VAL} characters`,
  );
}

function checkKey(call: string, key: string): void {
  if (typeof key === 'string' && key.length > 0 && key.length <= MAX_INFO_KEY) return;
  const what = typeof key === 'string' ? `a string of ${key.length} characters` : show(key);
  throw new Exception(
    ERR_INFO_KEY,
    `${call}: key is ${what}; it must be a string of 1 to ${MAX_INFO_KEY} characters`,
  );
}

function noKey(call: string, key: string): Exception {
  return new Exception(ERR_INFO_NOKEY, `${call}: the info has no key ${show(key)}`);
}

/** How the job was started, under the standard's keys (MPI-4.1 §10, `MPI_INFO_ENV`). */
function environment(command: readonly string[]): Map<string, string> {
  const [program = '', ...args] = command;
  const pairs = new Map([
    ['command', program],
    ['argv', args.join(' ')],
    ['maxprocs', `${seat.size}`],
    ['arch', process.arch],
    ['wdir', process.cwd()],
    ['thread_level', 'MPI_THREAD_MULTIPLE'],
  ]);
  for (const [key, value] of pairs) pairs.set(key, value.slice(0, MAX_INFO_VAL));
  return pairs;
}

/** No info: what calls take where there are no hints (MPI-4.1 §10). */
export const INFO_NULL = new Info(new Map(), 'null');
/** How the job was started: `command`, `argv`, `maxprocs`, `arch`, `wdir`, `thread_level` (MPI-4.1 §10). Read-only. */
export const INFO_ENV = new Info(environment(process.argv.slice(1)), 'environment');
