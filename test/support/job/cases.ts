/**
 * The rank side of jobs made of cases: every rank runs the same cases in the same order, with a barrier between
 * them. A rank whose case fails says so and ends the job; the test then starts a fresh one behind that case.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { MPI } from 'mpi4ts';
import { writeEvent } from './events.js';

/** What a case gets: the communicator, and this rank's neighbours on a ring of all ranks (itself when alone). */
export type CaseBody = (comm: MPI.Intracomm, t: Tools) => void | Promise<void>;

export interface Tools {
  readonly rank: number;
  readonly size: number;
  /** The rank behind this one on the ring. */
  readonly next: number;
  /** The rank before this one on the ring. */
  readonly prev: number;
}

/** A case for at least `ranks` ranks; on fewer it is passed over. */
export interface NeedingCase {
  readonly ranks: number;
  readonly body: CaseBody;
}

export const needs = (ranks: number, body: CaseBody): NeedingCase => ({ ranks, body });

/** Time for other ranks to report their view of the same failure before the job ends. */
const lastWordsMs = 200;

async function run(cases: [string, CaseBody | NeedingCase][]): Promise<void> {
  const comm = MPI.COMM_WORLD;
  const { rank, size } = comm;
  const tools = { rank, size, next: (rank + 1) % size, prev: (rank + size - 1) % size };
  const first = Number(process.env.MPI4TS_TEST_FIRST ?? 0);
  for (let index = first; index < cases.length; index++) {
    const [name, given] = cases[index];
    const { ranks, body } = typeof given === 'function' ? { ranks: 1, body: given } : given;
    if (size < ranks) continue;
    writeEvent({ event: 'start', rank, index, name });
    const start = performance.now();
    try {
      await body(comm, tools);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      writeEvent({ event: 'fail', rank, index, name, message: message.split('\n').slice(0, 14).join('\n') });
      await delay(lastWordsMs);
      process.exit(86);
    }
    writeEvent({ event: 'pass', rank, index, ms: Math.round(performance.now() - start) });
    comm.Barrier();
  }
  writeEvent({ event: 'end', rank });
}

/** Runs the cases; `MPI4TS_TEST_CASE` keeps those whose name contains it. */
export function defineCases(cases: Record<string, CaseBody | NeedingCase>): void {
  const wanted = process.env.MPI4TS_TEST_CASE ?? '';
  void run(Object.entries(cases).filter(([name]) => name.includes(wanted)));
}
