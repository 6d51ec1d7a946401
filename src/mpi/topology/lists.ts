/** Checks of the lists that describe topologies. */
import { ERR_ARG, Exception, show } from '../../base/errors.js';

/** An array or typed array. */
export function isList(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** The integers of a list, each from `least` to `most`; ERR_ARG, or `errorClass` for a wrong entry. */
export function integers(
  where: string,
  role: string,
  list: unknown,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
  errorClass = ERR_ARG,
): number[] {
  if (!isList(list))
    throw new Exception(ERR_ARG, `${where}: ${role} is ${show(list)}; it must be a list of integers`);
  const values = Array.from(list);
  const at = values.findIndex((value) => !Number.isInteger(value) || value < least || value > most);
  if (at < 0) return values;
  const limits =
    most === Number.MAX_SAFE_INTEGER ? `an integer >= ${least}` : `an integer from ${least} to ${most}`;
  throw new Exception(errorClass, `${where}: ${role}[${at}] is ${show(values[at])}; it must be ${limits}`);
}

/** One yes or no for each of `count` dimensions; one for all, or none given: `all`. */
export function flags(where: string, role: string, list: unknown, count: number, all?: boolean): boolean[] {
  if (all !== undefined && (list === undefined || list === null)) return new Array<boolean>(count).fill(all);
  if (all !== undefined && typeof list === 'boolean') return new Array<boolean>(count).fill(list);
  if (!isList(list))
    throw new Exception(ERR_ARG, `${where}: ${role} is ${show(list)}; it must be a list of booleans`);
  if (list.length !== count) {
    throw new Exception(
      ERR_ARG,
      `${where}: ${role} has ${list.length} entries; it must have one for each of the ${count} dimensions`,
    );
  }
  const values = Array.from(list as ArrayLike<unknown>);
  const wrong = values.find((value) => typeof value !== 'boolean' && value !== 0 && value !== 1);
  if (wrong === undefined) return values.map(Boolean);
  throw new Exception(ERR_ARG, `${where}: ${role} has ${show(wrong)}; each must be true or false`);
}

/** The entries of a list that must have `count` of them. */
export function checkLength(where: string, role: string, list: readonly unknown[], count: number): void {
  if (list.length === count) return;
  throw new Exception(ERR_ARG, `${where}: ${role} has ${list.length} entries; it must have ${count}`);
}
