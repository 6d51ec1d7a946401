/** Runs a program of the suite to its end, whatever that is, and for no longer than it may take. */
import { spawn } from 'node:child_process';

/** What is started: a command, and variables added to its environment. */
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
  /** From its start to its end, in milliseconds. */
  readonly elapsedMs: number;
}

/** Signals that end this process; none of its programs, which spin at full speed, may outlive it. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
 * is ended. It also ends when a signal ends this process.
 * @throws Error if the command cannot be started.
 */
export function runCommand({ command, args, env }: Program, limitMs: number): Promise<Ending> {
  const since = performance.now();
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
      for (const signal of endings) process.off(signal, interrupted);
    };
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      settle();
      resolve({ code, signal, stdout, stderr, timedOut, elapsedMs: performance.now() - since });
    };
    for (const signal of endings) process.once(signal, interrupted);
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

/**
 * The line that says best why a program failed: that of a validation that failed, that of a JavaScript error, or the
 * last one on stderr with words in it.
 */
export function reasonOf({ stdout, stderr }: Ending): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const failed = lines.find((line) => line.startsWith('validation failed'));
  const thrown = lines.find((line) => /^\w*(Error|Exception): /.test(line));
  const last = stderr.split('\n').findLast((line) => /\w/.test(line));
  return failed ?? thrown ?? last?.trim() ?? 'it printed no reason';
}

/**
 * Runs a program that has to succeed.
 * @throws Error with one line that begins with `name`, if it cannot be started, fails or takes too long.
 */
export async function runToSuccess(name: string, program: Program, limitMs: number): Promise<Ending> {
  const fail = (what: string) => new Error(`${name}: ${what}`);
  const ending = await runCommand(program, limitMs).catch((error: Error) => {
    throw fail(`cannot be started: ${error.message}`);
  });
  const { code, signal, timedOut } = ending;
  if (timedOut) throw fail(`did not end within ${Math.ceil(limitMs / 1000)} s`);
  if (signal !== null) throw fail(`ended by ${signal}: ${reasonOf(ending)}`);
  if (code !== 0) throw fail(`exit code ${code}: ${reasonOf(ending)}`);
  return ending;
}
