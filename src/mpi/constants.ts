/** Constants of the interface. The values are Open MPI's where programs print them. */

/** Receive from any member of the communicator (MPI-4.1 §3.2.4). */
export const ANY_SOURCE = -1;
/** Receive a message with any tag (MPI-4.1 §3.2.4). */
export const ANY_TAG = -1;
/** The rank that nobody is: sends to it and receives from it complete at once, empty (MPI-4.1 §3.10). */
export const PROC_NULL = -2;
/** No defined value, e.g. the count of a message that is no whole number of elements. */
export const UNDEFINED = -32766;
/** Results of comparing groups and communicators (MPI-4.1 §7.3.1 and §7.4.1): the same; */
export const IDENT = 0;
/** the same members in the same order, in another context; */
export const CONGRUENT = 1;
/** the same members in another order; */
export const SIMILAR = 2;
/** other members. */
export const UNEQUAL = 3;
/** The root's own argument in a collective on an intercommunicator (MPI-4.1 §6.2.3). */
export const ROOT = -4;
/** `Split_type`: ranks that share memory (MPI-4.1 §7.4.2). */
export const COMM_TYPE_SHARED = 0;
/** `Split_type`: the largest parts of the machine that are smaller than the communicator (MPI-4.1 §7.4.2). */
export const COMM_TYPE_HW_UNGUIDED = 12;
/** `Split_type`: ranks that share what the info's `mpi_hw_resource_type` names (MPI-4.1 §7.4.2). */
export const COMM_TYPE_HW_GUIDED = 13;
/** `Split_type`: the same, of resources beside hardware (MPI-4.1 §7.4.2). */
export const COMM_TYPE_RESOURCE_GUIDED = 14;
/** Key of `Get_attr`: the largest tag (MPI-4.1 §9.1.2). */
export const TAG_UB = 0;
/** Key of `Get_attr`: the index of this rank's program in an MPMD job (MPI-4.1 §11.10.3). */
export const APPNUM = 5;
/** Key of `Get_attr`: the number of ranks at the start of the job (MPI-4.1 §11.10.1). */
export const UNIVERSE_SIZE = 4;
/** Key of `Get_attr`: whether `Wtime` is the same clock on all ranks (MPI-4.1 §9.1.2). */
export const WTIME_IS_GLOBAL = 3;
/** Key of `Get_attr`: a rank with a host process: none, `MPI.PROC_NULL` (MPI-4.1 §9.1.2). */
export const HOST = 1;
/** Key of `Get_attr`: a rank that has input and output: all have, `MPI.ANY_SOURCE` (MPI-4.1 §9.1.2). */
export const IO = 2;
/** Key of `Get_attr`: the largest error code in use (MPI-4.1 §9.5). */
export const LASTUSEDCODE = 6;
/** The attribute key that is none: what `Free_keyval` returns (MPI-4.1 §7.7.2). */
export const KEYVAL_INVALID = -1;
/** Bytes that each message needs in an attached buffer beside its data (MPI-4.1 §3.6). */
export const BSEND_OVERHEAD = 64;
/** Longest string of `Get_processor_name`. */
export const MAX_PROCESSOR_NAME = 256;
/** Longest string of `Add_error_string`. */
export const MAX_ERROR_STRING = 256;
/** Longest key of an info object, in characters. */
export const MAX_INFO_KEY = 255;
/** Longest value of an info object, in characters. */
export const MAX_INFO_VAL = 1024;

/** What `Get_topology` returns: the kind of a communicator's topology, or `MPI.UNDEFINED` (MPI-4.1 §8.5.5). */
export const CART = 1;
export const GRAPH = 2;
export const DIST_GRAPH = 3;

/** Thread support levels (MPI-4.1 §11.2.1). JavaScript runs one thread a rank: every level is the same here. */
export const THREAD_SINGLE = 0;
export const THREAD_FUNNELED = 1;
export const THREAD_SERIALIZED = 2;
export const THREAD_MULTIPLE = 3;

/** Version of the standard whose semantics this is. */
export const VERSION = 4;
export const SUBVERSION = 1;

/** Sends from or receives into the buffer of the other argument of a collective (MPI-4.1 §6.2.1). */
export const IN_PLACE: unique symbol = Symbol('MPI.IN_PLACE');
export type InPlace = typeof IN_PLACE;

/** Attach this in place of a buffer, and buffered sends take memory as they need it (MPI-4.1 §3.6). */
export const BUFFER_AUTOMATIC: unique symbol = Symbol('MPI.BUFFER_AUTOMATIC');
export type BufferAutomatic = typeof BUFFER_AUTOMATIC;

/** In place of the weights of a distributed graph: its edges have none (MPI-4.1 §8.5.4). */
export const UNWEIGHTED: unique symbol = Symbol('MPI.UNWEIGHTED');
export type Unweighted = typeof UNWEIGHTED;
/** In place of an empty list of weights where other ranks have some (MPI-4.1 §8.5.4). */
export const WEIGHTS_EMPTY: unique symbol = Symbol('MPI.WEIGHTS_EMPTY');
export type WeightsEmpty = typeof WEIGHTS_EMPTY;
