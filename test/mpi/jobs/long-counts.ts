/** Messages, datatypes and collectives of more than 2^31 bytes, on two ranks: what lies beyond arrives, and is counted. */
import assert from 'node:assert/strict';
import { freemem } from 'node:os';
import { MPI } from 'mpi4ts';

const comm = MPI.COMM_WORLD;
const { rank } = comm;
const other = 1 - rank;
const bytes = 2 ** 31 + 24;
/** Two buffers on each of two ranks, and room for the rest of the machine. */
const neededBytes = 5 * bytes;

/** Looked at in place of all bytes: at the ends of 2^31 and of the buffer, and between. */
const places = [0, 1, 2 ** 20 + 3, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, bytes - 1];

function mark(buffer: Uint8Array, seed: number): Uint8Array {
  for (const [i, at] of places.entries()) if (at < buffer.length) buffer[at] = seed + i;
  return buffer;
}

function marked(buffer: Uint8Array, seed: number, what: string): void {
  for (const [i, at] of places.entries())
    if (at < buffer.length) assert.equal(buffer[at], seed + i, `${what}, byte ${at}`);
}

function messages(a: Uint8Array, b: Uint8Array): void {
  mark(a, 10 + rank);
  const status = new MPI.Status();
  comm.Sendrecv(a, other, 1, b, other, 1, status);
  assert.equal(status.Get_count(), bytes);
  assert.equal(status.Get_elements(MPI.DOUBLE), bytes / 8);
  marked(b, 10 + other, 'Sendrecv');
  const doubles = MPI.DOUBLE.Create_contiguous(1024).Commit();
  const received = comm.Irecv([b, 2 ** 18, doubles], other, 2);
  mark(a, 20 + rank);
  comm.Isend([a, 2 ** 18, doubles], other, 2).Wait();
  assert.equal(received.Wait().Get_count(doubles), 2 ** 18);
  marked(b.subarray(0, 2 ** 31), 20 + other, 'Isend of 2^18 times 8 KiB');
}

/** Elements that lie more than 2^31 bytes apart, from and to a few. */
function strides(a: Uint8Array, b: Uint8Array): void {
  const wide = MPI.BYTE.Create_hvector(3, 8, 2 ** 30).Commit();
  assert.equal(wide.extent, 2 ** 31 + 8);
  const few = new Uint8Array(24);
  for (const [i, at] of [0, 2 ** 30, 2 ** 31].entries()) a.fill(30 + rank + i, at, at + 8);
  comm.Sendrecv([a, 1, wide], other, 3, few, other, 3);
  assert.deepEqual(
    [few[0], few[7], few[8], few[16], few[23]],
    [30, 30, 31, 32, 32].map((x) => x + other),
  );
  comm.Sendrecv(few, other, 4, [b, 1, wide], other, 4);
  assert.deepEqual(
    [b[7], b[2 ** 30], b[2 ** 31], b[2 ** 31 + 7]],
    [30, 31, 32, 32].map((x) => x + rank),
  );
}

function collectives(a: Uint8Array, b: Uint8Array): void {
  for (const root of [0, 1]) {
    comm.Bcast(rank === root ? mark(a, 40 + root) : a, root);
    marked(a, 40 + root, `Bcast from ${root}`);
  }
  comm.Allreduce(mark(a, 50 + 50 * rank), b, MPI.MAX);
  marked(b, 100, 'Allreduce');
  comm.Reduce(mark(a, 60 - 10 * rank), rank === 1 ? b : null, MPI.MIN, 1);
  if (rank === 1) marked(b, 50, 'Reduce');
  const half = bytes / 2;
  const block = (buffer: Uint8Array, i: number) => buffer.subarray(i * half, (i + 1) * half);
  const own = mark(block(a, 0), 70 + 10 * rank);
  comm.Allgather(own, b);
  for (const i of [0, 1]) marked(block(b, i), 70 + 10 * i, 'Allgather');
  for (const i of [0, 1]) mark(block(a, i), 90 + 20 * rank + 10 * i);
  comm.Alltoall(a, b);
  for (const i of [0, 1]) marked(block(b, i), 90 + 20 * i + 10 * rank, 'Alltoall');
  comm.Ibcast(mark(a, 140), 0).Wait();
  marked(a, 140, 'Ibcast');
}

const enough = freemem() > neededBytes;
if (comm.allreduce(enough, MPI.LAND)) {
  const [a, b] = [new Uint8Array(bytes), new Uint8Array(bytes)];
  for (const run of [messages, strides, collectives]) {
    run(a, b);
    comm.Barrier();
  }
  if (rank === 0) console.log('all seen');
} else if (rank === 0)
  console.log(`skipped: ${freemem()} bytes of memory are free, ${neededBytes} are needed`);
