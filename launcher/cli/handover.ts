/**
 * A job runs under its own copy of the package: a `mpirun` that was installed elsewhere hands over to it, so that
 * launcher and runtime are of one version. The contract between versions is only the `bin` of package.json: a
 * script that reads `process.argv`.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ownPackage, packageFor } from '../program/package.js';

/** Set in the process once one copy has handed over, so that two copies never pass it on in a circle. */
const HANDED_OVER = Symbol.for('mpi4ts.handed-over');

const PROGRAM = /\.[cm]?[jt]s$/;

/**
 * Directories whose copy counts: the first program's, then the current one. The other copy may know options that
 * this one does not, so the first word that is a program's file is taken for the program.
 */
function jobDirectories(words: readonly string[]): string[] {
  const program = words.find((word) => PROGRAM.test(word) && existsSync(word));
  return program === undefined ? [process.cwd()] : [dirname(resolve(program)), process.cwd()];
}

/** The script of the job's own copy that is to carry out the command; undefined when that is this copy. */
export function ownLauncherOf(command: 'mpirun' | 'mpi4ts', words: readonly string[]): string | undefined {
  for (const directory of jobDirectories(words)) {
    const copy = packageFor(directory);
    if (copy === undefined) continue;
    if (copy.root === ownPackage().root) return undefined;
    const bin = copy.manifest.bin?.[command];
    const script = bin === undefined ? undefined : join(copy.root, bin);
    return script !== undefined && existsSync(script) ? script : undefined;
  }
  return undefined;
}

/** Hands over if the job has a copy of its own. Returns whether it did: then there is nothing left to do here. */
export async function handOver(command: 'mpirun' | 'mpi4ts', words: readonly string[]): Promise<boolean> {
  const marks = globalThis as { [HANDED_OVER]?: boolean };
  if (marks[HANDED_OVER]) return false;
  const script = ownLauncherOf(command, words);
  if (script === undefined) return false;
  marks[HANDED_OVER] = true;
  process.argv[1] = script;
  await import(pathToFileURL(script).href);
  return true;
}
