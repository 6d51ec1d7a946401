/** One round of each work of messages, as bench/contract.ts has it: what a rank does in it. */
import { MPI } from 'mpi4ts';
import { type MessageWork, WINDOW } from '../contract.js';
import type { Pool } from './pool.js';

const TAG = 1;
const ANSWER_TAG = 2;

/** What a rank does in a round, apart from the answers of `bandwidth`. */
export interface Role {
  /** Messages of its own that it sends, and messages that it receives. */
  readonly sends: number;
  readonly receives: number;
  /** The rank that wrote what it receives. */
  readonly source: number;
}

/** Nothing to do but wait, as ranks 2, 3, ... in a work of two. */
const idle: Role = { sends: 0, receives: 0, source: 0 };

/** The part of rank `rank` of `size` in a round of `work`. */
export function roleOf(work: MessageWork, rank: number, size: number): Role {
  switch (work) {
    case 'latency':
      return rank < 2 ? { sends: 1, receives: 1, source: 1 - rank } : idle;
    case 'bandwidth':
    case 'message-rate':
      if (rank > 1) return idle;
      return rank === 0 ? { ...idle, sends: WINDOW } : { ...idle, receives: WINDOW };
    case 'bibw':
      return rank < 2 ? { sends: WINDOW, receives: WINDOW, source: 1 - rank } : idle;
    case 'multi-latency':
      return { sends: 1, receives: 1, source: (rank + size / 2) % size };
    case 'ring':
      return { sends: rank === 0 ? 1 : 0, receives: 1, source: 0 };
    case 'barrier':
      return idle;
  }
}

/** `first` sends and its peer answers. */
function pingPong(comm: MPI.Comm, peer: number, first: boolean, send: Pool, recv: Pool): () => void {
  const status = new MPI.Status();
  const ping = () => {
    comm.Send(send.next(), peer, TAG);
    comm.Recv(recv.next(), peer, TAG, status);
  };
  const pong = () => {
    comm.Recv(recv.next(), peer, TAG, status);
    comm.Send(send.next(), peer, TAG);
  };
  return first ? ping : pong;
}

function windowOut(comm: MPI.Comm, send: Pool): () => void {
  const requests: MPI.Request[] = new Array(WINDOW).fill(MPI.REQUEST_NULL);
  const answer = new Uint8Array(4);
  const status = new MPI.Status();
  return () => {
    for (let i = 0; i < WINDOW; i++) requests[i] = comm.Isend(send.next(), 1, TAG);
    MPI.Request.Waitall(requests);
    comm.Recv(answer, 1, ANSWER_TAG, status);
  };
}

function windowIn(comm: MPI.Comm, recv: Pool): () => void {
  const requests: MPI.Request[] = new Array(WINDOW).fill(MPI.REQUEST_NULL);
  const answer = new Uint8Array(4);
  return () => {
    for (let i = 0; i < WINDOW; i++) requests[i] = comm.Irecv(recv.next(), 0, TAG);
    MPI.Request.Waitall(requests);
    comm.Send(answer, 0, ANSWER_TAG);
  };
}

function windowBoth(comm: MPI.Comm, peer: number, send: Pool, recv: Pool): () => void {
  const requests: MPI.Request[] = new Array(2 * WINDOW).fill(MPI.REQUEST_NULL);
  return () => {
    for (let i = 0; i < WINDOW; i++) requests[i] = comm.Irecv(recv.next(), peer, TAG);
    for (let i = 0; i < WINDOW; i++) requests[WINDOW + i] = comm.Isend(send.next(), peer, TAG);
    MPI.Request.Waitall(requests);
  };
}

/** Rank 0 starts a message and takes it back; the others pass on what they got. */
function ring(comm: MPI.Comm, send: Pool, recv: Pool): () => void {
  const { rank, size } = comm;
  const status = new MPI.Status();
  const right = (rank + 1) % size;
  const left = (rank + size - 1) % size;
  const start = () => {
    comm.Send(send.next(), right, TAG);
    comm.Recv(recv.next(), left, TAG, status);
  };
  const pass = () => {
    const buffer = recv.next();
    comm.Recv(buffer, left, TAG, status);
    comm.Send(buffer, right, TAG);
  };
  return rank === 0 ? start : pass;
}

/** A function that does this rank's part in one round; undefined if it has none. */
export function roundOf(work: MessageWork, comm: MPI.Comm, send: Pool, recv: Pool): (() => void) | undefined {
  const { rank, size } = comm;
  if (work === 'barrier') return () => comm.Barrier();
  if (work === 'ring') return ring(comm, send, recv);
  if (work === 'multi-latency') return pingPong(comm, (rank + size / 2) % size, rank < size / 2, send, recv);
  if (rank > 1) return undefined;
  if (work === 'latency') return pingPong(comm, 1 - rank, rank === 0, send, recv);
  if (work === 'bibw') return windowBoth(comm, 1 - rank, send, recv);
  return rank === 0 ? windowOut(comm, send) : windowIn(comm, recv);
}
