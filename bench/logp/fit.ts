/**
 * From measured times to LogGP parameters. Pure: the measuring is in `job.ts`, which also draws the times.
 *
 * PRTT(n, d, s) is the time from the first of n messages of s bytes, d apart, to the end of the answer to the last:
 *
 *     sender    |o_s|-- d --|o_s|-- d --|o_s|                       |o_r|
 *                  \           \           \                       /
 *                   L           L           L + (s-1)G            L + (s-1)G
 *                    \           \           \                   /
 *     receiver        |o_r|       |o_r|       |o_r|o_s (answer)|
 *
 *     PRTT(1, 0, s) = 2 (o_s + L + (s-1) G' + o_r)
 *     PRTT(n, 0, s) = PRTT(1, 0, s) + (n-1) (g + (s-1) G)              back to back: the gap rules
 *     PRTT(n, d, s) = PRTT(1, 0, s) + (n-1) (o_s + d)                  d > gap: the sender's own time rules
 *     LATE(D, s)    = o_s + D + o_r                                    D > PRTT(1, 0, s): the answer lies ready
 *
 * which gives, for each size,
 *
 *     o_s(s) = (PRTT(n, d, s) - PRTT(1, 0, s)) / (n-1) - d
 *     o_r(s) = LATE(D, s) - D - o_s(s)
 *     gap(s) = (PRTT(n, 0, s) - PRTT(1, 0, s)) / (n-1)
 *     lat(s) = PRTT(1, 0, s) / 2 - o_s(s) - o_r(s)
 *
 * and over the sizes of a regime one straight line each, in s - 1: value at one byte + (s-1) times the slope.
 *
 *     o_s, O_s   of o_s(s)         O is the per-byte part of an overhead: on shared memory the processors themselves
 *     o_r, O_r   of o_r(s)         move the bytes, so nearly all of the way's G' is in the two of them
 *     g,   G     of gap(s)
 *     L          of lat(s)         net of both overheads, and of what bytes cost beyond them
 *
 * Each size's values are medians over repetitions; intervals are percentiles of a bootstrap over repetitions.
 */
import { median } from 'simple-statistics';

/** Times of one size in nanoseconds, one a repetition; entry i of each belongs to repetition i. */
export interface SizeSamples {
  /** Bytes of a message. */
  readonly size: number;
  /** PRTT(1, 0, s). */
  readonly one: readonly number[];
  /** PRTT(n, 0, s). */
  readonly many: readonly number[];
  /** PRTT(n, d, s). */
  readonly spaced: readonly number[];
  /** d, measured by itself. */
  readonly delay: readonly number[];
  /** LATE(D, s). */
  readonly late: readonly number[];
  /** D, measured by itself. */
  readonly lateDelay: readonly number[];
}

/** What a regime's parameters are called; times in nanoseconds, `G`, `O_s` and `O_r` in nanoseconds a byte. */
export const parameterNames = ['L', 'o_s', 'o_r', 'g', 'G', 'O_s', 'O_r'] as const;
export type ParameterName = (typeof parameterNames)[number];
export type Parameters = Readonly<Record<ParameterName, number>>;

/** A value and the bounds of its 95 % interval. */
export interface Bounded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `at` one byte, and `slope` for each byte more. */
export interface Line {
  readonly at: number;
  readonly slope: number;
}

/** The same for all sizes of a regime: what its samples say of each of them. */
interface SizeTimes {
  readonly size: number;
  readonly half: number;
  readonly send: number;
  readonly receive: number;
  readonly gap: number;
}

const resamples = 500;

/**
 * Least squares in s - 1. A size weighs by the inverse square of its round trip: errors are about proportional to the
 * time in which they happen, and the intercept must not be drowned by those of the largest size.
 */
function lineOf(times: readonly SizeTimes[], of: (time: SizeTimes) => number): Line {
  let sw = 0;
  let sx = 0;
  let sy = 0;
  for (const time of times) {
    const w = weightOf(time);
    sw += w;
    sx += w * offsetOf(time);
    sy += w * of(time);
  }
  const mx = sx / sw;
  const my = sy / sw;
  let sxx = 0;
  let sxy = 0;
  for (const time of times) {
    const w = weightOf(time);
    sxx += w * (offsetOf(time) - mx) ** 2;
    sxy += w * (offsetOf(time) - mx) * (of(time) - my);
  }
  const slope = sxx === 0 ? 0 : sxy / sxx;
  return { at: my - slope * mx, slope };
}

function weightOf({ half }: SizeTimes): number {
  return 1 / half ** 2;
}

/** Bytes beyond the first; an empty message is sent like one of a byte. */
function offsetOf({ size }: SizeTimes): number {
  return Math.max(0, size - 1);
}

function timesOf(samples: SizeSamples, n: number, picks: readonly number[]): SizeTimes {
  // Differences within a repetition, where a slow phase of the machine meets both terms.
  const over = (of: (i: number) => number) => median(picks.map(of));
  const { size, one, many, spaced, delay, late, lateDelay } = samples;
  const send = over((i) => (spaced[i] - one[i]) / (n - 1) - delay[i]);
  const receive = over((i) => late[i] - lateDelay[i]) - send;
  const gap = over((i) => (many[i] - one[i]) / (n - 1));
  return { size, half: over((i) => one[i] / 2), send, receive, gap };
}

function parametersOf(times: readonly SizeTimes[]): Parameters {
  const send = lineOf(times, (time) => time.send);
  const receive = lineOf(times, (time) => time.receive);
  const gap = lineOf(times, (time) => time.gap);
  const way = lineOf(times, ({ half, send, receive }) => half - send - receive);
  return {
    L: way.at,
    o_s: send.at,
    o_r: receive.at,
    g: gap.at,
    G: gap.slope,
    O_s: send.slope,
    O_r: receive.slope,
  };
}

/** A small repeatable generator of numbers in [0, 1): intervals of one set of samples do not change. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The value for all repetitions, and for each of many draws of as many repetitions with replacement. */
function bootstrap<T>(repetitions: number, of: (picks: readonly number[]) => T): { value: T; draws: T[] } {
  const random = generator(repetitions);
  const pick = () => Math.floor(random() * repetitions);
  const value = of(Array.from({ length: repetitions }, (_, i) => i));
  const draws = Array.from({ length: resamples }, () => of(Array.from({ length: repetitions }, pick)));
  return { value, draws };
}

function bounded(value: number, draws: readonly number[]): Bounded {
  const ordered = [...draws].sort((a, b) => a - b);
  const at = (share: number) => ordered[Math.round(share * (ordered.length - 1))];
  return { value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)) };
}

/** The LogGP parameters of one regime from samples of at least one size, with n > 1 messages in PRTT(n, ...). */
export function fitRegime(samples: readonly SizeSamples[], n: number): Record<ParameterName, Bounded> {
  const { value, draws } = bootstrap(samples[0].one.length, (picks) =>
    parametersOf(samples.map((size) => timesOf(size, n, picks))),
  );
  const entries = parameterNames.map((name) => [
    name,
    bounded(
      value[name],
      draws.map((draw) => draw[name]),
    ),
  ]);
  return Object.fromEntries(entries);
}

/** Bytes from which `later` costs less than `earlier`; 0: always, Infinity: never. */
export function crossing(earlier: Line, later: Line): number {
  if (later.slope >= earlier.slope) return later.at < earlier.at ? 0 : Number.POSITIVE_INFINITY;
  return Math.max(0, 1 + (later.at - earlier.at) / (earlier.slope - later.slope));
}

/** The size from which a message is cheaper by rendezvous: where the lines of the two half round trips meet. */
export function eagerLimit(eager: readonly SizeSamples[], rendezvous: readonly SizeSamples[]): Bounded {
  const line = (samples: readonly SizeSamples[], picks: readonly number[]) => {
    // n only matters for the gap and the overheads, which are not looked at here.
    const times = samples.map((size) => timesOf(size, 2, picks));
    return lineOf(times, ({ half }) => half);
  };
  const { value, draws } = bootstrap(eager[0].one.length, (picks) =>
    crossing(line(eager, picks), line(rendezvous, picks)),
  );
  return bounded(value, draws);
}
