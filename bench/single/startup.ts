/**
 * Wall time of jobs that do nothing but join: from the start of the launcher's process to its end. Round by round,
 * each contender once, so that a change of the machine's speed meets all of them; ratios are of one round.
 */

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPackage } from '../../launcher/program/package.js';
import { type Program, runToSuccess } from '../command.js';
import { mpirunPath, nativeEnv } from '../mpirun.js';
import { type Options, type Way, ways } from '../options.js';
import { type Estimate, estimate, ratio } from '../statistics.js';
import { columns, guarded, report, table } from './report.js';

interface Contender extends Program {
  readonly name: string;
}

/** One contender's result. Ratios are to Open MPI with mpi4py where that is here, else to a bare node. */
interface Row {
  readonly name: string;
  readonly milliseconds: readonly number[];
  readonly median: Estimate;
  readonly ratio: Estimate;
}

const programMsMax = 120_000;
const MPI4PY = ['-c', 'from mpi4py import MPI'];
/** Open MPI refuses root otherwise. */
const OMPI_ENV = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };

/** A project as a user has it: jobs beside a node_modules with this package. */
async function project(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'mpi4ts-startup-'));
  await mkdir(join(directory, 'node_modules'));
  symlinkSync(ownPackage().root, join(directory, 'node_modules', 'mpi4ts'), 'dir');
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}\n');
  for (const job of ['job.js', 'job.ts']) writeFileSync(join(directory, job), "import 'mpi4ts';\n");
  return directory;
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await runToSuccess(command, { command, args, env: OMPI_ENV }, programMsMax);
    return true;
  } catch {
    return false;
  }
}

/** Open MPI with a Python that has mpi4py, or in a sentence why not. */
async function findMpi4py(ranks: number): Promise<Contender | string> {
  const mpirun = 'mpirun.openmpi';
  if (!(await works(mpirun, ['--version']))) return `${mpirun} is not installed (Debian: openmpi-bin)`;
  for (const python of ['python3', '/usr/bin/python3']) {
    if (!(await works(python, MPI4PY))) continue;
    const crowded = ranks > availableParallelism() ? ['--oversubscribe'] : [];
    const args = [...crowded, '-n', String(ranks), python, ...MPI4PY];
    return { name: `mpirun.openmpi -n ${ranks}, mpi4py`, command: mpirun, args, env: OMPI_ENV };
  }
  return 'no python3 here has mpi4py (Debian: python3-mpi4py)';
}

function ours(name: string, job: string, ranks: number, way: Way): Contender {
  const args = [mpirunPath, ...ways[way.transport], '-n', String(ranks), job];
  return { name: `mpirun -n ${ranks}, ${name}`, command: process.execPath, args, env: nativeEnv(way) };
}

async function measure(contenders: readonly Contender[], rounds: number): Promise<number[][]> {
  const times: number[][] = contenders.map(() => []);
  // Round -1 fills the file cache.
  for (let round = -1; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const { elapsedMs } = await runToSuccess(contender.name, contender, programMsMax);
      if (round >= 0) times[i].push(elapsedMs);
    }
  }
  return times;
}

/** `--ranks`: 4 by default; `--blocks`: rounds, 15 by default. */
export function run(options: Options): Promise<number> {
  return guarded('startup', options, async () => {
    const { ranks = 4, blocks: rounds = 15 } = options;
    const directory = await project();
    try {
      const mpi4py = await findMpi4py(ranks);
      const contenders: Contender[] = [
        ours('JavaScript', join(directory, 'job.js'), ranks, options),
        ours('TypeScript', join(directory, 'job.ts'), ranks, options),
        { name: 'node -e 0', command: process.execPath, args: ['-e', '0'] },
        ...(typeof mpi4py === 'string' ? [] : [mpi4py]),
      ];
      const times = await measure(contenders, rounds);
      const reference = times.length - 1;
      const rows = contenders.map(({ name }, i): Row => {
        return {
          name,
          milliseconds: times[i],
          median: estimate(times[i]),
          ratio: ratio(times[i], times[reference]),
        };
      });
      print(options, rows, contenders[reference].name, typeof mpi4py === 'string' ? [mpi4py] : []);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

function print(options: Options, rows: readonly Row[], reference: string, missing: readonly string[]): void {
  const tables = () => [
    table([
      ['# Start and end', 'ms', '95% low', '95% high', 'Ratio', '95% low', '95% high'],
      ...rows.map(({ name, median, ratio }) => [name, ...columns(median), ...columns(ratio)]),
    ]),
    `# ratio to: ${reference}`,
    ...missing.map((why) => `# missing: ${why}`),
  ];
  report('startup', options, tables, { reference, missing, rows });
}
