/** Constants of datatypes. The values are Open MPI's. */

/** Order of an array's dimensions in memory: the last one fastest (`ORDER_C`), or the first (MPI-4.1 §5.1.3). */
export const ORDER_C = 0;
export const ORDER_FORTRAN = 1;
export const ORDER_F = ORDER_FORTRAN;

/** How a dimension of a distributed array is shared out (MPI-4.1 §5.1.4). */
export const DISTRIBUTE_BLOCK = 0;
export const DISTRIBUTE_CYCLIC = 1;
export const DISTRIBUTE_NONE = 2;
/** The block length that suits the distribution. */
export const DISTRIBUTE_DFLT_DARG = -1;

/** How a datatype was made (MPI-4.1 §5.1.13). */
export const COMBINER_NAMED = 0;
export const COMBINER_DUP = 1;
export const COMBINER_CONTIGUOUS = 2;
export const COMBINER_VECTOR = 3;
export const COMBINER_HVECTOR = 5;
export const COMBINER_INDEXED = 6;
export const COMBINER_HINDEXED = 8;
export const COMBINER_INDEXED_BLOCK = 9;
export const COMBINER_STRUCT = 11;
export const COMBINER_SUBARRAY = 12;
export const COMBINER_DARRAY = 13;
export const COMBINER_RESIZED = 17;
export const COMBINER_HINDEXED_BLOCK = 18;

/** What `Datatype.Match_size` looks for (MPI-4.1 §19.1.9). */
export const TYPECLASS_INTEGER = 1;
export const TYPECLASS_REAL = 2;
export const TYPECLASS_COMPLEX = 3;
