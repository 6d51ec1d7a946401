/** The command `mpirun`, after it has been decided that this copy of the package carries it out. */

import { loadNative } from '../../src/native.js';
import type { Job } from '../index.js';
import { start } from '../index.js';
import { describeFailure, describeWaits, exitCodeOf, type JobFailure } from '../job/failure.js';
import { UsageError } from '../usage.js';
import { mpirunHelp } from './help.js';
import { parseCommandLine } from './parse.js';
import { print, tell } from './say.js';
import { version } from './version.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type EndingSignal = (typeof SIGNALS)[number];

/**
 * Leaves at once, though a thread is stuck in a system call and `process.exit` would wait for it: by the signal
 * that the exit code stands for, or by the addon; without it by becoming a shell that returns the code, or, on Node 20,
 * by SIGKILL.
 */
function leave(code: number): never {
  const signal = ({ 130: 'SIGINT', 143: 'SIGTERM', 129: 'SIGHUP' } as const)[code];
  if (signal !== undefined) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  loadNative().native?.leave(code);
  const { execve } = process as { execve?: (file: string, args: string[], env: object) => never };
  process.emitWarning = () => {}; // execve is experimental
  execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {});
  process.kill(process.pid, 'SIGKILL');
  return process.exit(code);
}

const codeOf = (signal: EndingSignal) => exitCodeOf({ kind: 'signal', signal });

/** The signals that end a job, or the start of one. A second one leaves at once. */
class Signals {
  readonly #early = new AbortController();
  #job: Job | undefined;
  #seen: EndingSignal | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, () => this.#hear(signal));
  }

  /** For the start. */
  get early(): AbortSignal {
    return this.#early.signal;
  }

  /** The exit code of the signal that was seen. */
  get code(): number | undefined {
    return this.#seen && codeOf(this.#seen);
  }

  watch(job: Job): void {
    this.#job = job;
    if (this.#seen !== undefined) job.fail({ kind: 'signal', signal: this.#seen });
  }

  #hear(signal: EndingSignal): void {
    if (this.#seen !== undefined) leave(codeOf(this.#seen));
    this.#seen = signal;
    if (this.#job === undefined) this.#early.abort();
    else this.#job.fail({ kind: 'signal', signal });
  }
}

/** Also one of another process, which has no class of ours. */
function isSyntaxError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'SyntaxError';
}

/** The place of a syntax error that came without one. */
async function locate(job: Job, failure: JobFailure): Promise<string> {
  if (failure.kind !== 'exception' || !isSyntaxError(failure.error)) return '';
  if (!/^SyntaxError/.test(failure.error.stack ?? '')) return '';
  const { findSyntaxError } = await import('./syntax.js');
  const found = findSyntaxError(job.programOf(failure.rank));
  return found === undefined ? '' : `\n${found}`;
}

async function runJob(words: readonly string[], signals: Signals): Promise<number> {
  const request = parseCommandLine(words);
  if (request.kind === 'help') {
    print(mpirunHelp);
    return 0;
  }
  if (request.kind === 'version') {
    print(`mpirun (mpi4ts) ${version()}\n`);
    return 0;
  }
  let job: Job | undefined;
  const warn = (message: string) => tell('mpirun', message, job?.output);
  job = await start({ ...request.run, signal: signals.early, warn });
  signals.watch(job);
  const { code, failure, waits, stuck, unwritten } = await job.result;
  const message = failure && describeFailure(failure, (rank) => job.nameOf(rank));
  // A deadlock's message tells what all ranks wait for.
  const meanwhile = failure?.kind === 'deadlock' ? '' : describeWaits(waits);
  if (failure !== undefined && message !== undefined)
    tell('mpirun', message + (await locate(job, failure)) + meanwhile, job.output);
  if (stuck.length > 0) {
    tell(
      'mpirun',
      `rank ${stuck.join(', ')} does not stop, inside a system or native call: left it`,
      job.output,
    );
    leave(code);
  }
  if (unwritten) leave(code);
  return code;
}

/** Carries out `mpirun ...words` and returns the exit code. */
export async function mpirun(words: readonly string[]): Promise<number> {
  const signals = new Signals();
  try {
    return await runJob(words, signals);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (signals.code !== undefined) return signals.code;
    tell('mpirun', error.message);
    return 2;
  }
}
