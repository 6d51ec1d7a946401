import { randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {
  HandshakeError,
  HELLO_BYTES,
  Initiator,
  PROOF_BYTES,
  REPLY_BYTES,
  Responder,
} from '../../../src/transport/wire/handshake.js';

const secret = randomBytes(32);
const initiator = () => new Initiator({ secret, self: 1, peer: 2, size: 4 });
const responder = (hello: Buffer, own: Uint8Array = secret) =>
  new Responder(hello, { secret: own, self: 2, size: 4 });

test('two ranks with the same secret prove themselves to each other', (t) => {
  const first = initiator();
  const second = responder(first.hello);
  t.is(first.hello.length, HELLO_BYTES);
  t.is(second.peer, 1);
  t.is(second.reply.length, REPLY_BYTES);
  const proof = first.answer(second.reply);
  t.is(proof.length, PROOF_BYTES);
  t.notThrows(() => second.accept(proof));
});

test('another secret is refused by both sides', (t) => {
  const first = initiator();
  const second = responder(first.hello, randomBytes(32));
  t.throws(() => first.answer(second.reply), { instanceOf: HandshakeError });
  t.throws(() => second.accept(randomBytes(PROOF_BYTES)), { instanceOf: HandshakeError });
});

test('a recorded handshake is worthless, to either side', (t) => {
  const first = initiator();
  const second = responder(first.hello);
  const proof = first.answer(second.reply);
  t.throws(() => responder(first.hello).accept(proof), { instanceOf: HandshakeError });
  t.throws(() => initiator().answer(second.reply), { instanceOf: HandshakeError });
  // What one side says cannot be sent back to it as the other side's proof.
  t.throws(() => second.accept(second.reply.subarray(32)), { instanceOf: HandshakeError });
});

test('a greeting for another rank, job size or layout is refused before anything is answered', (t) => {
  const wrong: [number, number][] = [
    [8, 2], // from the responder itself
    [8, 4], // from a rank that does not exist
    [12, 3], // to another
    [16, 5], // of another job
    [20, 1], // another layout
  ];
  for (const [at, value] of wrong) {
    const { hello } = initiator();
    hello.writeUInt32LE(value, at);
    t.throws(() => responder(hello), { instanceOf: HandshakeError }, `${value} at ${at}`);
  }
});

test('any other bytes are refused, and nothing else happens', (t) => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(bytes(HELLO_BYTES), bytes(REPLY_BYTES), bytes(PROOF_BYTES), (hello, reply, proof) => {
      t.throws(() => responder(Buffer.from(hello)), { instanceOf: HandshakeError });
      t.throws(() => initiator().answer(Buffer.from(reply)), { instanceOf: HandshakeError });
      t.throws(() => responder(initiator().hello).accept(Buffer.from(proof)), { instanceOf: HandshakeError });
    }),
    { numRuns: 2000 },
  );
});

test('each bit of a true handshake counts', (t) => {
  fc.assert(
    fc.property(fc.nat(REPLY_BYTES * 8 - 1), fc.nat(PROOF_BYTES * 8 - 1), (inReply, inProof) => {
      const first = initiator();
      const second = responder(first.hello);
      const flip = (bytes: Buffer, bit: number) => {
        const copy = Buffer.from(bytes);
        copy[bit >> 3] ^= 1 << (bit & 7);
        return copy;
      };
      t.throws(() => first.answer(flip(second.reply, inReply)), { instanceOf: HandshakeError });
      const proof = first.answer(second.reply);
      t.throws(() => second.accept(flip(proof, inProof)), { instanceOf: HandshakeError });
    }),
    { numRuns: 500 },
  );
});
