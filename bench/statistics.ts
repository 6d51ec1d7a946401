/** What can be said about samples without knowing their distribution. */
import { binomialDistribution, median } from 'simple-statistics';

/** How sure an interval is at least. */
export const confidenceMin = 0.95;

/** A confidence interval of a median: two of the ordered samples. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Which of the ordered samples these are, counted from 1. */
  readonly ranks: readonly [low: number, high: number];
  /** The probability that such an interval holds the median, at least 0.95. */
  readonly confidence: number;
}

/** A median and its interval; null if there are too few samples for one. */
export interface Estimate {
  readonly median: number;
  readonly interval: Interval | null;
}

/**
 * Which of n ordered samples bound the median with at least 95 % confidence: the k-th from either end, with the
 * largest such k. The number of samples below the median is binomial with p = 1/2, whatever their distribution, so
 * the k-th is above it with the probability of fewer than k successes. Null for fewer than 6 samples, whose smallest
 * and largest are too likely to be on one side.
 */
export function intervalRanks(n: number): { ranks: readonly [number, number]; confidence: number } | null {
  const probabilities = binomialDistribution(n, 0.5) ?? [];
  let outside = 0;
  let k = 0;
  while (outside + probabilities[k] <= (1 - confidenceMin) / 2) outside += probabilities[k++];
  return k === 0 ? null : { ranks: [k, n + 1 - k], confidence: 1 - 2 * outside };
}

/** The median of at least one sample, with its interval. */
export function estimate(samples: readonly number[]): Estimate {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = intervalRanks(sorted.length);
  if (found === null) return { median: median(sorted), interval: null };
  const [low, high] = found.ranks;
  return { median: median(sorted), interval: { low: sorted[low - 1], high: sorted[high - 1], ...found } };
}

/**
 * The ratio of two series that were measured in turns: block i of one by block i of the other, so that what disturbs
 * the machine for a while disturbs both.
 */
export function ratio(ours: readonly number[], theirs: readonly number[]): Estimate {
  if (ours.length !== theirs.length) throw new RangeError(`${ours.length} blocks against ${theirs.length}`);
  return estimate(ours.map((value, block) => value / theirs[block]));
}
