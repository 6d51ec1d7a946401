/** One collective call as data: every rank can make the inputs of all ranks from it, and so check its own result. */
import type * as coll from '../../../src/coll/index.js';

/**
 * How a reduction combines: a predefined operation; matrices with a grain (cut anywhere) or without; or a function that
 * commutes and goes by the elements' positions in the whole message.
 */
export type Operation =
  | { readonly op: coll.OpName; readonly kind: coll.ElementKind }
  | { readonly op: 'matrices'; readonly grain: 0 | 16 }
  | { readonly op: 'positions' };

export interface Case {
  readonly collective: coll.Collective | 'gatherv' | 'scatterv' | 'neighbours' | 'objects';
  readonly algorithm?: string | undefined;
  /** The lowest rank on each rank's host: the call goes across hosts, by no named algorithm. */
  readonly hosts?: readonly number[] | undefined;
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

/** A case's `hosts`, from the name of each rank's. */
export function hostsNamed(names: readonly number[]): number[] {
  return names.map((name) => names.indexOf(name));
}
