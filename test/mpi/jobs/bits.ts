/**
 * Every pattern of bits arrives as it was sent, whatever it would mean as a number: signalling and quiet NaN with a
 * payload, the NaN that V8 marks holes with, minus zero, denormals. Often enough that each tier of the compiler has
 * its turn: interpreted, compiled without and with optimisation.
 */
import assert from 'node:assert/strict';
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
const ROUNDS = 300;

/** Words of `bytes` bytes, beginning `shift` words from an 8-byte boundary. */
function wordsOf(bytes: number, shift: number): Int32Array {
  return new Int32Array(new ArrayBuffer(bytes + 8), 4 * shift, bytes >> 2);
}

/** The patterns in turn, beginning with the `first`. */
function contents(bytes: number, first: number): Int32Array {
  return Int32Array.from({ length: bytes >> 2 }, (_, i) => {
    const pattern = PATTERNS[((i >> 1) + first) % PATTERNS.length];
    return Number(BigInt.asIntN(32, i % 2 === 0 ? pattern : pattern >> 32n));
  });
}

/** The same two arrays each time: only what comes back is copied as doubles. */
function passes(bytes: number, shift: number): CaseBody {
  return (comm) => {
    const other = comm.rank ^ 1;
    const all = PATTERNS.map((_, first) => contents(bytes, first));
    const out = wordsOf(bytes, shift);
    const into = wordsOf(bytes, shift);
    const send = () => {
      for (const words of all) {
        out.set(words);
        comm.Send(out, other);
      }
    };
    for (let round = 0; round < ROUNDS; round++) {
      // All one way, then all the other way: ranks that share a core take turns a tenth as often.
      if (comm.rank < other) send();
      for (const words of all) {
        into.fill(0);
        comm.Recv(into, other);
        for (let i = 0; i < words.length; i++)
          if (into[i] !== words[i]) assert.fail(`word ${i}: ${words[i]} became ${into[i]}`);
      }
      if (comm.rank > other) send();
    }
  };
}

const cases: Record<string, CaseBody> = {};
for (const bytes of LENGTHS) {
  cases[`${bytes} bytes, aligned to eight`] = passes(bytes, 0);
  cases[`${bytes} bytes, aligned to four`] = passes(bytes, 1);
}
defineCases(cases);
