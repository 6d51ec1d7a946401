/**
 * How two ranks that connect prove to each other that they belong to the job: each shows that it knows the job's
 * secret, which itself never travels. Whoever connected is the initiator.
 *
 *     HELLO   initiator   +0  magic 8   +8 from 4   +12 to 4   +16 ranks 4   +20 layout 4   +24 0   +32 nonce 32
 *     REPLY   responder   +0  nonce 32  +32 HMAC-SHA-256(secret, "responder" HELLO nonce)
 *     PROOF   initiator   +0  HMAC-SHA-256(secret, "initiator" HELLO nonce)
 *     WELCOME responder   +0  one byte: this connection it is, and no other between the two
 *
 * All lengths are fixed, and nothing that was received is used before its sender has proved itself, but for the rank
 * that it claims to be. Fresh nonces of both sides make a recorded handshake worthless.
 */
import { SEGMENT_MAGIC } from '../ring/layout.js';

type Crypto = typeof import('node:crypto');

const MAGIC = Buffer.from('mpi4ts 1');
export const HELLO_BYTES = 64;
export const REPLY_BYTES = 64;
export const PROOF_BYTES = 32;
export const WELCOME = Uint8Array.of(1);
const NONCE_BYTES = 32;

/** Not imported: ranks without sockets start sooner without it. */
let crypto: Crypto | undefined;
function loaded(): Crypto {
  crypto ??= process.getBuiltinModule('node:crypto');
  return crypto;
}

/** Who meets whom. */
export interface Encounter {
  readonly secret: Uint8Array;
  /** Rank of this side, and of the other. */
  readonly self: number;
  readonly peer: number;
  readonly size: number;
}

/** A handshake that failed. The connection is to be closed without a word. */
export class HandshakeError extends Error {
  override name = 'HandshakeError';
}

function prove(secret: Uint8Array, role: string, hello: Uint8Array, nonce: Uint8Array): Buffer {
  return loaded().createHmac('sha256', secret).update(role).update(hello).update(nonce).digest();
}

function check(seen: Uint8Array, expected: Uint8Array): void {
  if (!loaded().timingSafeEqual(seen, expected))
    throw new HandshakeError('the other side does not know the secret');
}

/** The initiator's side. */
export class Initiator {
  readonly hello: Buffer;
  readonly #secret: Uint8Array;

  constructor({ secret, self, peer, size }: Encounter) {
    this.#secret = secret;
    this.hello = Buffer.alloc(HELLO_BYTES);
    MAGIC.copy(this.hello);
    this.hello.writeUInt32LE(self, 8);
    this.hello.writeUInt32LE(peer, 12);
    this.hello.writeUInt32LE(size, 16);
    this.hello.writeUInt32LE(SEGMENT_MAGIC, 20);
    loaded().randomFillSync(this.hello, HELLO_BYTES - NONCE_BYTES);
  }

  /** Checks a REPLY and returns the PROOF: the other side is who it should be. */
  answer(reply: Uint8Array): Buffer {
    const nonce = reply.subarray(0, NONCE_BYTES);
    check(reply.subarray(NONCE_BYTES), prove(this.#secret, 'responder', this.hello, nonce));
    return prove(this.#secret, 'initiator', this.hello, nonce);
  }
}

/** The responder's side, which learns who the other claims to be. */
export class Responder {
  /** The rank that the other side claims to be: true only once its PROOF is checked. */
  readonly peer: number;
  readonly reply: Buffer;
  readonly #expected: Buffer;

  /** @throws HandshakeError if `received` is no HELLO to `self` in a job of `size` ranks. */
  constructor(received: Buffer, { secret, self, size }: Omit<Encounter, 'peer'>) {
    // Its own copy: what it came in is used again.
    const hello = Buffer.from(received);
    this.peer = hello.readUInt32LE(8);
    if (!hello.subarray(0, MAGIC.length).equals(MAGIC)) throw new HandshakeError('no greeting of mpi4ts');
    if (hello.readUInt32LE(20) !== SEGMENT_MAGIC) throw new HandshakeError('another layout of records');
    if (
      hello.readUInt32LE(12) !== self ||
      hello.readUInt32LE(16) !== size ||
      this.peer >= size ||
      this.peer === self
    )
      throw new HandshakeError('a greeting for another rank');
    const nonce = loaded().randomBytes(NONCE_BYTES);
    this.reply = Buffer.concat([nonce, prove(secret, 'responder', hello, nonce)]);
    this.#expected = prove(secret, 'initiator', hello, nonce);
  }

  /** Checks a PROOF: the other side is who it claims to be. */
  accept(proof: Uint8Array): void {
    check(proof, this.#expected);
  }
}
