/** The report of a deadlock. */
import { causesOf } from './causes.js';
import { nameRanks } from './ranks.js';
import type { Deadlock } from './watch.js';

/** Different waits that are told. */
const linesMax = 64;

/**
 * One message for the user: a line for each rank, or for those of one host that wait for the same, and the causes.
 * `hosts`: that of each rank, where there are several.
 *
 *     deadlock: every rank is blocked, and nothing is under way
 *       rank 0: Recv on MPI_COMM_WORLD (source 1, tag 7) at job.ts:12:8
 *       ranks 1-3: Barrier on MPI_COMM_WORLD at job.ts:20:8
 *     Barrier on MPI_COMM_WORLD: ranks 1-3 are in it, rank 0 is not (it is in Recv)
 */
export function describeDeadlock(deadlock: Deadlock, hosts?: readonly string[]): string {
  const { blocked, finalized } = deadlock;
  const groups = new Map<string, number[]>();
  for (const { rank, call, at } of blocked) {
    const where = hosts === undefined ? '' : ` (host ${hosts[rank]})`;
    const line = `${where}: ${at === undefined ? call : `${call} at ${at}`}`;
    groups.set(line, [...(groups.get(line) ?? []), rank]);
  }
  const lines = [...groups].map(([line, ranks]) => `  ${nameRanks(ranks)}${line}`);
  const more = lines.length - linesMax;
  return [
    'deadlock: every rank is blocked, and nothing is under way',
    ...lines.slice(0, linesMax),
    ...(more > 0 ? [`  and ${more} waits more`] : []),
    ...(finalized.length > 0 ? [`  finalized: ${nameRanks(finalized)}`] : []),
    ...causesOf(deadlock),
  ].join('\n');
}
