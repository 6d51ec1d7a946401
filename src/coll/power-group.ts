/**
 * The largest power of two of the ranks, for algorithms that double. Of P ranks the first 2·(P − 2^⌊log2 P⌋) pair up:
 * the odd one of a pair takes part for both.
 */
import { powerBelow } from './blocks.js';

export class PowerGroup {
  /** Ranks that take part. */
  readonly power: number;
  /** Ranks below this are in pairs. */
  readonly paired: number;
  /** The other rank of this rank's pair, −1 without. */
  readonly twin: number;
  /** Whether this rank takes part. */
  readonly active: boolean;
  /** This rank's position among those that take part. */
  readonly position: number;

  constructor(rank: number, size: number) {
    this.power = powerBelow(size);
    this.paired = 2 * (size - this.power);
    this.twin = rank < this.paired ? rank ^ 1 : -1;
    this.active = this.twin < rank;
    this.position = this.positionOf(rank);
  }

  /** The position of a rank, or of the one that takes part for it. */
  positionOf(rank: number): number {
    return rank < this.paired ? rank >> 1 : rank - this.paired / 2;
  }

  /** The rank at a position. */
  rankAt(position: number): number {
    return position < this.paired / 2 ? 2 * position + 1 : position + this.paired / 2;
  }

  /** The first rank that a position takes part for; `firstRank(power)` is P. */
  firstRank(position: number): number {
    return position < this.paired / 2 ? 2 * position : position + this.paired / 2;
  }
}
