/**
 * k-means by Lloyd's iteration from a seeded k-means++ start, on any number of ranks with the same labels.
 *
 * Adding floating-point numbers in another order changes the last bits of a sum; with them a centroid would move a
 * little and, as many flights are equal, whole groups of labels could flip with the number of ranks. So what decides
 * is exact: the fields are whole numbers, a cluster's sums of them stay far below 2^53, and a Float64Array adds them
 * without rounding in any order. Centroids (one division each), distances and labels then follow bit by bit. Only
 * the inertia, which is reported and decides nothing, is a sum that rounds.
 */
import { MPI } from 'mpi4ts';
import { dimensions } from './flights.ts';

const iterationsMax = 200;

/** Per cluster: the sums of its fields, then its size. */
const stride = dimensions + 1;

export interface Clustering {
  /** k centroids, field by field. */
  readonly centroids: Float64Array;
  /** k × (sums of the fields, size). */
  readonly sums: Float64Array;
  /** The cluster of each point. */
  readonly labels: Uint8Array;
  /** Sum of the squared standardised distances to the centroids, by iteration. */
  readonly inertias: number[];
}

/** Reproducible numbers in [0, 1) (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** k-means++: each next start is a point drawn with a probability proportional to its squared distance so far. */
export function seedCentroids(
  points: Int32Array,
  weights: Float64Array,
  k: number,
  seed: number,
): Float64Array {
  const next = random(seed);
  const n = points.length / dimensions;
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const centroids = new Float64Array(k * dimensions);
  let chosen = Math.floor(next() * n);
  for (let c = 0; c < k; c++) {
    const centroid = points.subarray(chosen * dimensions, (chosen + 1) * dimensions);
    centroids.set(centroid, c * dimensions);
    let total = 0;
    for (let i = 0; i < n; i++) {
      let distance = 0;
      for (let d = 0; d < dimensions; d++) {
        distance += weights[d] * (points[i * dimensions + d] - centroid[d]) ** 2;
      }
      nearest[i] = Math.min(nearest[i], distance);
      total += nearest[i];
    }
    let left = next() * total;
    chosen = nearest.findIndex((distance) => {
      left -= distance;
      return left < 0;
    });
    if (chosen < 0) chosen = n - 1;
  }
  return centroids;
}

/**
 * Labels every point with its nearest centroid (the first of equals). `totals` gets the sums and sizes of the
 * clusters, then the number of labels that changed, then the inertia.
 */
function assign(
  points: Int32Array,
  weights: Float64Array,
  centroids: Float64Array,
  labels: Uint8Array,
  totals: Float64Array,
): void {
  const k = centroids.length / dimensions;
  const [w0, w1, w2] = weights;
  totals.fill(0);
  let changed = 0;
  let inertia = 0;
  for (let i = 0, at = 0; i < labels.length; i++, at += dimensions) {
    const x = points[at];
    const y = points[at + 1];
    const z = points[at + 2];
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const dx = x - centroids[c * dimensions];
      const dy = y - centroids[c * dimensions + 1];
      const dz = z - centroids[c * dimensions + 2];
      const distance = w0 * dx * dx + w1 * dy * dy + w2 * dz * dz;
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    if (labels[i] !== best) changed++;
    labels[i] = best;
    inertia += least;
    totals[best * stride] += x;
    totals[best * stride + 1] += y;
    totals[best * stride + 2] += z;
    totals[best * stride + dimensions]++;
  }
  totals[k * stride] = changed;
  totals[k * stride + 1] = inertia;
}

/** Moves each centroid to the mean of its cluster; that of an empty one stays. */
function update(centroids: Float64Array, totals: Float64Array): void {
  for (let c = 0; c * dimensions < centroids.length; c++) {
    const size = totals[c * stride + dimensions];
    if (size === 0) continue;
    for (let d = 0; d < dimensions; d++) centroids[c * dimensions + d] = totals[c * stride + d] / size;
  }
}

/** Iterates until no label changes. `combine` makes the totals of this rank the totals of all. */
function iterate(
  points: Int32Array,
  weights: Float64Array,
  start: Float64Array,
  combine: (totals: Float64Array) => void,
): Clustering {
  const centroids = start.slice();
  const k = centroids.length / dimensions;
  const labels = new Uint8Array(points.length / dimensions).fill(255);
  const totals = new Float64Array(k * stride + 2);
  const inertias: number[] = [];
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    assign(points, weights, centroids, labels, totals);
    combine(totals);
    inertias.push(totals[k * stride + 1]);
    update(centroids, totals);
    if (totals[k * stride] === 0) break;
  }
  return { centroids, sums: totals.slice(0, k * stride), labels, inertias };
}

/** The whole job on one rank, without MPI. */
export function clusterSerially(points: Int32Array, weights: Float64Array, start: Float64Array): Clustering {
  return iterate(points, weights, start, () => {});
}

/**
 * The same on all ranks. Rank 0 has `points`, `weights` and `start` (elsewhere null), and gets all labels; the other
 * ranks get those of their share.
 */
export function cluster(
  comm: MPI.Comm,
  points: Int32Array | null,
  weights: Float64Array | null,
  start: Float64Array | null,
  k: number,
): Clustering {
  const { rank, size } = comm;
  const count = Int32Array.of(points ? points.length / dimensions : 0);
  const w = weights ?? new Float64Array(dimensions);
  const centroids = start ?? new Float64Array(k * dimensions);
  comm.Bcast(count, 0);
  comm.Bcast(w, 0);
  comm.Bcast(centroids, 0);

  const first = (r: number) => Math.floor((r * count[0]) / size);
  const shares = Array.from({ length: size }, (_, r) => first(r + 1) - first(r));
  const starts = Array.from({ length: size }, (_, r) => first(r));
  const mine = new Int32Array(shares[rank] * dimensions);
  const times = (list: number[]) => list.map((value) => value * dimensions);
  comm.Scatterv(points && [points, times(shares), times(starts), MPI.INT], mine, 0);

  const result = iterate(mine, w, centroids, (totals) => comm.Allreduce(MPI.IN_PLACE, totals, MPI.SUM));

  const labels = rank === 0 ? new Uint8Array(count[0]) : null;
  comm.Gatherv(result.labels, labels && [labels, shares, starts, MPI.UINT8_T], 0);
  return { ...result, labels: labels ?? result.labels };
}
