/** One collective call as data: every rank can make the inputs of all ranks from it, and so check its own result. */
import type * as coll from '../../../src/coll/index.js';

/** How a reduction combines: a predefined operation, or matrices with a grain (cut anywhere) or without. */
export type Operation =
  | { readonly op: coll.OpName; readonly kind: coll.ElementKind }
  | { readonly op: 'matrices'; readonly grain: 0 | 16 };

export interface Case {
  readonly collective: coll.Collective | 'gatherv' | 'scatterv' | 'neighbours' | 'objects';
  readonly algorithm?: string | undefined;
  readonly root: number;
  /** Elements per rank (of 16 bytes for matrices, of one byte where nothing is combined). */
  readonly count: number;
  readonly operation?: Operation;
  readonly inPlace?: boolean;
  /** Displaces the user's buffers by this many bytes, so that they are not aligned. */
  readonly shift?: number;
  readonly seed: number;
  readonly synchronous?: boolean;
}
