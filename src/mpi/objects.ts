/**
 * Objects on the wire, for the lower-case calls: short plain data in a form of its own (`plain.ts`), all else by V8's
 * structured serialization (`node:v8`). Both carry what `structuredClone` carries; typed arrays travel as their raw bytes.
 */
import { deserialize, serialize } from 'node:v8';
import { ERR_ARG, Exception } from '../base/errors.js';
import type { Scope } from '../engine/ops.js';
import { place } from '../engine/ops.js';
import { decodePlain, encodePlain, MARK } from './plain.js';

/** The bytes of a value; throws for what cannot be cloned, such as a function. */
export function encode(value: unknown, call: string, scope: Scope): Uint8Array {
  try {
    return encodePlain(value) ?? serialize(value);
  } catch (error) {
    throw new Exception(
      ERR_ARG,
      `${place(call, scope)}: the object cannot be sent: ${(error as Error).message}`,
    );
  }
}

/** The value of received bytes. */
export function decode(bytes: Uint8Array): unknown {
  try {
    return bytes[0] === MARK ? decodePlain(bytes) : deserialize(bytes);
  } catch (error) {
    throw new Exception(
      ERR_ARG,
      `the message of ${bytes.byteLength} bytes holds no object (${(error as Error).message}): ` +
        'receive what an upper-case Send sent with an upper-case Recv',
    );
  }
}
