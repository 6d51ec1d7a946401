/** Runs a contender's program to its end, whatever that is, and reads what it printed. */
import { spawn } from 'node:child_process';
import { argumentsOf, type Block, type Sample, WINDOW, type Work } from '../contract.js';
import { usableCores } from './cores.js';

/** What a contender starts: a command, and variables added to its environment. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program ended, and what it printed. */
export interface Ending {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** A launcher that is told to end has so long to end its ranks before it is killed. */
const graceMsMax = 3_000;
/** What a timer of Node can count. */
const timerMsMax = 2 ** 31 - 1;

/** Ends a process group; it may be gone already. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {}
}

/**
 * Runs a command without a shell, in a process group of its own, until it ends or `limitMs` is over; then the group
 * is ended. The group also ends when a signal ends this process.
 * @throws Error if the command cannot be started.
 */
export function runCommand({ command, args, env }: Program, limitMs: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const { pid } = child;
    const interrupted = (signal: NodeJS.Signals) => {
      if (pid !== undefined) signalGroup(pid, 'SIGTERM');
      settle();
      process.kill(process.pid, signal);
    };
    const limit = setTimeout(
      () => {
        timedOut = true;
        if (pid === undefined) return;
        // Both MPIs' launchers keep their ranks in groups of their own, and end them when they are told to.
        signalGroup(pid, 'SIGTERM');
        setTimeout(() => {
          signalGroup(pid, 'SIGKILL');
          end(null, 'SIGKILL');
        }, graceMsMax).unref();
      },
      Math.min(limitMs, timerMsMax),
    );
    const settle = () => {
      clearTimeout(limit);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
    };
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      settle();
      resolve({ code, signal, stdout, stderr, timedOut });
    };
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', end);
  });
}

/** Messages one after the other, or at once, in one round of a work. */
function messagesOf(work: Work, ranks: number): number {
  if (work === 'ring' || work === 'barrier') return ranks;
  if (work === 'bandwidth' || work === 'message-rate') return WINDOW;
  return work === 'bibw' ? 2 * WINDOW : 2;
}

/** How long a block may take: far more than any contender should need, and not for ever. */
function limitMsOf({ work, ranks, steps, validate }: Block): number {
  // Ranks that spin on shared cores take a time slice a message.
  const messageMs = ranks > usableCores() ? 50 : 1;
  const byteMs = validate ? 1e-4 : 2e-5;
  const messages = messagesOf(work, ranks);
  const stepMs = steps.map(
    ({ size, iterations, warmup }) => (iterations + warmup) * messages * (messageMs + size * byteMs),
  );
  return stepMs.reduce((sum, ms) => sum + ms, 60_000);
}

/** The line that says best why a program failed: the last one with words in it, unless validation failed. */
function reasonOf({ stdout, stderr }: Ending): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const failed = lines.find((line) => line.startsWith('validation failed'));
  const last = stderr.split('\n').findLast((line) => /\w/.test(line));
  return failed ?? last?.trim() ?? 'it printed no reason';
}

/** Reads a program's output: one line a step, in order. Throws an Error with one line if it is anything else. */
function parseSamples({ steps }: Block, stdout: string): Sample[] {
  const lines = stdout.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const samples = steps.map(({ size, iterations }, at) => {
    const line = lines[at] ?? '';
    const [, sizeText, iterationsText, secondsText] = /^(\d+) (\d+) (\d+\.\d+)$/.exec(line) ?? [];
    const seconds = Number(secondsText);
    if (Number(sizeText) === size && Number(iterationsText) === iterations && seconds > 0)
      return { size, iterations, seconds };
    throw new Error(
      `printed ${JSON.stringify(line.slice(0, 60))} instead of '${size} ${iterations} SECONDS'`,
    );
  });
  if (lines.length === steps.length) return samples;
  throw new Error(`printed ${lines.length} lines for ${steps.length} sizes`);
}

/**
 * Runs a contender's program on one block.
 * @throws Error with one line that begins with `name`, if it fails, takes too long or prints anything else.
 */
export async function runProgram(
  name: string,
  { command, args, env = {} }: Program,
  block: Block,
  limitMs = limitMsOf(block),
): Promise<Sample[]> {
  const fail = (what: string) => new Error(`${name}, ${block.work}: ${what}`);
  const ending = await runCommand({ command, args: [...args, ...argumentsOf(block)], env }, limitMs).catch(
    (error: Error) => {
      throw fail(`cannot be started: ${error.message}`);
    },
  );
  if (ending.timedOut) throw fail(`did not end within ${Math.ceil(limitMs / 1000)} s`);
  if (ending.signal !== null) throw fail(`ended by ${ending.signal}: ${reasonOf(ending)}`);
  if (ending.code !== 0) throw fail(`exit code ${ending.code}: ${reasonOf(ending)}`);
  try {
    return parseSamples(block, ending.stdout);
  } catch (error) {
    throw fail((error as Error).message);
  }
}
