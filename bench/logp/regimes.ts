/** The protocol regimes of the transports: which sizes they carry, and how they are measured. */
import { EAGER_BYTES_NATIVE, EAGER_BYTES_PLAIN } from '../../src/engine/protocol.js';
import { LINE_BYTES } from '../../src/transport/ring/layout.js';
import { PAYLOAD } from '../../src/transport/ring/records.js';
import type { Way } from '../options.js';

/** Longest payload that shares the first cache line with its header. */
const inlineBytesMax = LINE_BYTES - PAYLOAD;

export interface Regime extends Way {
  readonly name: 'inline' | 'copied' | 'rendezvous';
  /** `send`: eager, by Send; `isend`: rendezvous, by Isend. */
  readonly mode: 'send' | 'isend';
  /** Bytes, ascending. */
  readonly sizes: readonly number[];
}

const powers = Array.from({ length: 23 }, (_, i) => 2 ** i);
const defaults = [...powers.filter((size) => size <= 256 * 1024), 24, 48, EAGER_BYTES_PLAIN].sort(
  (a, b) => a - b,
);

/** The longest eager message, in bytes. */
export function eagerBytesMax(native: boolean): number {
  return native ? EAGER_BYTES_NATIVE : EAGER_BYTES_PLAIN;
}

/** The regimes with and without the addon that any of the sizes falls into; by default sizes up to 256 KiB. */
export function regimesOf(
  transport: Way['transport'],
  native: boolean,
  asked: readonly number[] = defaults,
): Regime[] {
  const limit = eagerBytesMax(native);
  const sizes = [...asked].sort((a, b) => a - b);
  const within = (low: number, high: number) => sizes.filter((size) => size > low && size <= high);
  const regimes: Regime[] = [
    { transport, native, name: 'inline', mode: 'send', sizes: within(-1, inlineBytesMax) },
    { transport, native, name: 'copied', mode: 'send', sizes: within(inlineBytesMax, limit) },
    {
      transport,
      native,
      name: 'rendezvous',
      mode: 'isend',
      sizes: within(limit, Number.POSITIVE_INFINITY),
    },
  ];
  return regimes.filter(({ sizes }) => sizes.length > 0);
}
