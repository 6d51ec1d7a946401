/**
 * mpi4ts's program for the works of bench/contract.ts, through the public interface only. Its arguments are the
 * contract's; `--mixed` before them: first use every kind of buffer, datatype and call.
 */
import { MPI } from 'mpi4ts';
import {
  type CollectiveWork,
  isCollective,
  isOfObjects,
  type MessageWork,
  reductions,
  type Step,
  type Work,
} from '../contract.js';
import { prepareBlocks } from './blocks.js';
import { prepare } from './checker.js';
import { type Bytes, type Comms, collectiveRoundOf, shapes } from './collectives.js';
import { objectTask } from './objects.js';
import { Pattern } from './pattern.js';
import { bytePool, countOf, floatPool, type Pool } from './pool.js';
import { roleOf, roundOf } from './rounds.js';
import type { Task } from './task.js';

const words = process.argv.slice(2);
const mixed = words[0] === '--mixed';
const [work, buffers, validate, ...list] = words.slice(mixed ? 1 : 0) as [
  Work,
  'reuse' | 'rotate',
  '0' | '1',
  ...string[],
];
const steps: Step[] = list.map((word) => {
  const [size, iterations, warmup] = word.split(':').map(Number);
  return { size, iterations, warmup };
});
const comm = MPI.COMM_WORLD;

/** Passes messages. Validation needs a buffer for each message of a round. */
function messageTask(work: MessageWork, { size, iterations, warmup }: Step): Task {
  const role = roleOf(work, comm.rank, comm.size);
  const poolOf = (perRound: number) => {
    const count = countOf(buffers, size, perRound * (iterations + warmup));
    return bytePool(size, validate === '1' ? Math.max(count, perRound) : count);
  };
  const [send, recv] = [poolOf(role.sends), poolOf(role.receives)];
  const pattern = new Pattern(size);
  return {
    round: roundOf(work, comm, send, recv),
    prepare: (turn) => prepare(role, comm.rank, turn, send, recv, pattern),
  };
}

/** Calls a collective. */
function collectiveTask(work: CollectiveWork, comms: Comms, { size, iterations, warmup }: Step): Task {
  const { rank, size: ranks } = comm;
  const shape = shapes[work];
  const poolOf = (all: boolean): Pool<Bytes> => {
    const bytes = all ? ranks * size : size;
    const count = countOf(buffers, bytes, iterations + warmup);
    return reductions.includes(work) ? floatPool(bytes, count) : bytePool(bytes, count);
  };
  const send = poolOf(shape.sendsAll);
  const recv = work === 'bcast' ? send : poolOf(shape.receivesAll);
  const pattern = new Pattern(size);
  return {
    round: collectiveRoundOf(work, comms, send, recv),
    prepare: (turn) =>
      prepareBlocks({ shape, rank, ranks }, turn, send.upcoming(1)[0], recv.upcoming(1)[0], pattern),
  };
}

/** Seconds of the timed rounds; the ranks begin together, after the warmup as well. */
function time({ round }: Task, { iterations, warmup }: Step): number {
  comm.Barrier();
  if (round !== undefined) for (let i = 0; i < warmup; i++) round();
  comm.Barrier();
  const begin = MPI.Wtime();
  if (round !== undefined) for (let i = 0; i < iterations; i++) round();
  return MPI.Wtime() - begin;
}

/** The same, where all ranks have written and checked their messages before a clock runs again. */
function timeChecked(task: Task, { iterations, warmup }: Step): number {
  let seconds = 0;
  for (let i = 0; i < warmup + iterations; i++) {
    const verify = task.prepare(i);
    comm.Barrier();
    const begin = MPI.Wtime();
    task.round?.();
    if (i >= warmup) seconds += MPI.Wtime() - begin;
    const wrong = verify();
    if (wrong !== undefined) {
      console.error(`validation failed: ${wrong}`);
      process.exit(1);
    }
  }
  return seconds;
}

if (mixed) {
  const { useEverything } = await import('./mixed.js');
  useEverything(comm);
}
// Only a scan uses the second.
const comms = { forward: comm, reversed: work === 'scan' ? comm.Split(0, comm.size - comm.rank) : comm };

function taskOf(step: Step): Task {
  if (isOfObjects(work)) return objectTask(work, comm, step.size);
  return isCollective(work) ? collectiveTask(work, comms, step) : messageTask(work, step);
}

for (const step of steps) {
  const task = taskOf(step);
  const seconds = validate === '1' ? timeChecked(task, step) : time(task, step);
  if (comm.rank === 0) console.log(`${step.size} ${step.iterations} ${seconds.toFixed(9)}`);
}
// Ranks without a part stay until the others are done, as a job's ranks do.
comm.Barrier();
