/** Checks of what the constructors of datatypes are given. */
import { ERR_ARG, ERR_COUNT, Exception, show } from '../../base/errors.js';

/** A count: an integer ≥ 0. */
export function count(value: unknown, call: string, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Exception(ERR_COUNT, `${call}: ${what} is ${show(value)}; it must be an integer ≥ 0`);
}

/** A stride, displacement or bound: any integer that is exact. */
export function integer(value: unknown, call: string, what: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new Exception(ERR_ARG, `${call}: ${what} is ${show(value)}; it must be an integer`);
}

/** An integer from `least` to `most`. */
export function within(value: unknown, least: number, most: number, call: string, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  throw new Exception(ERR_ARG, `${call}: ${what} is ${show(value)}; it must be an integer ${range}`);
}

type Check = (value: unknown, call: string, what: string) => number;

/** A list of `length` checked numbers; of any length if that is not given. */
export function list(values: unknown, check: Check, call: string, what: string, length?: number): number[] {
  const numbers = anyList(values, call, what, length);
  return numbers.map((value, i) => check(value, call, `${what}[${i}]`));
}

/** A list, or what is like one, as an array. */
export function anyList(values: unknown, call: string, what: string, length?: number): unknown[] {
  const isList =
    typeof values === 'object' &&
    values !== null &&
    Number.isSafeInteger((values as { length?: unknown }).length);
  if (!isList) throw new Exception(ERR_ARG, `${call}: ${what} is ${show(values)}; pass a list of integers`);
  const found = (values as ArrayLike<unknown>).length;
  if (length !== undefined && found !== length) {
    throw new Exception(ERR_ARG, `${call}: ${what} has ${found} items; ${length} are needed`);
  }
  return Array.from(values as ArrayLike<unknown>);
}
