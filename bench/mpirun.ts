/** How the suite starts our own jobs. */
import { fileURLToPath } from 'node:url';
import { usableCores } from '../launcher/job/cores.js';

/** The built `mpirun`. */
export const mpirunPath: string = fileURLToPath(new URL('../launcher/bin/mpirun.js', import.meta.url));

/** The words after `node` that run `program` on so many ranks, bound when each has a core of its own. */
export function jobWords(ranks: number, program: string, args: readonly string[]): string[] {
  const bind = ranks <= usableCores() ? ['--bind-to', 'core'] : [];
  return [mpirunPath, '-n', String(ranks), ...bind, program, ...args];
}

/** The environment that switches the addon off, or leaves it on. */
export function nativeEnv(native: boolean): Record<string, string> {
  return native ? {} : { MPI4TS_NATIVE: '0' };
}
