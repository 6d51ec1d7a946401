/** Finds the program file that a user named. */
import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { UsageError } from '../usage.js';

const ENDINGS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/** Whether the file is TypeScript by its name. */
export function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path);
}

function kindOf(path: string): 'file' | 'directory' | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? 'file' : stats?.isDirectory() ? 'directory' : undefined;
}

/**
 * The absolute path of `name`, looked for in each of `directories` in turn.
 * @throws UsageError when it does not exist or is no JavaScript or TypeScript file.
 */
export function findProgram(name: string, directories: readonly string[]): string {
  const paths = [...new Set(directories.map((directory) => resolve(directory, name)))];
  const path = paths.find((candidate) => kindOf(candidate) === 'file');
  if (path === undefined) throw new UsageError(describeMissing(name, paths));
  const ending = extname(path);
  if (ending !== '' && !ENDINGS.includes(ending))
    throw new UsageError(`'${name}' is not a program for ranks: they run ${ENDINGS.join(', ')} files`);
  return path;
}

function describeMissing(name: string, paths: readonly string[]): string {
  if (name === 'node' || name === 'tsx') return `leave out '${name}': mpirun runs the program's file itself`;
  const guess = ENDINGS.find((ending) => paths.some((path) => kindOf(path + ending) === 'file'));
  const hint = guess === undefined ? '' : `; did you mean '${name}${guess}'?`;
  if (paths.some((path) => kindOf(path) === 'directory'))
    return `the program '${name}' is a directory: name a JavaScript or TypeScript file in it`;
  return `the program '${name}' does not exist (looked for ${paths.join(' and ')})${hint}`;
}
