/**
 * Reduce-scatter by recursive halving, the half that Rabenseifner's algorithms share: in each round a rank gives half of
 * its blocks to its partner and combines the other half with what the partner gives.
 *
 *     T = log2 P · (L + 2o) + (P − 1)/P · m · (G + γ)          (P a power of two)
 */
import type { Channel } from './channel.js';
import { type Model, message } from './model.js';
import type { PowerGroup } from './power-group.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';

/** The transfers of the halving: messages of m/2, m/4, … bytes. */
export function halvingsCost(model: Model, power: number, bytes: number): number {
  let sum = 0;
  for (let parts = 2; parts <= power; parts *= 2) sum += message(model, bytes / parts);
  return sum;
}

/** Blocks `first` to `end` (excluded) of a buffer that has one for each position. */
export type Views = (buffer: Uint8Array, first: number, end: number) => Uint8Array;

export class Halving {
  /** This rank's share so far: `count` blocks from `first` on. */
  first = 0;
  count: number;
  readonly #group: PowerGroup;
  readonly #views: Views;

  constructor(group: PowerGroup, views: Views) {
    this.#group = group;
    this.#views = views;
    this.count = group.power;
  }

  /** Reduces `buffer`, whose contents it uses up; `incoming` is as long. `masks` as of `near` or `far`. */
  *reduceScatter(
    ch: Channel,
    buffer: Uint8Array,
    incoming: Uint8Array,
    reducer: Reducer,
    masks: readonly number[],
  ): Schedule {
    const { position } = this.#group;
    for (const mask of masks) {
      this.count /= 2;
      const { count } = this;
      const keepsUpper = (position & mask) !== 0;
      const theirs = keepsUpper ? this.first : this.first + count;
      if (keepsUpper) this.first += count;
      const mine = this.#views(buffer, this.first, this.first + count);
      const into = incoming.subarray(0, mine.length);
      const partner = this.#group.rankAt(position ^ mask);
      ch.recv(into, partner);
      ch.send(this.#views(buffer, theirs, theirs + count), partner);
      yield;
      reducer.apply(into, mine);
    }
  }

  /** The blocks that the partner in the round of `mask`, the last that was halved, has kept. */
  theirs(buffer: Uint8Array, mask: number): Uint8Array {
    const { first, count } = this;
    const theirs = (this.#group.position & mask) !== 0 ? first - count : first + count;
    return this.#views(buffer, theirs, theirs + count);
  }

  /** The blocks that this rank has kept. */
  mine(buffer: Uint8Array): Uint8Array {
    return this.#views(buffer, this.first, this.first + this.count);
  }

  /** The partner's blocks have come back: the round of `mask` is undone. */
  join(mask: number): void {
    if ((this.#group.position & mask) !== 0) this.first -= this.count;
    this.count *= 2;
  }
}

/** Partners are near in the first round: 1, 2, 4, …; a position's last block is not its own. */
export function near(power: number): number[] {
  const masks: number[] = [];
  for (let mask = 1; mask < power; mask *= 2) masks.push(mask);
  return masks;
}

/** Partners are far in the first round: …, 4, 2, 1; the last block is that of the position. */
export function far(power: number): number[] {
  return near(power).reverse();
}
