/** Who belongs together, in order: the list behind a group and behind the communicators made of it. */
import { engine } from './runtime.js';

export class Members {
  /** World ranks, in the order of the ranks. */
  readonly world: readonly number[];
  /** Rank of this process, or -1. */
  readonly rank: number;
  /** All ranks of the job, in their own order. */
  readonly everyone: boolean;
  #positions: Int16Array | undefined;

  constructor(world: readonly number[]) {
    const { rank, size } = engine.transport;
    this.world = world;
    this.rank = world.indexOf(rank);
    this.everyone = world.length === size && world.every((one, i) => one === i);
  }

  get size(): number {
    return this.world.length;
  }

  /** The rank of a member given by its world rank; -1 if it is none. */
  position(world: number): number {
    this.#positions ??= this.#invert();
    return this.#positions[world];
  }

  has(world: number): boolean {
    return this.position(world) >= 0;
  }

  /** Those of the given ranks. */
  pick(ranks: readonly number[]): Members {
    return new Members(ranks.map((rank) => this.world[rank]));
  }

  /** The same members, in the same order. */
  equals(other: Members): boolean {
    return this.size === other.size && this.world.every((one, i) => one === other.world[i]);
  }

  /** The same members, in any order. */
  resembles(other: Members): boolean {
    return this.size === other.size && this.world.every((one) => other.has(one));
  }

  #invert(): Int16Array {
    const positions = new Int16Array(engine.transport.size).fill(-1);
    for (let rank = 0; rank < this.size; rank++) positions[this.world[rank]] = rank;
    return positions;
  }
}

const { rank, size } = engine.transport;

/** Of `MPI.COMM_WORLD`. */
export const everyone = new Members(Array.from({ length: size }, (_, i) => i));
/** Of `MPI.COMM_SELF`. */
export const alone = new Members([rank]);
