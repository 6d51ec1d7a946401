/** Checks of the arguments that many calls share. Each error names the call, the value and what is allowed. */
import { ERR_ARG, ERR_RANK, ERR_ROOT, ERR_TAG, Exception, show } from '../base/errors.js';
import { tagMax } from '../base/limits.js';
import { ANY, place, type Scope } from '../engine/ops.js';
import { ANY_SOURCE, ANY_TAG, PROC_NULL } from './constants.js';

/** Options of every blocking call, last in its arguments; the nonblocking ones apply them when awaited. */
export interface CallOptions {
  /** Milliseconds after which the call throws an exception of class `MPI.ERR_TIMEOUT`; > 0, `Infinity` allowed. */
  readonly timeout?: number;
  /** Ends an awaited request. A blocked thread cannot see a signal: blocking calls look at it on entry only. */
  readonly signal?: AbortSignal;
}

/** Whether `rank` is one of the members' ranks. */
export function isRank(rank: number, size: number): boolean {
  return (rank | 0) === rank && rank >= 0 && rank < size;
}

/** Whether `tag` may be sent with: 0 to `tagMax`, the largest 32-bit integer. */
export function isTag(tag: number): boolean {
  return (tag | 0) === tag && tag >= 0;
}

/** World rank of a destination, or PROC_NULL. */
export function destination(scope: Scope, call: string, dest: number): number {
  if (isRank(dest, scope.peers)) return scope.toWorld(dest);
  if (dest === PROC_NULL) return PROC_NULL;
  throw new Exception(
    ERR_RANK,
    `${place(call, scope)}: dest is ${show(dest)}; ${ranks(scope)} or MPI.PROC_NULL`,
  );
}

/** World rank of a source, ANY, or PROC_NULL. */
export function origin(scope: Scope, call: string, source: number): number {
  if (source === ANY_SOURCE) return ANY;
  if (isRank(source, scope.peers)) return scope.toWorld(source);
  if (source === PROC_NULL) return PROC_NULL;
  throw new Exception(
    ERR_RANK,
    `${place(call, scope)}: source is ${show(source)}; ${ranks(scope)}, MPI.ANY_SOURCE or MPI.PROC_NULL`,
  );
}

export function checkRoot(scope: Scope, call: string, root: number): void {
  if (isRank(root, scope.size)) return;
  throw new Exception(ERR_ROOT, `${place(call, scope)}: root is ${show(root)}; ${ranks(scope)}`);
}

export function checkSendTag(scope: Scope, call: string, tag: number): void {
  if (isTag(tag)) return;
  throw new Exception(
    ERR_TAG,
    `${place(call, scope)}: tag is ${show(tag)}; it must be an integer from 0 to ${tagMax}`,
  );
}

export function checkRecvTag(scope: Scope, call: string, tag: number): void {
  if (isTag(tag) || tag === ANY_TAG) return;
  throw new Exception(
    ERR_TAG,
    `${place(call, scope)}: tag is ${show(tag)}; it must be an integer from 0 to ${tagMax}, or MPI.ANY_TAG`,
  );
}

/** The instant, on the clock of `performance.now`, at which a call gives up. Throws if its signal was aborted. */
export function deadlineOf(where: string, options: CallOptions | undefined): number {
  if (options === undefined) return Number.POSITIVE_INFINITY;
  if (typeof options !== 'object' || options === null) {
    throw new Exception(ERR_ARG, `${where}: the options are ${show(options)}; pass { timeout, signal }`);
  }
  const { timeout, signal } = options;
  if (signal !== undefined) {
    if (!(signal instanceof AbortSignal)) {
      throw new Exception(ERR_ARG, `${where}: signal is ${show(signal)}; pass an AbortSignal`);
    }
    signal.throwIfAborted();
  }
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  if (typeof timeout !== 'number' || !(timeout > 0)) {
    throw new Exception(
      ERR_ARG,
      `${where}: timeout is ${show(timeout)}; it must be a number of milliseconds above 0 (to poll, use Test or Iprobe)`,
    );
  }
  return performance.now() + timeout;
}

function ranks(scope: Scope): string {
  return `it must be an integer from 0 to ${scope.peers - 1}`;
}
