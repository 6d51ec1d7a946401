/** Programs for the launcher's tests, written into a directory of their own that goes away with the test. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** Writes `files` (path to text) into a fresh directory outside the project, and returns it. */
export function directoryWith(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mpi4ts-launcher-')));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** First line of programs that do not use the runtime but want to know their rank. */
export const seat = "const { rank, size, segment, beforePark } = globalThis[Symbol.for('mpi4ts.seat')];\n";

/** Blocks its thread for ever. */
export const block = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);\n';

/** The lines of a text, sorted: ranks print in any order. */
export function sortedLines(text: string): string[] {
  return text.trimEnd().split('\n').sort();
}
