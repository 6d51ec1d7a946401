/** Starting the programs whose result is one JSON value. */
import { fileURLToPath } from 'node:url';
import { type Program, runToSuccess } from '../command.js';
import { jobProgram } from '../mpirun.js';
import type { Way } from '../options.js';

/**
 * Runs a program that prints one JSON value, and returns the value.
 * @throws Error with one line that begins with `name`, if it fails, takes too long or prints anything else.
 */
export async function runForJson<T>(name: string, program: Program, limitMs: number): Promise<T> {
  const { stdout } = await runToSuccess(name, program, limitMs);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`${name}: printed no JSON value but ${JSON.stringify(stdout.slice(0, 80))}`);
  }
}

/** One run of one of our jobs. */
export interface JobOptions extends Way {
  readonly ranks: number;
  readonly args?: readonly (string | number)[];
  readonly limitMs: number;
}

/** Runs a job whose rank 0 prints one JSON value, and returns the value. */
export function runJob<T>(job: URL, { ranks, args = [], limitMs, ...way }: JobOptions): Promise<T> {
  const path = fileURLToPath(job);
  const name = `mpirun -n ${ranks} ${path.slice(path.lastIndexOf('/') + 1)}`;
  return runForJson(name, jobProgram(ranks, path, args.map(String), way), limitMs);
}
