/**
 * Two ranks. Arguments: WAKES PARK_MS BLOCKS BLOCK_MS. Rank 0 prints a JSON object of type `WakeupResult`.
 *
 *     rank 0   sleep ........ t0 Send                       Recv t1, latency = t1 - t0
 *     rank 1   Recv (parked) ........ wake, t1, answer t1
 */
import { MPI } from 'mpi4ts';

/** Raw samples. */
export interface WakeupResult {
  /** From the call of Send to the return of Recv, in microseconds, one a wake. */
  readonly latencyUs: number[];
  /** CPU time of rank 1's process over the time that a Recv was blocked, in percent of a core. */
  readonly cpuPercent: number[];
}

const comm = MPI.COMM_WORLD;
const [wakes, parkMs, blocks, blockMs] = process.argv.slice(2).map(Number);
const never = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number) => Atomics.wait(never, 0, 0, ms);
const status = new MPI.Status();
/** Nanoseconds on a clock that all ranks share to the nanosecond, which `Wtime` is not. */
const time = new BigInt64Array(1);
const share = new Float64Array(1);

function wake(): number {
  sleep(parkMs);
  const sent = process.hrtime.bigint();
  comm.Send(time, 1, 0);
  comm.Recv(time, 1, 0, status);
  return Number(time[0] - sent) / 1e3;
}

function beWoken(): void {
  comm.Recv(time, 0, 0, status);
  time[0] = process.hrtime.bigint();
  comm.Send(time, 0, 0);
}

function block(): number {
  sleep(blockMs);
  comm.Send(time, 1, 0);
  comm.Recv(share, 1, 0, status);
  return share[0];
}

function beBlocked(): void {
  const before = process.cpuUsage();
  const since = performance.now();
  comm.Recv(time, 0, 0, status);
  const wallMs = performance.now() - since;
  const { user, system } = process.cpuUsage(before);
  share[0] = ((user + system) / 1e3 / wallMs) * 100;
  comm.Send(share, 0, 0);
}

/** The first wakes compile the path. */
const warmup = 3;

if (comm.rank === 0) {
  for (let i = 0; i < warmup; i++) wake();
  const latencyUs = Array.from({ length: wakes }, wake);
  const cpuPercent = Array.from({ length: blocks }, block);
  console.log(JSON.stringify({ latencyUs, cpuPercent } satisfies WakeupResult));
} else if (comm.rank === 1) {
  for (let i = 0; i < warmup + wakes; i++) beWoken();
  for (let i = 0; i < blocks; i++) beBlocked();
}
