/** Starting the programs that are measured: jobs of ours, and anything else, never for longer than it may take. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { jobWords, nativeEnv } from '../mpirun.js';

/** What a program is given beside its arguments. */
export interface ProgramOptions {
  /** Variables added to the environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** After so long it is killed, and an error says so. */
  readonly timeoutMs: number;
}

/** How a program ended. */
export interface Ended {
  readonly stdout: string;
  /** From its start to its end, in milliseconds. */
  readonly elapsedMs: number;
}

/** Lines of stderr that an error quotes: the last ones say most. */
const quotedLinesMax = 3;

function quote(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? '' : `: ${lines.slice(-quotedLinesMax).join(' | ')}`;
}

/**
 * Runs a program to its end.
 * @throws Error with one line when it cannot be started, fails, or takes too long.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Ended> {
  const what = [command, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const since = performance.now();
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => reject(new Error(`${what} cannot be started (${error.message})`)));
    child.on('close', (code, signal) => {
      const elapsedMs = performance.now() - since;
      if (code === 0) return resolve({ stdout, elapsedMs });
      const late = signal === 'SIGKILL' && elapsedMs >= options.timeoutMs;
      const how = late ? `did not end in ${options.timeoutMs / 1000} s` : `ended with ${signal ?? code}`;
      reject(new Error(`${what} ${how}${quote(stderr)}`));
    });
  });
}

/** One run of one of our jobs. */
export interface JobOptions {
  readonly ranks: number;
  readonly args?: readonly (string | number)[];
  /** False: without the addon. */
  readonly native: boolean;
  readonly timeoutMs: number;
}

/** Runs a job whose rank 0 prints one JSON value, and returns the value. */
export async function runJob<T>(job: URL, options: JobOptions): Promise<T> {
  const { ranks, args = [], native, timeoutMs } = options;
  const words = jobWords(ranks, fileURLToPath(job), args.map(String));
  return readJson(await runProgram(process.execPath, words, { env: nativeEnv(native), timeoutMs }));
}

/** The JSON value that a program printed. */
export function readJson<T>({ stdout }: Ended): T {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`the program printed no JSON value but '${stdout.slice(0, 80)}'`);
  }
}
