/** Why a job failed, and how that is told. */
import { constants } from 'node:os';
import { inspect } from 'node:util';
import type { RankWait } from '../../src/bootstrap/control.js';
import { describeDeadlock } from '../deadlock/describe.js';
import type { Deadlock } from '../deadlock/watch.js';

export type { RankWait };

/** What ended a job before its time. */
export type JobFailure =
  /** A rank threw, or left a rejection unhandled. `error` is a copy that came from its thread. */
  | { readonly kind: 'exception'; readonly rank: number; readonly error: unknown }
  /** A rank called `process.exit(code)` with a code other than 0. */
  | { readonly kind: 'exit'; readonly rank: number; readonly code: number }
  /** A signal ended the process of a rank. */
  | { readonly kind: 'killed'; readonly rank: number; readonly signal: NodeJS.Signals }
  /** `MPI.Abort(code)`; the rank is unknown if its thread did not end in time. */
  | { readonly kind: 'abort'; readonly rank?: number; readonly code: number }
  /** A rank could not be started. */
  | { readonly kind: 'start'; readonly rank: number; readonly error: unknown }
  /** A rank could not connect to another one, on another host. */
  | { readonly kind: 'unreachable'; readonly rank: number; readonly peer: number; readonly why: string }
  /** Another host refused its part of the job, or was lost. */
  | { readonly kind: 'host'; readonly host: string; readonly why: string }
  /** Every rank is blocked, and nothing is under way. `hosts`: that of each rank, where there are several. */
  | { readonly kind: 'deadlock'; readonly deadlock: Deadlock; readonly hosts?: readonly string[] }
  | { readonly kind: 'timeout'; readonly seconds: number }
  /** The launcher got a signal. */
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  /** Nobody reads the output any more. */
  | { readonly kind: 'broken pipe' };

/** True if a rank ended, of whatever cause: others may be about to follow. */
export function isOfRank({ kind }: JobFailure): boolean {
  return kind === 'exception' || kind === 'exit' || kind === 'killed' || kind === 'abort';
}

const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Linux calls it EDEADLK. */
const DEADLOCK_CODE = 35;

/** The exit code of the launcher: the failing rank's, 35 for a deadlock, 124 for a timeout, 128 + a signal's number. */
export function exitCodeOf(failure: JobFailure): number {
  switch (failure.kind) {
    case 'exit':
      // An exit code has eight bits: one that loses the others must still say that the job failed.
      return failure.code & 0xff || 1;
    case 'killed':
      return 128 + (constants.signals[failure.signal] ?? 0);
    case 'abort':
      return failure.code === 0 ? 0 : failure.code & 0xff || 1;
    case 'deadlock':
      return DEADLOCK_CODE;
    case 'timeout':
      return 124;
    case 'signal':
      return SIGNAL_CODES[failure.signal];
    case 'broken pipe':
      return 141;
    default:
      return 1;
  }
}

/** Frames of Node's module loader and of the launcher itself, which say nothing about the program. */
const FOREIGN_FRAME =
  /^ +at .*(node:internal\/(modules|process)\/|node:diagnostics_channel:|launcher\/rank\/(thread|process|run|load|hooks)\.[jt]s|node_modules\/tsx\/dist\/)/;

function describeError(error: unknown): string {
  // A thrown value that is no error comes from its thread already as text, unless it is a primitive.
  if (!(error instanceof Error)) return `Uncaught ${typeof error === 'string' ? error : inspect(error)}`;
  // A copied RangeError is inspected as `RangeError [Error]`.
  // The last frame carries the brace that opens the error's own properties.
  const text = inspect(error)
    .replace(/^(\S+) \[Error\]/, '$1')
    .replace(/^( +at .*) \{$/m, '$1\n{');
  const lines = text.split('\n').filter((line) => !FOREIGN_FRAME.test(line));
  return lines.join('\n').replace(/\n\{$/m, ' {');
}

function describeStart(rank: string, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `cannot start ${rank}: ${why}\nUse fewer ranks, or allow more memory and threads.`;
}

/**
 * One message for the user, without the launcher's prefix. Undefined where silence is the custom. `name` gives `rank 1 of
 * 4`, and its host where there are several.
 */
export function describeFailure(failure: JobFailure, name: (rank: number) => string): string | undefined {
  switch (failure.kind) {
    case 'exception':
      return `${name(failure.rank)} failed, and the job with it:\n${describeError(failure.error)}`;
    case 'exit':
      return `${name(failure.rank)} ended with exit code ${failure.code}, and the job with it${exitHint(failure.code)}`;
    case 'killed':
      return `${name(failure.rank)} was killed by ${failure.signal}, and the job with it`;
    case 'abort':
      return `${failure.rank === undefined ? 'a rank' : `${name(failure.rank)}`} called MPI.Abort(${failure.code})`;
    case 'start':
      return describeStart(name(failure.rank), failure.error);
    case 'unreachable':
      return `${name(failure.rank)} cannot reach ${name(failure.peer)} at ${failure.why}\nIs there a firewall, or another network between their hosts?`;
    case 'host':
      return `host ${failure.host}: ${failure.why}`;
    case 'deadlock':
      return describeDeadlock(failure.deadlock, failure.hosts);
    case 'timeout':
      return `the job was ended: it ran longer than ${failure.seconds} s (--timeout)`;
    case 'signal':
      return `the job was ended by ${failure.signal}`;
    case 'broken pipe':
      return undefined;
  }
}

/** True for an error that only tells of another rank's end, which is the cause and may be heard of later. */
export function isConsequence(error: unknown): error is Error {
  return error instanceof Error && CONSEQUENCE.test(error.message);
}

/** What the rank was blocked in, by such an error. */
export function waitOf(rank: number, error: Error): RankWait {
  return { rank, call: error.message.replace(CONSEQUENCE, '').split('\n')[0] };
}

const CONSEQUENCE = /^MPI_ERR_PROC_FAILED: /;

/** `rank 1`, or `ranks 1, 2`. */
export function nameRanks(ranks: readonly number[]): string {
  return `rank${ranks.length === 1 ? '' : 's'} ${ranks.join(', ')}`;
}

/** So many different waits are told. */
const waitsMax = 8;

/** What the other ranks were blocked in, a line for each call: `ranks 0, 2: Recv on ...`. */
export function describeWaits(waits: readonly RankWait[]): string {
  const byCall = new Map<string, number[]>();
  for (const { rank, call } of waits) byCall.set(call, [...(byCall.get(call) ?? []), rank]);
  const lines = [...byCall].map(([call, ranks]) => `\n  ${nameRanks(ranks)}: ${call}`);
  if (lines.length === 0) return '';
  const more = lines.length > waitsMax ? `\n  and ${lines.length - waitsMax} calls more` : '';
  return `\nMeanwhile other ranks were blocked:${lines.slice(0, waitsMax).join('')}${more}`;
}

/** Node's own exit codes that puzzle people. */
function exitHint(code: number): string {
  return code === 13 ? ' (a top-level await never settled)' : '';
}
