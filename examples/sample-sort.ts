/**
 * Sample sort: every rank sorts its numbers, samples of them become the boundaries between ranks, each rank gets the
 * numbers between two boundaries (Alltoallv), and sorts these.      mpirun -n 4 examples/sample-sort.ts [count]
 */
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const count = Number(process.argv[2] ?? 1_000_000);
const samplesPerRank = 8 * size;

/** Number i of all: the same on any number of ranks, and more of the small ones. */
function numberAt(i: number): number {
  const hash = Math.imul(Math.imul(i + 1, 0x9e3779b1) ^ 0x7f4a7c15, 0x85ebca6b) >>> 0;
  return (hash / 2 ** 32) ** 3;
}

const numbers = (from: number, to: number) =>
  Float64Array.from({ length: to - from }, (_, i) => numberAt(from + i));

/** Where the first number that is not below `value` stands. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

comm.Barrier();
const start = MPI.Wtime();
const own = numbers(Math.floor((rank * count) / size), Math.floor(((rank + 1) * count) / size)).sort();

// Samples of all ranks, at equal distances, and of these the boundaries.
const samples = new Float64Array(size * samplesPerRank);
const sample = (_: number, i: number) => own[Math.floor(((i + 0.5) * own.length) / samplesPerRank)] ?? 1;
comm.Allgather(Float64Array.from({ length: samplesPerRank }, sample), samples);
samples.sort();
const boundaries = Array.from({ length: size - 1 }, (_, r) =>
  lowerBound(own, samples[(r + 1) * samplesPerRank]),
);

// How many go to each rank, how many come from each, and then the numbers.
const starts = [0, ...boundaries, own.length];
const sendCounts = Int32Array.from({ length: size }, (_, r) => starts[r + 1] - starts[r]);
const recvCounts = new Int32Array(size);
comm.Alltoall(sendCounts, recvCounts);
const mine = new Float64Array(recvCounts.reduce((sum, value) => sum + value, 0));
comm.Alltoallv([own, sendCounts], [mine, recvCounts]);
mine.sort();
const seconds = MPI.Wtime() - start;

const sizes = new Int32Array(size);
comm.Gather(Int32Array.of(mine.length), sizes, 0);
const sorted = rank === 0 ? new Float64Array(count) : null;
comm.Gatherv(mine, sorted && [sorted, sizes], 0);

if (sorted) {
  const serial = numbers(0, count).sort();
  const wrong = serial.findIndex((value, i) => value !== sorted[i]);
  if (wrong >= 0) throw new Error(`place ${wrong}: ${sorted[wrong]} in parallel, ${serial[wrong]} in serial`);
  const most = Math.max(...sizes) / (count / size);
  console.log(`${count} numbers on ${size} ranks: every one in the place of the serial sort`);
  console.log(`${(seconds * 1e3).toFixed(1)} ms; the fullest rank has ${most.toFixed(2)} of its share`);
}
