/**
 * Buffers that come back: whatever the runtime keeps about memory that it has seen (views, holds, exposures), each
 * message carries the bytes that are in the buffer now, to where the buffer is now.
 */
import { MPI } from 'mpi4ts';
import { type CaseBody, defineCases } from '../../support/job/cases.js';
import { assertFrom, assertPattern, fillPattern, pattern, raises } from '../../support/job/tools.js';

/** On both sides of every threshold: words, addon, single copy, larger than the ring. */
const LENGTHS = [8, 100, 1000, 4096, 4097, 20_000, 100_000];
const ROUNDS = 12;

/** Sends `out` around the ring of ranks and checks what comes. */
function pass(
  comm: MPI.Comm,
  to: number,
  from: number,
  out: Uint8Array,
  into: Uint8Array,
  seed: number,
): void {
  fillPattern(out, seed);
  into.fill(0);
  const request = comm.Isend(out, to, 1);
  assertFrom(comm.Recv(into, from, 1), from, 1, out.length);
  request.Wait();
  assertPattern(into.subarray(0, out.length), seed);
}

const cases: Record<string, CaseBody> = {
  'the same two buffers, with other bytes each time': (comm, t) => {
    for (const length of LENGTHS) {
      const out = new Uint8Array(length);
      const into = new Uint8Array(length);
      for (let round = 0; round < ROUNDS; round++) pass(comm, t.next, t.prev, out, into, round);
    }
  },

  'windows of one memory, in turn and of changing length': (comm, t) => {
    const memory = new Uint8Array(300_000);
    const target = new Uint8Array(300_000);
    for (let round = 0; round < ROUNDS; round++) {
      for (const length of LENGTHS) {
        const at = (round * 1009) % 3000;
        const window = memory.subarray(at, at + length);
        pass(comm, t.next, t.prev, window, target.subarray(at, at + length), round);
        pass(comm, t.next, t.prev, window, target.subarray(2 * at, 2 * at + length), round + 1);
      }
    }
  },

  'more buffers in turn than are remembered': (comm, t) => {
    for (const length of [64, 2000, 9000]) {
      const outs = Array.from({ length: 20 }, () => new Uint8Array(length));
      const intos = Array.from({ length: 20 }, () => new Uint8Array(length));
      for (let round = 0; round < 3; round++)
        for (let i = 0; i < outs.length; i++) pass(comm, t.next, t.prev, outs[i], intos[i], 20 * round + i);
    }
  },

  'one buffer in many sends at once, and in windows of two lengths': (comm, t) => {
    const out = pattern(9000, 5);
    for (const length of [9000, 5000, 9000]) {
      const part = out.subarray(0, length);
      const intos = Array.from({ length: 150 }, () => new Uint8Array(length));
      const receives = intos.map((into) => comm.Irecv(into, t.prev, 2));
      const sends = intos.map(() => comm.Isend(part, t.next, 2));
      MPI.Request.Waitall([...receives, ...sends]);
      for (const into of intos) assertPattern(into, 5);
    }
  },

  'memory that moves: the array goes, its bytes come back in another': (comm, t) => {
    for (const length of LENGTHS) {
      let out = new Uint8Array(length);
      let into = new Uint8Array(length);
      for (let round = 0; round < ROUNDS; round++) {
        pass(comm, t.next, t.prev, out, into, round);
        pass(comm, t.next, t.prev, out, into, round + 50);
        out = new Uint8Array(structuredClone(out.buffer, { transfer: [out.buffer] }));
        into = new Uint8Array(structuredClone(into.buffer, { transfer: [into.buffer] }));
      }
    }
  },

  'a large receive buffer for messages of every length': (comm, t) => {
    const into = new Uint8Array(200_000);
    const outs = LENGTHS.map((length) => new Uint8Array(length));
    for (let round = 0; round < ROUNDS; round++)
      for (const out of outs) pass(comm, t.next, t.prev, out, into, round);
  },

  'no buffer at all, where messages have just passed': (comm, t) => {
    const out = new Uint8Array(8);
    for (let round = 0; round < ROUNDS; round++) pass(comm, t.next, t.prev, out, new Uint8Array(8), round);
    const none = null as unknown as Uint8Array;
    for (const call of ['Send', 'Isend', 'Ssend', 'Recv', 'Irecv'] as const)
      raises(undefined, () => comm[call](none, t.next, 1), call);
  },

  'a receive withdrawn, and one that finds its message there': (comm, t) => {
    const out = new Uint8Array(8);
    const into = new Uint8Array(8);
    for (let round = 0; round < ROUNDS; round++) {
      pass(comm, t.next, t.prev, out, into, round);
      const withdrawn = comm.Irecv(into, t.prev, 9);
      withdrawn.Cancel();
      const status = withdrawn.Wait();
      if (!status.Is_cancelled()) throw new Error('nobody sends tag 9');
      comm.Send(out, t.next, 1);
      comm.Barrier();
      assertFrom(comm.Irecv(into, t.prev, 1).Wait(status), t.prev, 1, 8);
      if (status.Is_cancelled()) throw new Error('a message that was received counts as cancelled');
    }
  },

  'a send withdrawn, and the same bytes sent again': (comm, t) => {
    const out = new Uint8Array(9000);
    const into = new Uint8Array(9000);
    for (let round = 0; round < ROUNDS; round++) {
      const request = comm.Issend(out, t.next, 9);
      request.Cancel();
      const status = request.Wait();
      if (!status.Is_cancelled()) throw new Error('nobody receives tag 9');
      pass(comm, t.next, t.prev, out, into, round);
    }
  },
};

defineCases(cases);
