/**
 * Starting jobs from a program: what `mpirun` does, as a function.
 *
 *     import { run } from 'mpi4ts/launcher';
 *     const { code } = await run({ programs: [{ program: 'job.ts', ranks: 4 }] });
 */
import type { Job, JobResult } from './job/job.js';
import type { RunOptions } from './job/options.js';
import { startHere } from './job/start.js';

export type { BlockedRank, Deadlock } from './deadlock/watch.js';
export type { Host } from './hosts/host.js';
export type { JobFailure, RankWait } from './job/failure.js';
export type { Job, JobResult } from './job/job.js';
export type { Program, RunOptions } from './job/options.js';
export { UsageError } from './usage.js';

/**
 * Starts a job on threads of this process, on processes, or on several hosts, and returns while it runs. `job.result` is
 * a promise of how it ended; `job.fail(reason)` ends it. Output goes to this process's file descriptors 1 and 2.
 * @throws UsageError when the options cannot be carried out; nothing is running then.
 */
export async function start(options: RunOptions): Promise<Job> {
  if (options.hosts !== undefined && options.hosts.length > 0) {
    // Not imported: jobs of one host start sooner.
    const { isHere } = await import('./hosts/host.js');
    if (!options.hosts.every(({ name }) => isHere(name))) {
      const { startOnHosts } = await import('./hosts/start.js');
      return startOnHosts(options, options.hosts);
    }
  }
  return startHere(options);
}

/**
 * Runs a job to its end. A failing rank ends the job and is told in the result; it is no error of `run`.
 * @throws UsageError when the options cannot be carried out; nothing is running then.
 */
export async function run(options: RunOptions): Promise<JobResult> {
  return (await start(options)).result;
}
