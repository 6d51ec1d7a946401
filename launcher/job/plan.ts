/** What is made of the options of a job before anything is started. */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ranksMax } from '../../src/base/limits.js';
import { findProgram, isTypeScript } from '../program/find.js';
import { ownExports, packageFor } from '../program/package.js';
import { UsageError } from '../usage.js';
import type { JobPlan } from './job.js';
import type { Program, RunOptions } from './options.js';
import type { RankPlan } from './ranks.js';
import { type Place, planWire } from './wire-plan.js';

/** A program whose number of ranks is known. */
export type Counted = Program & { readonly ranks: number };

/** `otherwise`: how many ranks run where no number is given. @throws UsageError */
export function countRanks(programs: readonly Program[], otherwise: () => number): Counted[] {
  if (programs.length === 0) throw new UsageError('no program given');
  const counted = programs.map((program) => ({ ...program, ranks: program.ranks ?? otherwise() }));
  for (const [index, { ranks, program }] of counted.entries()) {
    if (programs.length > 1 && programs[index].ranks === undefined)
      throw new UsageError(`with ':' each program needs its own -n ('${program}' has none)`);
    if (!Number.isInteger(ranks) || ranks < 1)
      throw new UsageError(
        `'${program}' cannot run on ${ranks} ranks: give a whole number from 1 to ${ranksMax}`,
      );
  }
  const size = sizeOf(counted);
  if (size > ranksMax) throw new UsageError(`${size} ranks are too many: one job has at most ${ranksMax}`);
  return counted;
}

export function sizeOf(programs: readonly Counted[]): number {
  return programs.reduce((sum, { ranks }) => sum + ranks, 0);
}

function checkStdin(stdin: RunOptions['stdin'], size: number): void {
  if (typeof stdin !== 'number' || (Number.isInteger(stdin) && stdin >= 0 && stdin < size)) return;
  throw new UsageError(`--stdin ${stdin}: the job has ranks 0 to ${size - 1}; give one of them, all or none`);
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

/** What is the same for all ranks of one program. */
export type ProgramPlan = Omit<RankPlan, 'appnum' | 'stdin' | 'files' | 'cpus'>;

async function planProgram(
  { program, args = [], env = {} }: Program,
  directories: readonly string[],
): Promise<ProgramPlan> {
  const path = findProgram(program, directories);
  const hasOwnCopy = packageFor(dirname(path)) !== undefined;
  let loader: RankPlan['loader'] = 'node';
  let compiled: RankPlan['compiled'];
  let modules: readonly string[] = [];
  let needsFallback = false;
  // JavaScript with its own copy of the package, the common case, needs no look at the source.
  if (isTypeScript(path) || !hasOwnCopy) {
    const { surveyProgram } = await import('../program/survey.js');
    const findings = surveyProgram(path);
    ({ loader, modules } = findings);
    if (loader === 'launcher') {
      const { compile } = await import('../program/compile.js');
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
    env,
    loader,
    modules,
    ...(compiled && { compiled }),
    ...(needsFallback && { fallback: ownExports() }),
  };
}

/** Finds the programs, and what each needs. @throws UsageError */
export function planPrograms({ programs, wdir = '.' }: RunOptions): Promise<ProgramPlan[]> {
  const directories = [resolve(wdir), process.cwd()];
  return Promise.all(programs.map((program) => planProgram(program, directories)));
}

/** Brings together what is known. `plans`: of the programs, in order. @throws UsageError */
export function planJob(
  options: RunOptions,
  programs: readonly Counted[],
  plans: readonly ProgramPlan[],
  places: readonly Place[],
): JobPlan {
  const size = places.length;
  const { stdin = 0, timeoutSeconds, transport = 'shared', zerocopy = false } = options;
  checkStdin(stdin, size);
  const wires = planWire(transport, places, zerocopy);
  const files = outputFiles(options.outputFilename, size);
  const appnums = programs.flatMap(({ ranks }, appnum) => Array<number>(ranks).fill(appnum));
  const ranks = appnums.map((appnum, rank) => ({
    ...plans[appnum],
    appnum,
    stdin: stdin === 'all' || stdin === rank,
    ...(files.of && { files: files.of(rank) }),
  }));
  return {
    ranks,
    ...(wires && { wires }),
    check: options.check ?? false,
    tag: options.tagOutput ?? false,
    timestamp: options.timestampOutput ?? false,
    show: files.show,
    deadlock: options.deadlock ?? 'abort',
    warn: options.warn ?? (() => {}),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}
