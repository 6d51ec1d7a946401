/**
 * Messages of every kind, at random from a seed, between 2 or more ranks: all sizes around the runtime's limits, all
 * modes, wildcards, probes, persistent requests, cancelled sends and receives. Every message is checked: its bytes,
 * that it comes once, and its order. Prints what it did.
 *
 *     mpirun -n RANKS dist/test/torture/jobs/torture.js SECONDS SEED
 *
 * By hand, after `npm run build:ts`, for ten minutes, with the addon and without it:
 *
 *     node dist/launcher/bin/mpirun.js -n 4 dist/test/torture/jobs/torture.js 600 1
 *     MPI4TS_NATIVE=0 node dist/launcher/bin/mpirun.js -n 4 dist/test/torture/jobs/torture.js 600 1
 *
 * A fourth argument starts at that epoch: a failure names its seed and epoch.
 */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { Counts } from './counts.js';
import { exchange } from './exchange.js';
import { epochOf, FIRST_SHIFT_TAG, randomOf, sizeOfAny } from './schedule.js';
import { shift } from './shifts.js';

/** Patterns that block, between two exchanges. */
const SHIFTS_PER_EPOCH = 6;

const comm = MPI.COMM_WORLD;
const [seconds, seed, first = 0] = process.argv.slice(2).map(Number);
assert.ok(
  seconds > 0 && Number.isInteger(seed) && Number.isInteger(first),
  'torture.js SECONDS SEED [EPOCH]',
);
assert.ok(comm.size >= 2, 'two ranks at least');

const start = performance.now();
const counts = new Counts();

/** All ranks go on, or none: rank 0 has the clock. */
function goesOn(): boolean {
  const flag = Int32Array.of(performance.now() - start < seconds * 1000 ? 1 : 0);
  comm.Bcast(flag, 0);
  return flag[0] === 1;
}

function run(): number {
  let epoch = first;
  for (; goesOn(); epoch++) {
    const own = randomOf(seed, epoch, 2 + comm.rank);
    try {
      exchange(comm, seed + epoch, epochOf(seed, epoch, comm.size), own, counts);
      const shared = randomOf(seed, epoch, 1);
      for (let i = 0; i < SHIFTS_PER_EPOCH; i++)
        shift(comm, seed + i, shared, own, sizeOfAny, counts, FIRST_SHIFT_TAG + i);
    } catch (error) {
      throw new Error(`torture: seed ${seed}, epoch ${epoch}, ${comm.size} ranks, rank ${comm.rank}`, {
        cause: error,
      });
    }
  }
  return epoch - first;
}

if (comm.rank === 0) console.log(`torture: seed ${seed}, ${comm.size} ranks, ${seconds} s`);
const epochs = run();
if (comm.rank === 0) {
  for (let rank = 1; rank < comm.size; rank++) counts.merge(comm.recv(rank));
  console.log(`torture: ${epochs} epochs done`);
  for (const [name, amount] of counts.entries) console.log(`${String(amount).padStart(14)} ${name}`);
} else {
  comm.send(counts.entries, 0);
}
