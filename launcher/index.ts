/**
 * Starting jobs from a program: what `mpirun` does, as a function.
 *
 *     import { run } from 'mpi4ts/launcher';
 *     const { code } = await run({ programs: [{ program: 'job.ts', ranks: 4 }] });
 */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ranksMax } from '../src/base/limits.js';
import { usableCores } from './job/cores.js';
import { type Job, type JobPlan, type JobResult, startJob } from './job/job.js';
import type { RankPlan } from './job/ranks.js';
import { planWire, type TransportName } from './job/wire-plan.js';
import { findProgram, isTypeScript } from './program/find.js';
import { ownExports, packageFor } from './program/package.js';
import { UsageError } from './usage.js';

export type { JobFailure, RankWait } from './job/failure.js';
export type { Job, JobResult } from './job/job.js';
export { UsageError } from './usage.js';

/** One program of a job, and the ranks that run it. */
export interface Program {
  /** A `.js`, `.mjs`, `.cjs`, `.ts`, `.mts` or `.cts` file, relative to `wdir` or to the current directory. */
  readonly program: string;
  /** How many ranks run it, at least 1. Ranks are numbered through the programs in order. */
  readonly ranks: number;
  /** The program's own arguments: `process.argv.slice(2)`. */
  readonly args?: readonly string[];
  /** Variables added to the environment of these ranks. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** One program, or several that make up one job (MPMD); `MPI.APPNUM` is the index. */
  readonly programs: readonly Program[];
  /** Ranks are processes instead of threads of this one. Needs the native addon. */
  readonly processes?: boolean;
  /** What carries messages between ranks. Default `'shared'`: memory. Others need the native addon. */
  readonly transport?: TransportName;
  /** The job's working directory. Ranks are threads of this process: it changes for the process as a whole. */
  readonly wdir?: string;
  /** Start each line of output with `[1,RANK]<stdout>: `. */
  readonly tagOutput?: boolean;
  /** Start each line of output with the time, as in `2030-01-02T03:04:05.678Z <stdout>: `. */
  readonly timestampOutput?: boolean;
  /**
   * Copy each rank's output to files: a directory gets `1/rank.R/stdout` and `stderr` (R padded with zeros), a
   * name with `%r` in it is one file a rank for both. `:nocopy` at the end: to the files only.
   */
  readonly outputFilename?: string;
  /** End the job with code 124 after so many seconds. */
  readonly timeoutSeconds?: number;
  /** The rank that gets this process's standard input; or all of them, or none. Default 0. */
  readonly stdin?: number | 'all' | 'none';
  /** Bind each rank to one core, in turn. Needs the native addon. Default `'none'`. */
  readonly bindTo?: 'core' | 'none';
  /** Raise what the standard calls erroneous, such as a ready-mode send before its receive (MPI-4.1, 3.4). */
  readonly check?: boolean;
  /** Told about what does not stop the job, such as a binding that is not possible here. Default: nothing. */
  readonly warn?: (message: string) => void;
}

function countRanks(programs: readonly Program[]): number {
  if (programs.length === 0) throw new UsageError('no program given');
  for (const { ranks, program } of programs)
    if (!Number.isInteger(ranks) || ranks < 1)
      throw new UsageError(
        `'${program}' cannot run on ${ranks} ranks: give a whole number from 1 to ${ranksMax}`,
      );
  const size = programs.reduce((sum, { ranks }) => sum + ranks, 0);
  if (size > ranksMax) throw new UsageError(`${size} ranks are too many: one job has at most ${ranksMax}`);
  return size;
}

function checkStdin(stdin: RunOptions['stdin'], size: number): void {
  if (typeof stdin !== 'number' || (Number.isInteger(stdin) && stdin >= 0 && stdin < size)) return;
  throw new UsageError(`--stdin ${stdin}: the job has ranks 0 to ${size - 1}; give one of them, all or none`);
}

function changeDirectory(wdir: string): void {
  try {
    process.chdir(wdir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`the working directory '${wdir}' cannot be entered (${code})`);
  }
}

interface OutputFiles {
  readonly show: boolean;
  readonly of?: (rank: number) => { stdout: string; stderr: string };
}

/** Where copies of the output go. Directories are made by `of`, files by the ranks. */
function outputFiles(pattern: string | undefined, size: number): OutputFiles {
  if (pattern === undefined) return { show: true };
  const show = !pattern.endsWith(':nocopy');
  const name = resolve(show ? pattern : pattern.slice(0, -':nocopy'.length));
  const made = (file: string) => {
    try {
      mkdirSync(dirname(file), { recursive: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(`--output-filename ${pattern}: '${dirname(file)}' cannot be made (${code})`);
    }
    return file;
  };
  const of = (rank: number) => {
    if (name.includes('%r')) {
      const file = made(name.replaceAll('%r', String(rank)));
      return { stdout: file, stderr: file };
    }
    const directory = join(name, '1', `rank.${String(rank).padStart(String(size - 1).length, '0')}`);
    return { stdout: made(join(directory, 'stdout')), stderr: made(join(directory, 'stderr')) };
  };
  return { show, of };
}

/** The CPUs to bind to, one list a rank in turn; undefined where ranks are not bound. */
async function bindings({ bindTo, warn }: RunOptions, size: number): Promise<number[][] | undefined> {
  if (bindTo !== 'core') return undefined;
  const { loadNative } = await import('../src/native.js');
  const status = loadNative();
  if (status.native === null) {
    warn?.(`--bind-to core: ranks are not bound, because the native addon is absent (${status.reason})`);
    return undefined;
  }
  const cpus = status.native.affinity();
  return Array.from({ length: size }, (_, rank) => [cpus[rank % cpus.length]]);
}

/** What is the same for all ranks of one program. */
async function planProgram({ program, args = [], env = {} }: Program, directories: readonly string[]) {
  const path = findProgram(program, directories);
  const hasOwnCopy = packageFor(dirname(path)) !== undefined;
  let loader: RankPlan['loader'] = 'node';
  let compiled: RankPlan['compiled'];
  let modules: readonly string[] = [];
  let needsFallback = false;
  // JavaScript with its own copy of the package, the common case, needs no look at the source.
  if (isTypeScript(path) || !hasOwnCopy) {
    const { surveyProgram } = await import('./program/survey.js');
    const findings = surveyProgram(path);
    ({ loader, modules } = findings);
    if (loader === 'launcher') {
      const { compile } = await import('./program/compile.js');
      compiled = await compile(findings.files);
      if (compiled === undefined) loader = 'tsx';
      else modules = [];
    }
    // Module hooks cost a thread a rank on Node 20.
    needsFallback = findings.namesUs && !hasOwnCopy;
  }
  return {
    program: path,
    args,
    env: { ...process.env, ...env },
    loader,
    modules,
    ...(compiled && { compiled }),
    ...(needsFallback && { fallback: ownExports() }),
  };
}

async function planJob(options: RunOptions): Promise<JobPlan> {
  const size = countRanks(options.programs);
  const { stdin = 0, timeoutSeconds, transport = 'shared' } = options;
  checkStdin(stdin, size);
  const before = process.cwd();
  const directory = resolve(options.wdir ?? '.');
  const programs = await Promise.all(
    options.programs.map((program) => planProgram(program, [directory, before])),
  );
  const wires = planWire(transport, size);
  const cpus = await bindings(options, size);
  const files = outputFiles(options.outputFilename, size);
  if (options.wdir !== undefined) changeDirectory(directory);
  const ranks: RankPlan[] = [];
  for (const [appnum, plan] of programs.entries())
    for (let i = 0; i < options.programs[appnum].ranks; i++) {
      const rank = ranks.length;
      ranks.push({
        ...plan,
        appnum,
        stdin: stdin === 'all' || stdin === rank,
        ...(files.of && { files: files.of(rank) }),
        ...(cpus && { cpus: cpus[rank] }),
      });
    }
  return {
    ranks,
    processes: options.processes ?? false,
    transport,
    ...(wires && { wires }),
    cores: usableCores(),
    check: options.check ?? false,
    tag: options.tagOutput ?? false,
    timestamp: options.timestampOutput ?? false,
    show: files.show,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}

/**
 * Starts a job on threads of this process, or on processes, and returns while it runs. `job.result` is a promise of how
 * it ended; `job.fail(reason)` ends it. Output goes to this process's file descriptors 1 and 2.
 * @throws UsageError when the options cannot be carried out; nothing has been started then.
 */
export async function start(options: RunOptions): Promise<Job> {
  return startJob(await planJob(options));
}

/**
 * Runs a job to its end. A failing rank ends the job and is told in the result; it is no error of `run`.
 * @throws UsageError when the options cannot be carried out; nothing has been started then.
 */
export async function run(options: RunOptions): Promise<JobResult> {
  return (await start(options)).result;
}
