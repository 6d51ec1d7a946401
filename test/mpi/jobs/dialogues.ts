/**
 * Ranks that answer each other: there a Send of some kilobytes may be pulled by its receiver. Nobody may notice: what
 * a receiver does not pull at once is sent as ever, in its place, and no Send of that length waits for its receive.
 */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { type CaseBody, defineCases } from '../../support/job/cases.js';
import {
  assertFrom,
  assertPattern,
  fillPattern,
  pattern,
  progressFor,
  raises,
  waited,
} from '../../support/job/tools.js';

const LENGTHS = [1000, 1023, 1024, 1500, 2048, 4095, 4096, 4097];
/** So many answers, and any pause of the past is over. */
const ROUNDS = 80;

/** The other rank of the pair; -1 for the last of an odd number. */
function partner(comm: MPI.Comm): number {
  const other = comm.rank ^ 1;
  return other < comm.size ? other : -1;
}

/** A dialogue of so many rounds through the same two buffers, each message with bytes of its own. */
function talk(comm: MPI.Comm, other: number, out: Uint8Array, into: Uint8Array, rounds = ROUNDS): void {
  for (let round = 0; round < rounds; round++) {
    fillPattern(out, round);
    if (comm.rank < other) comm.Send(out, other, 1);
    into.fill(0);
    assertFrom(comm.Recv(into, other, 1), other, 1, out.length);
    assertPattern(into, round, out.length);
    if (comm.rank > other) comm.Send(out, other, 1);
  }
}

/** A case for the ranks that have a partner, with two buffers of 2 KiB that a dialogue has gone through. */
function inPairs(body: (comm: MPI.Comm, other: number, out: Uint8Array, into: Uint8Array) => void): CaseBody {
  return (comm) => {
    const other = partner(comm);
    if (other < 0) return;
    const out = new Uint8Array(2048);
    const into = new Uint8Array(2048);
    talk(comm, other, out, into);
    body(comm, other, out, into);
    talk(comm, other, out, into);
  };
}

defineCases({
  'each message carries the bytes of its round': (comm) => {
    const other = partner(comm);
    if (other < 0) return;
    for (const length of LENGTHS) talk(comm, other, new Uint8Array(length), new Uint8Array(length));
  },

  'head to head: both send, and only then receive': inPairs((comm, other, out, into) => {
    for (let round = 0; round < 3 * ROUNDS; round++) {
      fillPattern(out, round);
      comm.Send(out, other, 2);
      assertFrom(comm.Recv(into, other, 2), other, 2, 2048);
      assertPattern(into, round);
    }
  }),

  'several sends before an answer': inPairs((comm, other, out, into) => {
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < 5; i++) {
        fillPattern(out, round + i);
        comm.Send(out, other, i % 2);
      }
      for (const i of [1, 3, 0, 2, 4]) {
        assertFrom(comm.Recv(into, other, i % 2), other, i % 2, 2048);
        assertPattern(into, round + i);
      }
    }
  }),

  'a receiver that is busy elsewhere gets what was sent, in order': inPairs((comm, other, out, into) => {
    if (comm.rank < other) {
      for (let i = 0; i < 3; i++) {
        fillPattern(out, i);
        comm.Send(out, other, 3);
      }
      comm.Recv(into, other, 4);
    } else {
      progressFor(comm, 20);
      assertFrom(comm.Recv(into, MPI.ANY_SOURCE, 3), other, 3, 2048);
      assertPattern(into, 0);
      for (let i = 1; i < 3; i++) {
        const status = new MPI.Status();
        comm.Probe(other, MPI.ANY_TAG, status);
        assertFrom(status, other, 3, 2048);
        comm.Recv(into, other, 3);
        assertPattern(into, i);
      }
      comm.Send(out, other, 4);
    }
  }),

  'receives posted before, and matched probes': inPairs((comm, other, out, into) => {
    for (let round = 0; round < ROUNDS; round++) {
      fillPattern(out, round);
      const request = comm.rank > other && round % 3 === 0 ? comm.Irecv(into, other, 5) : null;
      if (comm.rank < other) comm.Send(out, other, 5);
      if (request !== null) assertFrom(waited(request), other, 5, 2048);
      else if (round % 3 === 1) assertFrom(comm.Mprobe(other, 5).Recv(into), other, 5, 2048);
      else assertFrom(comm.Recv(into, other, 5), other, 5, 2048);
      assertPattern(into, round);
      if (comm.rank > other) comm.Send(out, other, 5);
    }
  }),

  'a buffer too small for the message, and the next message': inPairs((comm, other, out, into) => {
    for (let round = 0; round < 10; round++) {
      fillPattern(out, round);
      if (comm.rank < other) comm.Send(out, other, 6);
      const short = into.subarray(0, 1200);
      into.fill(0);
      raises(MPI.ERR_TRUNCATE, () => comm.Recv(short, other, 6));
      assert.ok(into.subarray(1200).every((byte) => byte === 0));
      if (comm.rank > other) comm.Send(out, other, 6);
      talk(comm, other, out, into, 3);
    }
  }),

  'memory that leaves between two rounds': inPairs((comm, other, _out, into) => {
    for (let round = 0; round < 5; round++) {
      const out = pattern(3000, round);
      talk(comm, other, out, new Uint8Array(3000), 5);
      structuredClone(out.buffer, { transfer: [out.buffer] });
      raises(MPI.ERR_BUFFER, () => comm.Send(out, other, 1), 'Send');
      talk(comm, other, pattern(2048, 0), into, 2);
    }
  }),
});
