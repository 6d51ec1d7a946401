/** Short messages out of and into views of more than 2 GiB. Rank 0 has the memory, of which few pages are touched. */
import assert from 'node:assert/strict';
import { freemem } from 'node:os';
import { MPI } from 'mpi4ts';
import { assertFrom, assertPattern, pattern, waited } from '../../support/job/tools.js';

const comm = MPI.COMM_WORLD;
const bytes = 3e9;
const lengths = [8, 100, 5000, 200_000];

/** The memory, or why it cannot be had. */
function allocate(): Uint8Array | string {
  if (freemem() < 1.2 * bytes) return `only ${freemem()} bytes of memory are free, ${bytes} are needed`;
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    return `${bytes} bytes cannot be allocated: ${(error as Error).message}`;
  }
}

/** Sends the head of `big`, after other views have been sent, and receives into it. */
function here(big: Uint8Array): void {
  for (const [i, length] of lengths.entries()) {
    const other = pattern(length, 50);
    big.set(pattern(length, i));
    for (let k = 0; k < 2; k++) comm.Send(other.slice(), 1, 1);
    comm.Send([big, length, MPI.BYTE], 1, 2);
    comm.Isend([big, length, MPI.BYTE], 1, 3).Wait();
    comm.Ssend(big.subarray(0, length), 1, 4);
    big.fill(0, 0, length + 8);
    const receive = comm.Irecv(big, 1, 5);
    comm.Send(other, 1, 6);
    assertFrom(waited(receive, { timeout: 20_000 }), 1, 5, length);
    assertPattern(big.subarray(0, length + 8), i, length);
    big.fill(0, 0, length);
    assertFrom(comm.Recv(big, 1, 7, undefined, { timeout: 20_000 }), 1, 7, length);
    assertPattern(big.subarray(0, length + 8), i, length);
  }
  const end = big.subarray(bytes - 16);
  end.set(pattern(16, 3));
  comm.Send(end, 1, 8);
}

function there(): void {
  for (const [i, length] of lengths.entries()) {
    const got = new Uint8Array(length);
    for (let k = 0; k < 2; k++) comm.Recv(got, 0, 1);
    for (const tag of [2, 3, 4]) {
      got.fill(0);
      assertFrom(comm.Recv(got, 0, tag), 0, tag, length);
      assertPattern(got, i);
    }
    comm.Recv(new Uint8Array(length), 0, 6);
    comm.Send(got, 0, 5);
    comm.Send(got, 0, 7);
  }
  const end = new Uint8Array(16);
  comm.Recv(end, 0, 8);
  assertPattern(end, 3);
}

if (comm.rank === 0) {
  const big = allocate();
  comm.send(typeof big === 'string', 1, 0);
  if (typeof big === 'string') console.log(`skipped: ${big}`);
  else {
    here(big);
    console.log('all seen');
  }
} else if (comm.recv(0, 0) === false) {
  there();
}
assert.equal(comm.size, 2);
