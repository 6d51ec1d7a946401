/** The calls that complete many requests (MPI-4.1 §3.7.5). */
import { ERR_IN_STATUS, ERR_REQUEST, ERR_TIMEOUT, Exception, SUCCESS, show } from '../base/errors.js';
import { type CallOptions, deadlineOf } from './arguments.js';
import { UNDEFINED } from './constants.js';
import type { Request } from './request.js';
import { engine } from './runtime.js';
import { Status } from './status.js';

type Requests = readonly Request<unknown>[];
type Statuses = Status[] | null | undefined;

export function Waitall(requests: Requests, statuses: Statuses, opts: CallOptions | undefined): true {
  check('Waitall', requests);
  const deadline = deadlineOf('Waitall', opts);
  engine.shortPath.passBy(null);
  for (const request of requests) {
    if (!request.block(deadline)) throw expired('Waitall', requests, opts);
  }
  endAll('Waitall', requests, statuses);
  return true;
}

export function Testall(requests: Requests, statuses: Statuses): boolean {
  check('Testall', requests);
  for (const request of requests) if (!request.poll()) return false;
  endAll('Testall', requests, statuses);
  return true;
}

export function Waitany(
  requests: Requests,
  status: Status | null | undefined,
  opts: CallOptions | undefined,
): number {
  return waitFirst('Waitany', requests, status, opts)[0];
}

export function Testany(
  requests: Requests,
  status: Status | null | undefined,
): [index: number, flag: boolean] {
  check('Testany', requests);
  if (noneActive(requests)) {
    status?.setEmpty();
    return [UNDEFINED, true];
  }
  engine.progress();
  const index = requests.findIndex((request) => request.active && request.poll());
  if (index < 0) return [UNDEFINED, false];
  requests[index].end(status);
  return [index, true];
}

export function Waitsome(
  requests: Requests,
  statuses: Statuses,
  opts: CallOptions | undefined,
): number[] | null {
  check('Waitsome', requests);
  const deadline = deadlineOf('Waitsome', opts);
  if (noneActive(requests)) return null;
  if (!waitForOne('Waitsome', requests, deadline)) throw expired('Waitsome', requests, opts);
  return finishSome('Waitsome', requests, statuses);
}

export function Testsome(requests: Requests, statuses: Statuses): number[] | null {
  check('Testsome', requests);
  if (noneActive(requests)) return null;
  for (const request of requests) if (request.active) request.poll();
  return finishSome('Testsome', requests, statuses);
}

export function waitall<T>(
  requests: readonly Request<T>[],
  statuses: Statuses,
  opts: CallOptions | undefined,
): T[] {
  check('waitall', requests);
  const deadline = deadlineOf('waitall', opts);
  for (const request of requests) {
    if (!request.block(deadline)) throw expired('waitall', requests, opts);
  }
  return finishAll('waitall', requests, statuses);
}

export function testall<T>(
  requests: readonly Request<T>[],
  statuses: Statuses,
): [flag: boolean, results: T[] | null] {
  check('testall', requests);
  for (const request of requests) if (!request.poll()) return [false, null];
  return [true, finishAll('testall', requests, statuses)];
}

export function testany<T>(
  requests: readonly Request<T>[],
  status: Status | null | undefined,
): [index: number, flag: boolean, result: T | undefined] {
  check('testany', requests);
  if (noneActive(requests)) {
    status?.setEmpty();
    return [UNDEFINED, true, undefined];
  }
  engine.progress();
  const index = requests.findIndex((request) => request.active && request.poll());
  return index < 0 ? [UNDEFINED, false, undefined] : [index, true, requests[index].finish(status) as T];
}

/** Indices and results; null where none is active. */
export type Some<T> = [indices: number[], results: T[]] | [indices: null, results: null];

export function waitsome<T>(
  requests: readonly Request<T>[],
  statuses: Statuses,
  opts: CallOptions | undefined,
): Some<T> {
  check('waitsome', requests);
  const deadline = deadlineOf('waitsome', opts);
  if (noneActive(requests)) return [null, null];
  if (!waitForOne('waitsome', requests, deadline)) throw expired('waitsome', requests, opts);
  return finishThose('waitsome', requests, statuses);
}

export function testsome<T>(requests: readonly Request<T>[], statuses: Statuses): Some<T> {
  check('testsome', requests);
  if (noneActive(requests)) return [null, null];
  for (const request of requests) if (request.active) request.poll();
  return finishThose('testsome', requests, statuses);
}

/** Completes all of them, and gives their results. */
function finishAll<T>(call: string, requests: readonly Request<T>[], statuses: Statuses): T[] {
  const failures: Exception[] = [];
  const results = requests.map((request, index) => finishOne(request, statusAt(statuses, index), failures));
  throwFailures(call, failures);
  return results as T[];
}

/** Completes those that are done, and gives their results. */
function finishThose<T>(call: string, requests: readonly Request<T>[], statuses: Statuses): Some<T> {
  const indices = [...requests.keys()].filter((i) => requests[i].active && requests[i].done);
  return [
    indices,
    finishAll(
      call,
      indices.map((i) => requests[i]),
      statuses,
    ),
  ];
}

export function waitany<T>(
  requests: readonly Request<T>[],
  status: Status | null | undefined,
  opts: CallOptions | undefined,
): [index: number, result: T | undefined] {
  return waitFirst('waitany', requests, status, opts) as [number, T | undefined];
}

function waitFirst(
  call: string,
  requests: Requests,
  status: Status | null | undefined,
  opts: CallOptions | undefined,
): [index: number, result: unknown] {
  check(call, requests);
  const deadline = deadlineOf(call, opts);
  if (noneActive(requests)) {
    status?.setEmpty();
    return [UNDEFINED, undefined];
  }
  if (!waitForOne(call, requests, deadline)) throw expired(call, requests, opts);
  const index = requests.findIndex((request) => request.active && request.done);
  return [index, requests[index].finish(status)];
}

function waitForOne(call: string, requests: Requests, deadline: number): boolean {
  const active = requests.filter((request) => request.active);
  if (active.some((request) => request.done)) return true;
  return engine.waitUntil(
    `${call} of ${active.length} requests, the first: ${active[0].ops[0].wait}`,
    () => active.some((request) => request.done),
    deadline,
    () => engine.giveUpTogether(active.flatMap((request) => request.ops)),
    () => ({ ops: active.flatMap((request) => request.ops), any: true }),
  );
}

/** Completes all of them, and throws ERR_IN_STATUS if any failed. A single failure is the cause. */
function endAll(call: string, requests: Requests, statuses: Statuses): void {
  const failures: Exception[] = [];
  for (let i = 0; i < requests.length; i++) endOne(requests[i], statusAt(statuses, i), failures);
  throwFailures(call, failures);
}

function finishSome(call: string, requests: Requests, statuses: Statuses): number[] {
  const failures: Exception[] = [];
  const indices: number[] = [];
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i];
    if (!request.active || !request.done) continue;
    endOne(request, statusAt(statuses, indices.length), failures);
    indices.push(i);
  }
  throwFailures(call, failures);
  return indices;
}

function endOne(request: Request<unknown>, status: Status | null, failures: Exception[]): void {
  const { error } = request;
  if (error === null) request.end(status);
  else finishOne(request, status, failures);
}

function finishOne(request: Request<unknown>, status: Status | null, failures: Exception[]): unknown {
  const { error } = request;
  try {
    return request.finish(status);
  } catch (thrown) {
    if (!(thrown instanceof Exception)) throw thrown;
    failures.push(error ?? thrown);
    if (status !== null) status.error = thrown.Get_error_class();
    return undefined;
  }
}

function throwFailures(call: string, failures: Exception[]): void {
  if (failures.length === 0) return;
  const error = new Exception(
    ERR_IN_STATUS,
    `${call}: ${failures.length} of the requests failed: ${failures.map((failure) => failure.message).join('; ')}`,
  );
  error.cause = failures[0];
  throw error;
}

/** The status for position `index`, made where the list is too short. */
function statusAt(statuses: Statuses, index: number): Status | null {
  if (statuses === null || statuses === undefined) return null;
  let status = statuses[index];
  if (status === undefined) {
    status = new Status();
    statuses[index] = status;
  }
  status.error = SUCCESS;
  return status;
}

function noneActive(requests: Requests): boolean {
  return requests.every((request) => !request.active);
}

function check(call: string, requests: Requests): void {
  if (!Array.isArray(requests))
    throw new Exception(ERR_REQUEST, `${call}: ${show(requests)} is not a list of requests`);
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i] as Partial<Request<unknown>> | null | undefined;
    if (typeof request?.checkUsable !== 'function') {
      throw new Exception(ERR_REQUEST, `${call}: item ${i} is ${show(request)}, not a request`);
    }
    request.checkUsable(call);
  }
}

function expired(call: string, requests: Requests, opts: CallOptions | undefined): Exception {
  const left = requests.filter((request) => request.active && !request.done);
  return new Exception(
    ERR_TIMEOUT,
    `${call}: ${left.length} of ${requests.length} requests not complete within ${opts?.timeout} ms, ` +
      `the first is ${left[0]?.where}; all stay active`,
  );
}
