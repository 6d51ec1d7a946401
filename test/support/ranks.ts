/**
 * The ava side of jobs made of cases (`job/cases.ts`): starts `mpirun`, reads which cases started, passed and failed
 * on which rank, and goes on behind a case that failed or hung with a fresh job, so that one defect hides no other.
 */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type CaseEvent, readEvent } from './job/events.js';
import { type Kind, kinds } from './kinds.js';
import { node } from './nodes.js';
import { testAll, testSeed } from './sampling.js';

const MPIRUN = fileURLToPath(new URL('../../launcher/bin/mpirun.js', import.meta.url));

/** A job that says nothing for so long hangs; the slowest case takes about a second. */
const silenceMsMax = testAll ? 240_000 : 30_000;
/** From SIGTERM to SIGKILL of a job that is to end. */
const graceMsMax = 5_000;
/** Launches of one job file: after so many failing cases the rest stays unknown. */
const launchesMax = 30;
/** What a test keeps of a job's stderr. */
const stderrCharsMax = 4_000;

export { testAll, testSeed };

/** How a finished `mpirun` ended and what it wrote. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was stopped from here, because it had said nothing for `silenceMsMax`. */
  readonly silent: boolean;
}

export interface MpirunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** The Node binary that runs the launcher; this one by default. */
  readonly node?: string;
  readonly cwd?: string;
  /** Called with every whole line of stdout. */
  readonly onLine?: (line: string) => void;
}

/** Runs `mpirun ...args` to its end; a silent job is stopped, never waited for. */
export function mpirun(args: readonly string[], options: MpirunOptions = {}): Promise<Finished> {
  const child = spawn(options.node ?? process.execPath, [MPIRUN, ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let stdout = '';
  let stderr = '';
  let rest = '';
  let silent = false;
  const stop = () => {
    silent = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), graceMsMax).unref();
  };
  const watch = setTimeout(stop, silenceMsMax);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    watch.refresh();
    stdout += text;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) options.onLine?.(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrCharsMax);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(watch);
      resolve({ code, signal, stdout, stderr, silent });
    });
  });
}

/** A rank's place in the list of cases. */
interface Place {
  started: number;
  passed: number;
  ended: boolean;
}

interface CaseFailure {
  readonly name: string;
  /** The ranks that say so; none when the job itself failed. */
  readonly ranks: readonly number[];
  readonly message: string;
}

/** What became of one launch: the failures, and where a next launch goes on (undefined: nothing is left). */
interface Outcome {
  readonly failures: CaseFailure[];
  readonly next: number | undefined;
}

function describeEnd(run: Finished): string {
  const how = run.silent
    ? `said nothing for ${silenceMsMax / 1000} s`
    : `ended with ${run.signal ?? `code ${run.code}`}`;
  return run.stderr === '' ? `the job ${how}` : `the job ${how}; stderr:\n${run.stderr.trimEnd()}`;
}

function describePlaces(places: readonly Place[]): string {
  const place = (p: Place, rank: number) =>
    `rank ${rank}: ${p.ended ? 'all done' : p.started > p.passed ? `in case ${p.started}` : `past case ${p.passed}`}`;
  return places.map(place).join(', ');
}

/** One cell of the matrix. */
export interface Cell {
  readonly file: string;
  readonly ranks: number;
  readonly kind: Kind;
  readonly node: string | undefined;
}

/** One failure for all ranks that failed the same case with the same words. */
function merge(failed: readonly (CaseEvent & { event: 'fail' })[]): CaseFailure[] {
  const same = new Map<string, CaseFailure & { ranks: number[] }>();
  for (const { name, rank, message } of failed) {
    const words = message.split('\n')[0].replaceAll(/\brank \d+/g, 'rank');
    const failure = same.get(`${name}: ${words}`);
    if (failure === undefined) same.set(`${name}: ${words}`, { name, ranks: [rank], message });
    else failure.ranks.push(rank);
  }
  return [...same.values()];
}

async function launchOnce({ file, ranks, kind, node }: Cell, first: number): Promise<Outcome> {
  const names = new Map<number, string>();
  const failed: (CaseEvent & { event: 'fail' })[] = [];
  const places: Place[] = Array.from({ length: ranks }, () => ({ started: -1, passed: -1, ended: false }));
  const onLine = (line: string) => {
    const event = readEvent(line);
    if (event === undefined) return;
    const place = places[event.rank];
    if (event.event === 'end') place.ended = true;
    if (event.event === 'pass') place.passed = event.index;
    if (event.event === 'fail') failed.push(event);
    if (event.event === 'start') {
      place.started = event.index;
      names.set(event.index, event.name);
    }
  };
  const env = { ...kind.env, MPI4TS_TEST_FIRST: String(first) };
  const run = await mpirun([...kind.args, '-n', String(ranks), file], {
    env,
    onLine,
    ...(node === undefined ? {} : { node }),
  });
  if (failed.length > 0) {
    const index = Math.min(...failed.map((event) => event.index));
    return { failures: merge(failed), next: index + 1 };
  }
  if (places.every((place) => place.ended)) {
    if (run.code === 0) return { failures: [], next: undefined };
    const message = describeEnd(run);
    return { failures: [{ name: '(after the last case)', ranks: [], message }], next: undefined };
  }
  const open = places.filter((place) => !place.ended);
  const index = Math.min(...open.map((place) => Math.max(place.started, place.passed)));
  const message = `${describeEnd(run)}\n(${describePlaces(places)})`;
  if (index < 0) {
    return { failures: [{ name: '(start of the job)', ranks: [], message }], next: undefined };
  }
  return {
    failures: [{ name: names.get(index) ?? `case ${index}`, ranks: [], message }],
    next: index + 1,
  };
}

async function runCases(cell: Cell): Promise<CaseFailure[]> {
  const failures: CaseFailure[] = [];
  let first = 0;
  for (let launch = 0; launch < launchesMax; launch++) {
    const outcome = await launchOnce(cell, first);
    failures.push(...outcome.failures);
    if (outcome.next === undefined) return failures;
    first = outcome.next;
  }
  failures.push({ name: '(the cases after)', ranks: [], message: 'too many failures: not run' });
  return failures;
}

/** Runs the cases of a cell; what failed, in words. */
export async function failuresOf(cell: Cell): Promise<string[]> {
  const failures = await runCases(cell);
  return failures.map(
    ({ name, ranks, message }) => `${name}${ranks.length === 0 ? '' : ` [ranks ${ranks}]`}: ${message}`,
  );
}

/** A small deterministic hash: which part of the matrix a seed picks. */
function hash(text: string): number {
  let h = 2166136261;
  for (const c of text) h = Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0;
  // Texts that differ in the last letter only must not stay neighbours.
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Orders `items` by the seed and keeps the first `count`; all of them when the whole matrix is asked for. */
export function sample<T>(items: readonly T[], count: number, salt: string): T[] {
  if (testAll) return [...items];
  const keyed = items.map((item, i) => ({ item, key: hash(`${testSeed}/${salt}/${i}`) }));
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ item }) => item);
}

export interface Matrix {
  /** Rank counts; 1 to 5 by default. */
  readonly ranks?: readonly number[];
  /** The kinds of rank; all by default. */
  readonly kinds?: readonly Kind[];
  /** Rank counts that a sampled run takes for each kind; 1 by default. */
  readonly sampled?: number;
  /** The major version of Node.js; the one that runs the tests by default. */
  readonly major?: number;
}

/** Declares one ava test for each (kind, ranks) of a job file given relative to the test's `import.meta.url`. */
export function testRanks(base: string, job: string, matrix: Matrix = {}): void {
  const file = fileURLToPath(new URL(job, base));
  const theme = basename(job, '.js');
  const { major } = matrix;
  for (const kind of matrix.kinds ?? kinds) {
    const counts = sample(
      matrix.ranks ?? [1, 2, 3, 4, 5],
      matrix.sampled ?? 1,
      `${theme}/${kind.name}/${major}`,
    );
    for (const ranks of counts) {
      const where = major === undefined ? '' : `, Node ${major}`;
      test.serial(`${theme}: ${ranks} ranks, ${kind.name}${where}`, async (t) => {
        if (!testAll) t.log(`MPI4TS_TEST_SEED=${testSeed}`);
        const binary = major === undefined ? undefined : await node(major);
        // A reason why there is no such binary here.
        if (typeof binary === 'string') {
          t.log(binary);
          return t.pass();
        }
        const text = await failuresOf({ file, ranks, kind, node: binary?.path });
        if (text.length > 0) t.fail(`${text.length} failures\n\n${text.join('\n\n')}`);
        else t.pass();
      });
    }
  }
}
