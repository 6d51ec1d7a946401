/** The time on p ranks: a job of its own with exactly p ranks, started by `mpirun` like any other. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs `kmeans.ts --time-only` on `ranks` ranks and returns the seconds that it prints. */
export function timeOn(ranks: number): number {
  const manifest = createRequire(import.meta.url).resolve('mpi4ts/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  const mpirun = join(dirname(manifest), bin.mpirun);
  const program = fileURLToPath(new URL('../kmeans.ts', import.meta.url));
  const args = [mpirun, '-n', String(ranks), program, '--time-only'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 300_000,
  });
  const seconds = Number(stdout);
  if (status !== 0 || !(seconds > 0)) throw new Error(`timing on ${ranks} ranks failed:\n${stdout}${stderr}`);
  return seconds;
}
