/**
 * A job that has used every kind of buffer, datatype, send mode and call before it measures. What V8 has compiled for
 * one kind of array and one path is then compiled anew for all of them, as in a program that is more than a loop.
 */
import { MPI } from 'mpi4ts';

/** Passes over everything: each array meets several send modes and V8 collects what it needs to know of all. */
const passes = 8;

/** Bytes of the messages, multiples of 8: within one record, eager, and above the eager limit. */
const sizes = [0, 8, 64, 1000, 16_384, 131_072];

/** A part of larger storage, as programs pass it. */
function parts(size: number): MPI.BufferLike[] {
  const storage = new ArrayBuffer(size + 64);
  const shared = new SharedArrayBuffer(size + 64);
  const resizable = new ArrayBuffer(size, { maxByteLength: size + 64 });
  return [
    new Int8Array(storage, 8, size),
    new Uint8Array(size),
    new Uint8ClampedArray(size),
    new Int16Array(storage, 2, size / 2),
    new Uint16Array(size / 2),
    new Int32Array(shared, 4, size / 4),
    new Uint32Array(size / 4),
    new BigInt64Array(shared, 0, size / 8),
    new BigUint64Array(size / 8),
    new Float32Array(storage, 0, size / 4),
    new Float64Array(size / 8),
    new DataView(storage, 16, size),
    new Uint8Array(resizable),
    Buffer.from(storage, 3, size),
    new ArrayBuffer(size),
    new SharedArrayBuffer(size),
  ];
}

/** The same as specs, with every form and many datatypes. */
function specs(size: number): MPI.BufferSpec[] {
  const raw = new ArrayBuffer(size + 64);
  return [
    [new Float64Array(size / 8), MPI.DOUBLE],
    [new Float32Array(size / 4), size / 4, MPI.FLOAT],
    [new Int32Array(size / 4 + 4), [size / 4, 3], MPI.INT],
    [new Uint32Array(size / 4), MPI.BYTE],
    [new BigInt64Array(size / 8), MPI.LONG],
    [new Int16Array(size / 2), MPI.SHORT],
    [raw, size, MPI.PACKED],
    [new DataView(raw), [size, 8], MPI.CHAR],
    [Buffer.alloc(size), size, MPI.C_BOOL],
  ];
}

/** A message: what the sender names is of another kind than what the receiver names. */
interface Case {
  readonly send: MPI.BufferSpec;
  readonly recv: MPI.BufferSpec;
}

function casesOf(size: number): Case[] {
  const [sends, recvs] = [0, 1].map(() => [...parts(size), ...specs(size)]);
  return sends.map((send, i) => ({ send, recv: recvs[recvs.length - 1 - i] }));
}

/** Each rank's neighbours: to the right it sends, from the left it receives. */
interface Around {
  readonly comm: MPI.Comm;
  readonly right: number;
  readonly left: number;
}

/** Every send mode, blocking, nonblocking and persistent, against every way to receive. */
function pointToPoint({ comm, right, left }: Around, { send, recv }: Case, turn: number): void {
  const status = new MPI.Status();
  const receive = comm.Irecv(recv, turn % 3 === 0 ? MPI.ANY_SOURCE : left, turn % 5 === 0 ? MPI.ANY_TAG : 1);
  switch (turn % 12) {
    case 0:
      comm.Send(send, right, 1);
      break;
    case 1:
      comm.Ssend(send, right, 1);
      break;
    case 2:
      comm.Bsend(send, right, 1);
      break;
    case 3:
      comm.Rsend(send, right, 1);
      break;
    case 4:
      comm.Isend(send, right, 1).Wait();
      break;
    case 5:
      MPI.Request.Waitall([comm.Issend(send, right, 1), MPI.REQUEST_NULL]);
      break;
    case 6:
      comm.Ibsend(send, right, 1).Free();
      break;
    case 7: {
      const requests = [comm.Irsend(send, right, 1)];
      while (!MPI.Request.Testall(requests));
      break;
    }
    default: {
      const kinds = [comm.Send_init, comm.Ssend_init, comm.Bsend_init, comm.Rsend_init];
      const request = kinds[turn % 4].call(comm, send, right, 1);
      request.Start();
      request.Wait(status);
      request.Free();
    }
  }
  if (turn % 2 === 0) receive.Wait(status);
  else MPI.Request.Waitany([MPI.REQUEST_NULL, receive], status);
}

/** Probes, matched receives, exchanges and persistent receives. */
function otherReceives({ comm, right, left }: Around, { send, recv }: Case): void {
  const status = new MPI.Status();
  const sends = [2, 3, 4, 5].map((tag) => comm.Isend(send, right, tag));
  comm.Probe(left, 2, status);
  comm.Recv(recv, status.source, status.tag, status);
  while (!comm.Iprobe(MPI.ANY_SOURCE, 3));
  comm.Recv(recv, MPI.ANY_SOURCE, 3);
  comm.Mprobe(left, 4).Recv(recv, status);
  let message = comm.Improbe(left, 5);
  while (message === null) message = comm.Improbe(left, 5);
  message.Irecv(recv).Wait();
  MPI.Request.Waitsome(sends);
  MPI.Request.Waitall(sends);
  const persistent = comm.Recv_init(recv, left, 6);
  persistent.Start();
  comm.Send(send, right, 6);
  while (!persistent.Test(status));
  persistent.Free();
  comm.Sendrecv(send, right, 7, recv, left, 7, status);
  comm.Sendrecv_replace(send, right, 8, left, 8);
  comm.Isendrecv(send, right, 9, recv, left, 9).Wait();
  comm.Recv(recv, MPI.PROC_NULL);
}

function objects({ comm, right, left }: Around, turn: number): void {
  const receive = comm.irecv(left, 1);
  comm.send({ turn, text: 'an object', list: [1, 2, 3] }, right, 1);
  receive.wait();
  const sent = comm.isend(new Float64Array(turn), right, 2);
  comm.recv(left, 2);
  sent.wait();
  comm.sendrecv(`${turn}`, right, 3, left, 3);
}

function collectives(comm: MPI.Comm, turn: number): void {
  const { rank, size } = comm;
  const root = turn % size;
  const values = new Float64Array(4).fill(rank);
  const all = rank === root ? new Float64Array(4 * size) : null;
  comm.Barrier();
  comm.Bcast(new Int32Array(1 + turn), root);
  comm.Gather(values, all, root);
  comm.Scatter(all, values, root);
  comm.Reduce(values, rank === root ? new Float64Array(4) : null, MPI.MAX, root);
  comm.Allreduce(MPI.IN_PLACE, new Int32Array([rank, turn]), MPI.SUM);
  comm.Allreduce(new BigInt64Array(2), new BigInt64Array(2), MPI.BOR);
}

/** Uses everything, on all ranks together. */
export function useEverything(comm: MPI.Comm): void {
  const { rank, size } = comm;
  const around = { comm, right: (rank + 1) % size, left: (rank + size - 1) % size };
  const alone = { comm: MPI.COMM_SELF, right: 0, left: 0 };
  const cases = sizes.map(casesOf);
  MPI.Attach_buffer(MPI.BUFFER_AUTOMATIC);
  for (let turn = 0; turn < passes; turn++) {
    for (const [i, list] of cases.entries()) {
      const which = list[(turn * 7 + i) % list.length];
      for (const [j, one] of list.entries()) pointToPoint(around, one, turn + j);
      pointToPoint(alone, which, turn + i);
      otherReceives(around, which);
    }
    objects(around, turn);
    collectives(comm, turn);
  }
  MPI.Detach_buffer();
}
