/** Runs the built `mpirun` in a process of its own, collects what it prints, and never waits for ever. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The built `mpirun`, as `dist/test/support` sees it. */
export const mpirunPath = fileURLToPath(new URL('../../launcher/bin/mpirun.js', import.meta.url));
/** The built `mpi4ts`. */
export const mpi4tsPath = fileURLToPath(new URL('../../launcher/bin/mpi4ts.js', import.meta.url));

/** The launcher's tests run once for each kind of rank: what `processes.test.ts` has them add. */
export const rankOptions: readonly string[] =
  process.env.MPI4TS_TEST_PROCESSES === '1' ? ['--processes'] : [];

export interface LaunchOptions {
  /** The node binary; default: the one that runs the tests. */
  readonly node?: string;
  /** Variables added to this process's environment; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Text for standard input, which then ends. Default: it ends at once. */
  readonly stdin?: string | Uint8Array;
  /** After so long the whole launcher is killed and `launch` rejects, quoting what was printed. Default 60 s. */
  readonly timeoutMs?: number;
  /** Flags for node itself, before the launcher. */
  readonly nodeArgs?: readonly string[];
  /** The script to run instead of `mpirun`, such as `mpi4tsPath`. */
  readonly script?: string;
  /** Sends this signal as soon as the output so far (stdout, then stderr) matches `when`. */
  readonly kill?: { readonly signal: NodeJS.Signals; readonly when: RegExp };
}

export interface Launched {
  /** Exit code, or null when a signal ended the launcher. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start, or from the signal that `kill` sent, to the end of the launcher. */
  readonly elapsedMs: number;
}

function environment(extra: LaunchOptions['env'] = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...extra };
  // What ava and c8 leave behind must not change how the launcher behaves.
  delete env.NODE_CHANNEL_FD;
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  return env;
}

/** Runs `mpirun ...args` to its end. Rejects when it cannot be started or does not end within `timeoutMs`. */
export function launch(args: readonly string[], options: LaunchOptions = {}): Promise<Launched> {
  const { node = process.execPath, nodeArgs = [], script = mpirunPath, timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    let since = performance.now();
    const words = script === mpirunPath ? [...rankOptions, ...args] : args;
    const child = spawn(node, [...nodeArgs, script, ...words], {
      env: environment(options.env),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    let killWhen = options.kill?.when;
    const seen = () => {
      if (!killWhen?.test(stdout + stderr)) return;
      killWhen = undefined;
      since = performance.now();
      child.kill(options.kill!.signal);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      seen();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      seen();
    });
    child.stdin.on('error', () => {}); // the launcher may end without reading it
    child.stdin.end(options.stdin ?? '');
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill(constants.signals.SIGKILL);
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const elapsedMs = performance.now() - since;
      if (!timedOut) return resolve({ code, signal, stdout, stderr, elapsedMs });
      const what = `mpirun ${args.join(' ')}: not ended after ${timeoutMs} ms`;
      reject(new Error(`${what}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`));
    });
  });
}
