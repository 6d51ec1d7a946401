/**
 * mpi4ts's program for the works of bench/contract.ts, through the public interface only. Its arguments are the
 * contract's; `--mixed` before them: first use every kind of buffer, datatype and call.
 */
import { MPI } from 'mpi4ts';
import type { Step, Work } from '../contract.js';
import { prepare } from './checker.js';
import { Pattern } from './pattern.js';
import { countOf, Pool } from './pool.js';
import { roleOf, roundOf } from './rounds.js';

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
const role = roleOf(work, comm.rank, comm.size);

/** The buffers of so many messages a round. Validation needs one for each. */
function poolOf({ size, iterations, warmup }: Step, perRound: number): Pool {
  const count = countOf(buffers, size, perRound * (iterations + warmup));
  return new Pool(size, validate === '1' ? Math.max(count, perRound) : count);
}

/** Seconds of the timed rounds; the ranks begin together, after the warmup as well. */
function time(round: (() => void) | undefined, { iterations, warmup }: Step): number {
  comm.Barrier();
  if (round !== undefined) for (let i = 0; i < warmup; i++) round();
  comm.Barrier();
  const begin = MPI.Wtime();
  if (round !== undefined) for (let i = 0; i < iterations; i++) round();
  return MPI.Wtime() - begin;
}

/** The same, where all ranks have written and checked their messages before a clock runs again. */
function timeChecked(round: (() => void) | undefined, step: Step, send: Pool, recv: Pool): number {
  const pattern = new Pattern(step.size);
  let seconds = 0;
  for (let i = 0; i < step.warmup + step.iterations; i++) {
    const verify = prepare(role, comm.rank, i, send, recv, pattern);
    comm.Barrier();
    const begin = MPI.Wtime();
    round?.();
    if (i >= step.warmup) seconds += MPI.Wtime() - begin;
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
for (const step of steps) {
  const send = poolOf(step, role.sends);
  const recv = poolOf(step, role.receives);
  const round = roundOf(work, comm, send, recv);
  const seconds = validate === '1' ? timeChecked(round, step, send, recv) : time(round, step);
  if (comm.rank === 0) console.log(`${step.size} ${step.iterations} ${seconds.toFixed(9)}`);
}
// Ranks without a part stay until the others are done, as a job's ranks do.
comm.Barrier();
