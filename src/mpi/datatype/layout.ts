/** What one element of a datatype takes up: its form and its bounds (MPI-4.1 §5.1.6 to §5.1.8). */
import { ERR_ARG, Exception } from '../../base/errors.js';
import { typeDepthMax } from '../../base/limits.js';
import { type Form, moved, repeat, sequence } from './form.js';
import type { ArrayKind, ElementKind } from './kinds.js';

export interface Layout {
  /** Where its bytes are; null if it has none. */
  readonly form: Form | null;
  /** Bytes of data. */
  readonly size: number;
  readonly lb: number;
  readonly extent: number;
  readonly trueLb: number;
  readonly trueUb: number;
  /** What its strictest basic element is aligned to: the extent is rounded up to it. */
  readonly align: number;
  /** Its bounds were set (`Create_resized`): those of other types beside it then do not count. */
  readonly marked: boolean;
  /** The kind of all its elements; null if they are bytes, or none that reductions know. */
  readonly kind: ElementKind | null;
  /** The arrays that hold it: of one kind, any (bytes), or storage without a kind only (a mixture). */
  readonly holder: ArrayKind | 'any' | 'raw';
}

/** What has no entry in its type map. */
export const NOTHING: Layout = {
  form: null,
  size: 0,
  lb: 0,
  extent: 0,
  trueLb: 0,
  trueUb: 0,
  align: 1,
  marked: false,
  kind: null,
  holder: 'any',
};

/** Throws unless a number of bytes is exact. */
export function exact(bytes: number, call: string): number {
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new Exception(ERR_ARG, `${call}: the datatype would reach beyond 2^53 bytes`);
}

/** Lays blocks of elements out. */
export class Builder {
  readonly #call: string;
  readonly #forms: Form[] = [];
  #size = 0;
  #trueLb = Number.POSITIVE_INFINITY;
  #trueUb = Number.NEGATIVE_INFINITY;
  #lb = Number.POSITIVE_INFINITY;
  #ub = Number.NEGATIVE_INFINITY;
  #align = 1;
  #marked = false;
  #first: Layout | null = null;
  #kind: ElementKind | null = null;
  #holder: Layout['holder'] = 'any';

  constructor(call: string) {
    this.#call = call;
  }

  /** `count` elements side by side, from `at` on. */
  block(at: number, count: number, of: Layout): this {
    return this.blocks(1, 0, at, count, of);
  }

  /** Such a block `repeats` times, `stride` bytes apart. */
  blocks(repeats: number, stride: number, at: number, count: number, of: Layout): this {
    if (repeats === 0 || count === 0 || (of.size === 0 && !of.marked)) return this;
    this.#bound(at, count, of);
    this.#bound(exact(at + this.#product(repeats - 1, stride), this.#call), count, of);
    this.#size = exact(this.#size + this.#product(repeats, this.#product(count, of.size)), this.#call);
    if (of.form !== null) {
      const block = repeat(count, of.extent, of.form);
      this.#forms.push(moved(repeat(repeats, stride, block), at));
    }
    if (of.size > 0) this.#mix(of);
    this.#align = Math.max(this.#align, of.align);
    return this;
  }

  build(): Layout {
    if (this.#size === 0 && !this.#marked) return NOTHING;
    const empty = this.#size === 0;
    const trueLb = empty ? 0 : this.#trueLb;
    const trueUb = empty ? 0 : this.#trueUb;
    const lb = this.#marked ? this.#lb : trueLb;
    const rounded = Math.ceil((trueUb - trueLb) / this.#align) * this.#align;
    const form = sequence(this.#forms);
    if (form !== null && form.depth > typeDepthMax) {
      throw new Exception(
        ERR_ARG,
        `${this.#call}: the datatype nests ${form.depth} levels; ${typeDepthMax} at most`,
      );
    }
    return {
      form,
      size: this.#size,
      lb,
      extent: exact(this.#marked ? this.#ub - lb : rounded, this.#call),
      trueLb,
      trueUb,
      align: this.#align,
      marked: this.#marked,
      kind: this.#kind,
      holder: this.#holder,
    };
  }

  /** The bounds that one block adds. */
  #bound(at: number, count: number, of: Layout): void {
    exact(at, this.#call);
    const reach = this.#product(count - 1, of.extent);
    const low = at + Math.min(reach, 0);
    const high = at + Math.max(reach, 0);
    if (of.size > 0) {
      this.#trueLb = Math.min(this.#trueLb, exact(low + of.trueLb, this.#call));
      this.#trueUb = Math.max(this.#trueUb, exact(high + of.trueUb, this.#call));
    }
    if (!of.marked) return;
    this.#marked = true;
    this.#lb = Math.min(this.#lb, exact(low + of.lb, this.#call));
    this.#ub = Math.max(this.#ub, exact(high + of.lb + of.extent, this.#call));
  }

  #mix(of: Layout): void {
    if (this.#first === null) {
      this.#first = of;
      this.#kind = of.kind;
      this.#holder = of.holder;
      return;
    }
    if (of.kind !== this.#kind) this.#kind = null;
    if (of.holder !== this.#holder) this.#holder = 'raw';
  }

  #product(a: number, b: number): number {
    // Adding 0 turns -0, which is no other displacement, into 0.
    return exact(a * b, this.#call) + 0;
  }
}

/** The same bytes with other bounds (MPI-4.1 §5.1.7). */
export function resized(of: Layout, lb: number, extent: number, call: string): Layout {
  exact(lb + extent, call);
  return { ...of, lb, extent, marked: true };
}

/** Bytes from the address of the first of `count` (1 or more) elements to their first byte of data, and their last. */
export function spanOf({ extent, trueLb, trueUb }: Layout, count: number): [low: number, high: number] {
  const reach = (count - 1) * extent;
  return [trueLb + Math.min(reach, 0), trueUb + Math.max(reach, 0)];
}

/** How many whole elements lie in so many bytes; null where that cannot be told, because they overlap. */
export function fitting({ extent, trueLb, trueUb, size }: Layout, bytes: number): number | null {
  if (bytes === 0) return 0;
  if (extent <= 0) return size === 0 ? 0 : null;
  if (trueLb < 0 || trueUb > bytes) return 0;
  // As many as there are extents, but not the last ones if their data lies beyond their extent.
  return Math.min(Math.floor(bytes / extent), Math.floor((bytes - trueUb) / extent) + 1);
}
