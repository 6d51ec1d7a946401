/** Runs a contender's program once and reads what it prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Block, Sample } from '../contract.js';

export interface ProgramOptions {
  /** Variables added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** After so long the program is killed. Default: an hour. */
  readonly timeoutMs?: number;
}

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/** Of two ranks that wait for each other for ever, something must be heard at last. */
const timeoutMsDefault = 3_600_000;

/** Programs that run now. They spin at full speed: none may outlive this process. */
const running = new Set<ChildProcess>();

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

function watchEnd(): void {
  process.once('exit', killAll);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => process.exit(code));
}

let watching = false;

function runToEnd(command: string, args: readonly string[], options: ProgramOptions): Promise<Outcome> {
  if (!watching) watchEnd();
  watching = true;
  const since = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? timeoutMsDefault,
      killSignal: 'SIGKILL',
    });
    running.add(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => {
      running.delete(child);
      reject(error);
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, stdout, stderr, elapsedMs: performance.now() - since });
    });
  });
}

/** The line of standard error that says most: that of the validation, that of an error, or the first. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const failed = lines.find((line) => line.startsWith('validation failed'));
  return (
    failed ?? lines.find((line) => /^\w*(Error|Exception): /.test(line)) ?? lines[0] ?? 'it said nothing'
  );
}

/**
 * The samples of a block from what its program printed.
 * @throws Error with one line if that is not one line for each step, in order.
 */
export function readSamples({ steps }: Block, stdout: string): Sample[] {
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  const samples = lines.map((line) => {
    const [size, iterations, seconds] = line.trim().split(/\s+/).map(Number);
    return { size, iterations, seconds };
  });
  const wrong = steps.findIndex(
    ({ size, iterations }, i) =>
      samples[i]?.size !== size || samples[i].iterations !== iterations || !(samples[i].seconds > 0),
  );
  if (wrong >= 0) throw new Error(`printed '${lines[wrong] ?? ''}' for ${steps[wrong].size} bytes`);
  if (samples.length > steps.length) throw new Error(`printed '${lines[steps.length]}' after its last size`);
  return samples;
}

/**
 * Runs `command args`, which are all the words of the contract, and reads its samples.
 * @throws Error with one line, which begins with `name`, if it fails or prints what makes no sense.
 */
export async function runProgram(
  name: string,
  block: Block,
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Sample[]> {
  const fail = (what: string) => new Error(`${name}, ${block.work}: ${what}`);
  const { code, signal, stdout, stderr, elapsedMs } = await runToEnd(command, args, options);
  const { timeoutMs = timeoutMsDefault } = options;
  if (signal === 'SIGKILL' && elapsedMs >= timeoutMs) throw fail(`did not end in ${timeoutMs / 1000} s`);
  if (signal !== null) throw fail(`ended by ${signal}: ${complaint(stderr)}`);
  if (code !== 0) throw fail(`exit code ${code}: ${complaint(stderr)}`);
  try {
    return readSamples(block, stdout);
  } catch (error) {
    throw fail((error as Error).message);
  }
}
