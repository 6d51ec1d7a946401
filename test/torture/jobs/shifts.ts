/** Patterns that block, one after the other between all ranks: exchanges, ready sends, persistent requests. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { allocate, check, fill, guard, type Memory, ruin } from './contents.js';
import type { Counts } from './counts.js';
import type { Random } from './schedule.js';

interface Shift {
  readonly comm: MPI.Comm;
  readonly seed: number;
  /** Differs between ranks. */
  readonly random: Random;
  readonly counts: Counts;
  /** Ranks at the same distance on either side. */
  readonly dest: number;
  readonly source: number;
  /** Its own: a rank may be a pattern ahead of another. */
  readonly tag: number;
  /** Bytes that rank `rank` sends in round `round`. */
  readonly bytesOf: (rank: number, round: number) => number;
}

/** Rounds of a persistent request. */
const ROUNDS = 4;

function filled({ comm, seed, random, bytesOf }: Shift, round: number): Memory {
  const memory = allocate(bytesOf(comm.rank, round), random);
  fill(memory.bytes, seed, round * comm.size + comm.rank);
  return memory;
}

function guarded({ random }: Shift, bytes: number): Memory {
  const memory = allocate(bytes, random);
  guard(memory.bytes);
  return memory;
}

function verify(shift: Shift, memory: Memory, status: MPI.Status, round: number, what: string): void {
  const { comm, seed, source, bytesOf } = shift;
  assert.equal(status.source, source, `source of ${what}`);
  assert.equal(status.tag, shift.tag, `tag of ${what}`);
  assert.equal(status.count, bytesOf(source, round), `bytes of ${what}`);
  check(memory.bytes, status.count, seed, round * comm.size + source, what);
  shift.counts.add('messages');
  shift.counts.add('bytes', status.count);
  shift.counts.add(what);
}

function sendrecv(shift: Shift): void {
  const { comm, source, dest, tag, bytesOf } = shift;
  const out = filled(shift, 0);
  const into = guarded(shift, bytesOf(source, 0) + 16);
  const status = comm.Sendrecv(out.buffer, dest, tag, into.buffer, source, tag);
  verify(shift, into, status, 0, 'Sendrecv');
}

function isendrecv(shift: Shift): void {
  const { comm, source, dest, tag, bytesOf } = shift;
  const out = filled(shift, 0);
  const into = guarded(shift, bytesOf(source, 0) + 16);
  const request = comm.Isendrecv(out.buffer, dest, tag, into.buffer, MPI.ANY_SOURCE, tag);
  verify(shift, into, request.Wait(), 0, 'Isendrecv');
}

function replace(shift: Shift): void {
  const { comm, source, dest, tag, bytesOf } = shift;
  // One length for both halves: rank 0's.
  const even = { ...shift, bytesOf: (_: number, round: number) => bytesOf(0, round) };
  const memory = filled(even, 0);
  const status = comm.Sendrecv_replace(memory.buffer, dest, tag, source, tag);
  assert.equal(status.count, memory.bytes.length);
  // Nothing lies behind this message.
  verify(even, { ...memory, bytes: memory.bytes.slice() }, status, 0, 'Sendrecv_replace');
}

/** A ready send where its receive is posted for certain: behind a barrier. */
function ready(shift: Shift): void {
  const { comm, source, dest, tag, bytesOf, random } = shift;
  const into = guarded(shift, bytesOf(source, 0) + 8);
  const request = comm.Irecv(into.buffer, random(2) === 0 ? source : MPI.ANY_SOURCE, tag);
  const out = filled(shift, 0);
  comm.Barrier();
  if (random(2) === 0) comm.Rsend(out.buffer, dest, tag);
  else {
    const send = comm.Irsend(out.buffer, dest, tag);
    while (!send.Test());
  }
  ruin(out.bytes);
  verify(shift, into, request.Wait(), 0, 'ready sends');
}

/** Ranks `distance` apart form circles, as many as this; the first so many ranks are each in another one. */
function circles(size: number, distance: number): number {
  return distance === 0 ? size : circles(distance, size % distance);
}

/** Blocking sends and receives. One rank of each circle receives first: no circle waits for itself. */
function pingpong(shift: Shift): void {
  const { comm, source, dest, tag, bytesOf } = shift;
  const isFirst = comm.rank < circles(comm.size, (dest - comm.rank + comm.size) % comm.size);
  for (let round = 0; round < ROUNDS; round++) {
    const out = filled(shift, round);
    const into = guarded(shift, bytesOf(source, round) + 8);
    const send = () =>
      round % 2 === 0 ? comm.Send(out.buffer, dest, tag) : comm.Ssend(out.buffer, dest, tag);
    const receive = () => verify(shift, into, comm.Recv(into.buffer, source, tag), round, 'blocking pairs');
    if (isFirst) receive();
    send();
    ruin(out.bytes);
    if (!isFirst) receive();
  }
}

function persistent(shift: Shift): void {
  const { comm, source, dest, tag, bytesOf, random } = shift;
  const init = (['Send_init', 'Ssend_init', 'Bsend_init'] as const)[random(3)];
  const even = { ...shift, bytesOf: (rank: number) => bytesOf(rank, 0) };
  const out = filled(even, 0);
  const into = guarded(even, even.bytesOf(source) + 8);
  if (init === 'Bsend_init')
    MPI.Attach_buffer(new ArrayBuffer(ROUNDS * (out.bytes.length + MPI.BSEND_OVERHEAD)));
  const requests = [comm.Recv_init(into.buffer, source, tag), comm[init](out.buffer, dest, tag)];
  for (let round = 0; round < ROUNDS; round++) {
    fill(out.bytes, shift.seed, round * comm.size + comm.rank);
    into.bytes.fill(0);
    guard(into.bytes);
    MPI.Prequest.Startall(requests);
    const statuses: MPI.Status[] = [];
    MPI.Request.Waitall(requests, statuses);
    verify(even, into, statuses[0], round, 'persistent');
  }
  for (const request of requests) request.Free();
  if (init === 'Bsend_init') MPI.Detach_buffer();
}

const SHIFTS = [sendrecv, isendrecv, replace, ready, pingpong, persistent] as const;

/**
 * One pattern around the ring of ranks. `shared` is the same on every rank and chooses it, `random` is the rank's own.
 */
export function shift(
  comm: MPI.Comm,
  seed: number,
  shared: Random,
  random: Random,
  sizeOf: (random: Random) => number,
  counts: Counts,
  tag: number,
): void {
  const { rank, size } = comm;
  const distance = 1 + shared(size - 1);
  const sizes = Array.from({ length: size * ROUNDS }, () => sizeOf(shared));
  const pattern = SHIFTS[shared(SHIFTS.length)];
  pattern({
    comm,
    seed,
    random,
    counts,
    tag,
    dest: (rank + distance) % size,
    source: (rank + size - distance) % size,
    bytesOf: (of, round) => sizes[round * size + of],
  });
}
