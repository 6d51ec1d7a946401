/** How the suite starts our own jobs. */
import { fileURLToPath } from 'node:url';
import { usableCores } from '../launcher/job/cores.js';
import type { Program } from './command.js';
import { type Way, ways } from './options.js';

/** The built `mpirun`. */
export const mpirunPath: string = fileURLToPath(new URL('../launcher/bin/mpirun.js', import.meta.url));

/** The environment that switches the addon off, or leaves it on. */
export function nativeEnv({ native }: Way): Record<string, string> {
  return native ? {} : { MPI4TS_NATIVE: '0' };
}

/** Runs `job` on so many ranks, bound when each has a core of its own. */
export function jobProgram(ranks: number, job: string, args: readonly string[], way: Way): Program {
  const bind = ranks <= usableCores() ? ['--bind-to', 'core'] : [];
  return {
    command: process.execPath,
    args: [mpirunPath, ...ways[way.transport], '-n', String(ranks), ...bind, job, ...args],
    env: nativeEnv(way),
  };
}
