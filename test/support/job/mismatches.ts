/** Calls that do not fit together, under `mpirun --check`: all ranks are told, in one way. */
import assert from 'node:assert/strict';
import type { MPI } from 'mpi4ts';
import { raises } from './tools.js';

export type Args = readonly unknown[];
type Method = (this: MPI.Comm, ...args: unknown[]) => unknown;

/** Calls a method by its name. */
export function call(comm: MPI.Comm, name: string, args: Args): unknown {
  return ((comm as unknown as Record<string, Method>)[name] as Method).apply(comm, [...args]);
}

const nonblocking = (name: string): string => `I${name.toLowerCase()}`;

/** The blocking, nonblocking and persistent form of a collective, each run as far as its members wait for each other. */
export const forms: readonly ((comm: MPI.Comm, name: string, args: Args) => unknown)[] = [
  (comm, name, args) => call(comm, name, args),
  (comm, name, args) => (call(comm, nonblocking(name), args) as MPI.Request).Wait(),
  (comm, name, args) => call(comm, `${name}_init`, args),
];

const LINE = /\((\w+ at )?test\/[\w/-]+\.ts:\d+:\d+\).*\((\w+ at )?test\/[\w/-]+\.ts:\d+:\d+\)/;

/** All members, of an intercommunicator those of the other group, are reached. */
export function assertUsable(comm: MPI.Comm): void {
  const sum = new Int32Array(1);
  comm.Allreduce(Int32Array.of(comm.rank), sum);
  const heard = comm.Is_inter() ? (comm as MPI.Intercomm).remote_size : comm.size;
  assert.equal(sum[0], (heard * (heard - 1)) / 2);
}

/**
 * All ranks are told, in one way: of this rank, of `odd` as others call it, and where both are. The communicator stays
 * usable.
 */
export function mismatch(
  comm: MPI.Comm,
  errorClass: number,
  odd: number | string,
  run: () => unknown,
  ...texts: (string | RegExp)[]
): MPI.Exception {
  const own = ` on rank ${comm.rank} of `;
  const who = typeof odd === 'number' ? `rank ${odd}` : odd;
  const error = raises(
    errorClass,
    run,
    own,
    who,
    /but rank \d+ (of (this|the other) group )?called /,
    LINE,
    ...texts,
  );
  assertUsable(comm);
  return error;
}
