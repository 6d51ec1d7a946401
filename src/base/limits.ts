/**
 * Every bound of the runtime, by name, with its unit last in the name. A queue or a loop that could grow
 * or spin without one of these is a defect.
 */

/** Ranks in one job: the pending bitmap of a rank block holds this many bits. */
export const ranksMax = 512;

/** Largest tag (`MPI.TAG_UB`): tags travel as a signed 32-bit word. */
export const tagMax = 2 ** 31 - 1;

/** Levels of nesting of a derived datatype, counted after contiguous ones have been merged. */
export const typeDepthMax = 64;

/** Memory kept for the packed bytes of the next messages whose datatypes have gaps. */
export const spareScratchBytesMax = 32 * 1024 * 1024;

/** The longest message of plain data: longer ones go through `node:v8`. */
export const plainBytesMax = 64 * 1024;

/** So do deeper values, and longer arrays: their keys are listed to see that there are no others. */
export const plainDepthMax = 64;
export const plainItemsMax = 1024;

/** Communicators that a job can have at once: a number each, whose four contexts are a 32-bit word. */
export const communicatorsMax = 2 ** 30 - 1;

/** Unmatched eager payload that one sender may leave with one receiver before it sends envelopes only. */
export const creditBytesMax = 256 * 1024;

/** Longest message that leaves for a rank with other memory before it is asked for; it takes credit. */
export const wireEagerBytesMax = 64 * 1024;

/** Bytes lent to the kernel in one call, which counts all of them as locked memory (`RLIMIT_MEMLOCK`), whatever it takes. */
export const lentBytesMax = 1024 * 1024;

/** Connections that are looked at by themselves; further ones are reported by epoll. */
export const nearSocketsMax = 2;

/** Peers whose rings are polled directly; further peers announce themselves by their pending bit. */
export const hotPeersMax = 8;

/** Records taken from one ring before the next ring has its turn. */
export const drainRecordsMax = 64;

/** Payload of one rank in a collective over shared memory: longer ones are lent, or travel as messages. */
export const meetingBytesMax = 32 * 1024;

/** Ranks of a communicator whose collectives use shared memory: each looks at all others. */
export const meetingRanksMax = 64;

/** Communicators at a time whose collectives use shared memory. */
export const arenasMax = 32;

/** Operations of each kind that are kept for the next calls: more are left to the garbage collector. */
export const spareOpsMax = 1024;

/** One park: abort, deadlines and failures are seen after at most this long. */
export const parkSliceMsMax = 100;

/** How long nothing must have come to a blocked rank before it says what it waits for, line and all. */
export const stallMsMin = 1000;

/** How long a blocked rank spins before it parks when every rank has a core of its own. */
export const spinMsMax = 1;

/** How long a blocked rank keeps yielding its core before it parks when ranks outnumber cores. */
export const yieldMsMax = 5;

/** How long two ranks that connect have to prove themselves to each other. */
export const handshakeMsMax = 5000;

/** How long a rank tries to connect to one that is not found listening, before the job is told. */
export const reachMsMax = 10_000;

/** Connections to a rank that have not proved themselves: a newcomer takes the place of the oldest. */
export const strangersMax = 64;

/** A pipe between a rank and its I/O worker: one each way for a connection. A power of two. */
export const pipeBytesMax = 256 * 1024;

/** One WebSocket frame: a longer one is refused before it is read. */
export const frameBytesMax = 64 * 1024;

/** What the I/O worker leaves with a WebSocket that has not been sent, before it waits. */
export const bufferedBytesMax = 256 * 1024;

/** From the end of a connection over a WebSocket to its being cut, if the other side does not answer. */
export const closingMsMax = 1000;

/** The head of a request to become a WebSocket. */
export const headBytesMax = 4096;

/** Dimensions that `Compute_dims` makes from their number. */
export const dimensionsMax = 1024;
