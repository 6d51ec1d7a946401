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
/** Bytes that each message needs in an attached buffer beside its data (MPI-4.1 §3.6). */
export const BSEND_OVERHEAD = 64;
/** Longest string of `Get_processor_name`. */
export const MAX_PROCESSOR_NAME = 256;

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
