/**
 * Every pattern of bits arrives as it was sent, whatever it would mean as a number: signalling and quiet NaN with a
 * payload, the NaN that V8 marks holes with, minus zero, denormals. Often enough that each tier of the compiler has
 * its turn: interpreted, compiled without and with optimisation.
 */
import assert from 'node:assert/strict';
import type { MPI } from 'mpi4ts';
import { type CaseBody, defineCases } from '../../support/job/cases.js';

const PATTERNS = [
  0x7ff0000000000001n,
  0xfff0000000000001n,
  0x7ff7ffffffffffffn,
  0xfff7fffffff7ffffn,
  0x7ff80000deadbeefn,
  0xffffffffffffffffn,
  0x8000000000000000n,
  0x0000000000000001n,
  0x7ff0000000000000n,
  0x7ff4000000000000n,
];
const LENGTHS = [8, 16, 24, 56, 64, 136, 256];
const ROUNDS = 3000;

/** Words that hold the patterns, beginning with another each round, `shift` words from an 8-byte boundary. */
function wordsOf(bytes: number, shift: number): Int32Array {
  return new Int32Array(new ArrayBuffer(bytes + 8), 4 * shift, bytes >> 2);
}

function fill(words: Int32Array, round: number): void {
  for (let i = 0; i < words.length; i++) {
    const pattern = PATTERNS[((i >> 1) + round) % PATTERNS.length];
    words[i] = Number(BigInt.asIntN(32, i % 2 === 0 ? pattern : pattern >> 32n));
  }
}

function exchange(comm: MPI.Comm, out: Int32Array, into: Int32Array): void {
  const other = comm.rank ^ 1;
  if (comm.rank < other) comm.Send(out, other);
  comm.Recv(into, other);
  if (comm.rank > other) comm.Send(out, other);
}

function passes(shift: number): CaseBody {
  return (comm) => {
    for (const length of LENGTHS) {
      const out = wordsOf(length, shift);
      const into = wordsOf(length, shift);
      for (let round = 0; round < ROUNDS; round++) {
        fill(out, round);
        exchange(comm, out, into);
        for (let i = 0; i < out.length; i++)
          if (into[i] !== out[i]) assert.fail(`word ${i} of ${length} bytes: ${out[i]} became ${into[i]}`);
      }
    }
  };
}

defineCases({
  'memory aligned to eight bytes': passes(0),
  'memory aligned to four bytes': passes(1),
});
