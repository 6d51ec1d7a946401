/** How a datatype was made, told in the three ways of the standard and of mpi4py (MPI-4.1 §5.1.13). */
import type { DarrayArguments, SubarrayArguments } from './arrays.js';
import * as constants from './constants.js';
import type { Datatype } from './datatype.js';

/** What `decode` returns: the base, the constructor's name without `Create_`, and its arguments by name. */
export type Decoded =
  | [base: Datatype, combiner: 'NAMED' | 'DUP', params: Record<string, never>]
  | [base: Datatype, combiner: 'CONTIGUOUS', params: { count: number }]
  | [
      base: Datatype,
      combiner: 'VECTOR' | 'HVECTOR',
      params: { count: number; blocklength: number; stride: number },
    ]
  | [
      base: Datatype,
      combiner: 'INDEXED' | 'HINDEXED',
      params: { blocklengths: number[]; displacements: number[] },
    ]
  | [
      base: Datatype,
      combiner: 'INDEXED_BLOCK' | 'HINDEXED_BLOCK',
      params: { blocklength: number; displacements: number[] },
    ]
  | [
      base: Datatype,
      combiner: 'STRUCT',
      params: { blocklengths: number[]; displacements: number[]; datatypes: Datatype[] },
    ]
  | [base: Datatype, combiner: 'SUBARRAY', params: SubarrayArguments]
  | [base: Datatype, combiner: 'DARRAY', params: DarrayArguments]
  | [base: Datatype, combiner: 'RESIZED', params: { lb: number; extent: number }];

/** Numbers of integers, addresses, large counts and datatypes among the arguments, and the combiner. */
export type Envelope = [
  integers: number,
  addresses: number,
  counts: number,
  datatypes: number,
  combiner: number,
];

/** The arguments: integers, addresses (what is in bytes), large counts (always none), and datatypes. */
export type Contents = [integers: number[], addresses: number[], counts: number[], datatypes: Datatype[]];

const COMBINERS: Readonly<Record<Decoded[1], number>> = {
  NAMED: constants.COMBINER_NAMED,
  DUP: constants.COMBINER_DUP,
  CONTIGUOUS: constants.COMBINER_CONTIGUOUS,
  VECTOR: constants.COMBINER_VECTOR,
  HVECTOR: constants.COMBINER_HVECTOR,
  INDEXED: constants.COMBINER_INDEXED,
  HINDEXED: constants.COMBINER_HINDEXED,
  INDEXED_BLOCK: constants.COMBINER_INDEXED_BLOCK,
  HINDEXED_BLOCK: constants.COMBINER_HINDEXED_BLOCK,
  STRUCT: constants.COMBINER_STRUCT,
  SUBARRAY: constants.COMBINER_SUBARRAY,
  DARRAY: constants.COMBINER_DARRAY,
  RESIZED: constants.COMBINER_RESIZED,
};

export function combinerOf(made: Decoded): number {
  return COMBINERS[made[1]];
}

/** The arguments in the order of the standard's tables. */
export function contentsOf(made: Decoded): Contents {
  const [base, combiner, given] = made;
  switch (combiner) {
    case 'NAMED':
      return [[], [], [], []];
    case 'DUP':
      return [[], [], [], [base]];
    case 'CONTIGUOUS':
      return [[given.count], [], [], [base]];
    case 'VECTOR':
      return [[given.count, given.blocklength, given.stride], [], [], [base]];
    case 'HVECTOR':
      return [[given.count, given.blocklength], [given.stride], [], [base]];
    case 'INDEXED':
      return [[given.blocklengths.length, ...given.blocklengths, ...given.displacements], [], [], [base]];
    case 'HINDEXED':
      return [[given.blocklengths.length, ...given.blocklengths], [...given.displacements], [], [base]];
    case 'INDEXED_BLOCK':
      return [[given.displacements.length, given.blocklength, ...given.displacements], [], [], [base]];
    case 'HINDEXED_BLOCK':
      return [[given.displacements.length, given.blocklength], [...given.displacements], [], [base]];
    case 'STRUCT':
      return [
        [given.blocklengths.length, ...given.blocklengths],
        [...given.displacements],
        [],
        [...given.datatypes],
      ];
    case 'SUBARRAY': {
      const { sizes, subsizes, starts, order } = given;
      return [[sizes.length, ...sizes, ...subsizes, ...starts, order], [], [], [base]];
    }
    case 'DARRAY': {
      const { size, rank, gsizes, distribs, dargs, psizes, order } = given;
      return [
        [size, rank, gsizes.length, ...gsizes, ...distribs, ...dargs, ...psizes, order],
        [],
        [],
        [base],
      ];
    }
    case 'RESIZED':
      return [[], [given.lb, given.extent], [], [base]];
  }
}

/** Copies of a constructor's arguments, so that the caller may change the lists; `again`: what a datatype becomes. */
export function paramsAnew(params: object, again: (type: Datatype) => Datatype): object {
  const copies = Object.entries(params).map(([name, value]: [string, number | number[] | Datatype[]]) => {
    if (!Array.isArray(value)) return [name, value];
    return [name, value.map((item) => (typeof item === 'number' ? item : again(item)))];
  });
  return Object.fromEntries(copies);
}
