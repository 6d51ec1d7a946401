/**
 * The standard's model of datatypes, taken literally (MPI-4.1 §5.1): a type map is a list of basic elements and
 * displacements, with markers where bounds were set. Slow, and independent of what it is compared with.
 */
import type * as MPI from '../../../src/mpi/index.js';

export interface Entry {
  readonly at: number;
  readonly bytes: number;
}

export interface Model {
  readonly map: readonly Entry[];
  /** Places of the markers; none where no bounds were set. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

export const basic = (bytes: number): Model => ({ map: [{ at: 0, bytes }], lower: [], upper: [] });

export const size = ({ map }: Model): number => map.reduce((sum, { bytes }) => sum + bytes, 0);

export const trueLb = ({ map }: Model): number =>
  map.length === 0 ? 0 : Math.min(...map.map(({ at }) => at));

export const trueUb = ({ map }: Model): number =>
  map.length === 0 ? 0 : Math.max(...map.map(({ at, bytes }) => at + bytes));

export function lb(model: Model): number {
  return model.lower.length > 0 ? Math.min(...model.lower) : trueLb(model);
}

export function extent(model: Model): number {
  if (model.upper.length > 0) return Math.max(...model.upper) - lb(model);
  const align = Math.max(1, ...model.map.map(({ bytes }) => bytes));
  return Math.ceil((trueUb(model) - trueLb(model)) / align) * align;
}

const shifted = ({ map, lower, upper }: Model, by: number): Model => ({
  map: map.map(({ at, bytes }) => ({ at: at + by, bytes })),
  lower: lower.map((at) => at + by),
  upper: upper.map((at) => at + by),
});

export function concat(models: readonly Model[]): Model {
  return {
    map: models.flatMap(({ map }) => map),
    lower: models.flatMap(({ lower }) => lower),
    upper: models.flatMap(({ upper }) => upper),
  };
}

/** `count` copies side by side, from `at` on. */
export function block(model: Model, count: number, at: number): Model {
  const step = extent(model);
  return concat(Array.from({ length: count }, (_, i) => shifted(model, at + i * step)));
}

export function resized(model: Model, at: number, length: number): Model {
  return { map: model.map, lower: [at], upper: [at + length] };
}

export function hvector(model: Model, count: number, blocklength: number, stride: number): Model {
  return concat(Array.from({ length: count }, (_, i) => block(model, blocklength, i * stride)));
}

export function struct(
  models: readonly Model[],
  lengths: readonly number[],
  displs: readonly number[],
): Model {
  return concat(models.map((model, i) => block(model, lengths[i], displs[i])));
}

/** The elements whose indices `owned` accepts, in the order of the array's memory. */
export function array(
  model: Model,
  sizes: readonly number[],
  order: 'C' | 'F',
  owned: (index: readonly number[]) => boolean,
): Model {
  const step = extent(model);
  const total = sizes.reduce((product, n) => product * n, 1);
  const parts: Model[] = [];
  for (let place = 0; place < total; place++) {
    const index: number[] = new Array(sizes.length);
    let rest = place;
    const dims = [...sizes.keys()];
    for (const d of order === 'C' ? dims.reverse() : dims) {
      index[d] = rest % sizes[d];
      rest = Math.floor(rest / sizes[d]);
    }
    if (owned(index)) parts.push(shifted(model, place * step));
  }
  return resized(concat(parts), 0, total * step);
}

/** The packed bytes of `count` elements whose address is byte `at` of `memory`. */
export function pack(model: Model, memory: Uint8Array, at: number, count: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < count; i++) {
    for (const entry of model.map) {
      const from = at + i * extent(model) + entry.at;
      for (let k = 0; k < entry.bytes; k++) out.push(memory[from + k]);
    }
  }
  return out;
}

/** Writes packed bytes to their places. */
export function unpack(model: Model, memory: Uint8Array, at: number, packed: Uint8Array): void {
  let next = 0;
  for (let i = 0; next < packed.length; i++) {
    for (const entry of model.map) {
      const to = at + i * extent(model) + entry.at;
      for (let k = 0; k < entry.bytes && next < packed.length; k++) memory[to + k] = packed[next++];
    }
  }
}

/** The bytes that `count` elements touch, from an address at 0. */
export function span(model: Model, count: number): [low: number, high: number] {
  const reach = (count - 1) * extent(model);
  return [trueLb(model) + Math.min(0, reach), trueUb(model) + Math.max(0, reach)];
}

/** A datatype beside its model. */
export interface Both {
  readonly type: MPI.Datatype;
  readonly model: Model;
}
