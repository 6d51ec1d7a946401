/** Finds the peers' sources and tools, and compiles what is written in C. */
import { createHash, randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFile, realpath, rename, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../command.js';

const compileMsMax = 120_000;

/** A source that is not TypeScript: it lies in `bench/peers` of the package, of which this file is in `dist`. */
export const sourcePath = (name: string): string =>
  fileURLToPath(new URL(`../../../bench/peers/${name}`, import.meta.url));

/** A compiled program of this directory. */
export const programPath = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** All commands of this name on the PATH, in its order. */
export function findCommands(name: string): string[] {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  return directories
    .map((directory) => join(directory, name))
    .filter((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A directory for what is compiled, which nobody else can write to; it outlives this process where that is safe. */
function cacheDirectory(): string {
  const { uid } = userInfo();
  const directory = join(tmpdir(), `mpi4ts-bench-${uid}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const found = lstatSync(directory);
  const ours = found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
  return ours ? directory : mkdtempSync(join(tmpdir(), 'mpi4ts-bench-'));
}

/**
 * Compiles a C source of `bench/peers` unless this very source has been compiled by this very compiler before.
 * @returns The path of the program.
 * @throws Error with the first line of the compiler that tells of an error.
 */
export async function compile(
  compiler: string,
  source: string,
  flags: readonly string[] = [],
): Promise<string> {
  const texts = await Promise.all(
    ['messages.h', 'steps.h', 'collectives.h', source].map((name) => readFile(sourcePath(name))),
  );
  const tool = await realpath(compiler);
  const { mtimeMs } = await stat(tool);
  const key = createHash('sha256')
    .update(JSON.stringify([compiler, tool, mtimeMs, flags]))
    .update(Buffer.concat(texts))
    .digest('hex')
    .slice(0, 16);
  const program = join(cacheDirectory(), `${source.replace('.c', '')}-${key}`);
  if (existsSync(program)) return program;
  // Under a name of its own until it is whole: someone else may be compiling the same.
  const unfinished = `${program}.${randomUUID()}`;
  const args = ['-O2', ...flags, sourcePath(source), '-o', unfinished];
  const { code, stderr } = await runCommand({ command: compiler, args }, compileMsMax);
  if (code !== 0) {
    const lines = stderr.split('\n').filter((line) => line.trim() !== '');
    throw new Error((lines.find((line) => /error/i.test(line)) ?? lines[0] ?? `exit code ${code}`).trim());
  }
  await rename(unfinished, program);
  return program;
}
