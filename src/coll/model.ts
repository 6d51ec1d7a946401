/**
 * The LogGP model: what a message costs. The costs that open the algorithms' files are written in its terms, and the
 * selection compares them. Figures are rough on purpose: they need to be right where two algorithms cross, and the same
 * on every rank.
 */

export interface Model {
  readonly name: string;
  /** L + 2o: nanoseconds from the call of a short send to the return of its receive. */
  readonly latency: number;
  /** o: nanoseconds that a rank is busy with each message. */
  readonly overhead: number;
  /** G: nanoseconds for each byte. */
  readonly perByte: number;
  /** γ: nanoseconds to combine a byte with another. */
  readonly perCombined: number;
  /** Longer messages wait for their receiver, for `handshake` nanoseconds more. */
  readonly eagerBytes: number;
  readonly handshake: number;
}

/** Ranks that share memory: 0.25 µs short, with what a collective adds to a message, 0.5 µs by rendezvous. */
export const memory: Model = {
  name: 'memory',
  latency: 250,
  overhead: 80,
  perByte: 0.03,
  perCombined: 0.05,
  eagerBytes: 4096,
  handshake: 250,
};

/** Ranks some of which have only sockets between them: 5 µs, 2 GB/s. */
export const network: Model = {
  name: 'network',
  latency: 5000,
  overhead: 1500,
  perByte: 0.5,
  perCombined: 0.05,
  eagerBytes: 64 * 1024,
  handshake: 8000,
};

/** Predicted nanoseconds of a collective among `ranks` ranks; what `bytes` counts, the collective says. */
export type Cost = (model: Model, ranks: number, bytes: number) => number;

/** L + 2o + mG. */
export function message(model: Model, bytes: number): number {
  const wait = bytes > model.eagerBytes ? model.handshake : 0;
  return model.latency + wait + bytes * model.perByte;
}

/** ⌈log2 n⌉ (n ≥ 1). */
export function rounds(n: number): number {
  return Math.ceil(Math.log2(n));
}
