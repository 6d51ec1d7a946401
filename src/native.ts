/**
 * Every native function, declared once. The addon (`native/`) is optional: `loadNative()` says why it is absent,
 * and everything above works without it, more slowly.
 *
 * All views are TypedArrays (never DataViews or bare buffers): `napi_get_typedarray_info` also works on shared
 * memory in Node 20, `napi_get_arraybuffer_info` does not. Offsets and lengths are bytes and are checked natively
 * against the view or the segment; a bad argument throws, it never touches memory.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

type View = Exclude<ArrayBufferView, DataView>;

/** What `attach` needs of the segment's layout, in bytes from its start. */
export interface AttachOptions {
  readonly rank: number;
  readonly size: number;
  readonly rankBlocks: number;
  readonly rankBytes: number;
  readonly rankDone: number;
  readonly rankHelp: number;
  readonly rankPid: number;
  readonly slotTables: number;
  readonly slotsPerRank: number;
  readonly slotBytes: number;
  /** 1 if ranks may be in other processes, else 0. */
  readonly processes: number;
}

/** Result of `pull`. */
export const Pulled = {
  /** The bytes were copied and the slot is DONE, on its owner's done stack. */
  OK: 0,
  /** The slot's word was no longer the expected one: the sender took the message back. Nothing was written. */
  REVOKED: 1,
  /** The slot was claimed but its owner holds no bytes for it. Nothing was written; the slot is DONE. */
  LOST: 2,
  /** This process may not read the memory of the owner's. Nothing was claimed or written. */
  DENIED: 3,
} as const;

/** A reduction as the addon knows it: indices in `reductionOps` and `reductionKinds`. */
export interface AddonLoop {
  readonly op: number;
  readonly kind: number;
}

/** Operations of `reduce` and `combine`, by number. */
export const reductionOps = [
  'MAX',
  'MIN',
  'SUM',
  'PROD',
  'LAND',
  'BAND',
  'LOR',
  'BOR',
  'LXOR',
  'BXOR',
  'MINLOC',
  'MAXLOC',
] as const;

/** Kinds of their elements, by number. Complex numbers are two reals; a pair is a value and an int32, without gaps. */
export const reductionKinds = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'complex64',
  'complex128',
  'short_int',
  'int_int',
  'long_int',
  'float_int',
  'double_int',
] as const;

export interface Native {
  /** `sched_yield(2)`. */
  yieldCpu(): void;
  /** The CPUs that the calling thread may run on (`sched_getaffinity`). */
  affinity(): number[];
  /** Binds the calling thread to these CPUs; false where the system refuses. */
  bind(cpus: number[]): boolean;
  /**
   * Orders memory for all threads of this process, as if each had executed a fence now (`membarrier(2)`): 0.6 µs, but
   * 12 ms the first time in a process. False where the system has no such thing.
   */
  fence(): boolean;
  /** `fence` for the threads of all processes that have called it before. */
  fenceProcesses(): boolean;

  /** A new file descriptor of so many zero bytes of memory without a name (`memfd_create(2)`), closed on exec. */
  createMemory(bytes: number): number;
  /** All the memory of a descriptor of `createMemory`, shared with every process that maps it. */
  mapMemory(fd: number): ArrayBuffer;
  /** A new event (`eventfd(2)`), closed on exec. */
  createEvent(): number;
  /** Wakes whoever watches the event. */
  signalEvent(fd: number): void;
  /** Calls `callback` from this thread's event loop after each signal. Does not keep the loop alive. */
  watchEvent(fd: number, callback: () => void): void;
  /**
   * For a process that is a rank: it ends when its parent does, lets its peers read its memory, and passes none of the
   * `fds` descriptors from 3 on to its own children.
   */
  joinProcesses(parent: number, fds: number): void;
  /** Ends this process now with exit code `code`, 0 to 255, whatever its threads are stuck in (`_exit(2)`). */
  leave(code: number): never;
  /**
   * Non-blocking stream sockets of this thread, by id (1 or more). Calls that move bytes return how many, 0 where none
   * can be moved now, or a negative error number; the end of a stream is -EPIPE. Whatever is left closes with the thread.
   * A host is a numeric IPv4 or IPv6 address, or `@name`: a Unix-domain name that no file system knows, with port 0.
   */
  socketListen(host: string, port: number): number;
  socketConnect(host: string, port: number): number;
  /** The next connection, or 0 if there is none. */
  socketAccept(listener: number): number;
  /** The port a socket is bound to, 0 for a Unix-domain one. */
  socketPort(socket: number): number;
  /** Error number of what has failed since the last call, such as connecting; 0 if nothing. */
  socketError(socket: number): number;
  /** Bytes sent that the other side's system has not got yet. */
  socketUnsent(socket: number): number;
  /** Sends bytes of a view and, behind them in the same call, `heldBytes` of held memory. */
  socketSend(
    socket: number,
    view: View,
    offset: number,
    bytes: number,
    hold: number,
    byteOffset: number,
    heldBytes: number,
  ): number;
  /** Has `socketLend` keep count of its calls; false where the system does not lend. */
  socketLends(socket: number): boolean;
  /** Sends held memory, from where the kernel goes on to read it (`MSG_ZEROCOPY`) until `socketReturned` tells the call. */
  socketLend(socket: number, hold: number, byteOffset: number, bytes: number): number;
  /**
   * The calls of `socketLend` that are done, numbered from 0 modulo 2^32 (those that sent something): writes the first and
   * the last of each range, and returns how many ranges.
   */
  socketReturned(socket: number, ranges: Uint32Array): number;
  /** Tells the other side's system at once what has been received: else up to 40 ms later, and what it lent is returned as late. */
  socketAcknowledge(socket: number): void;
  /** Looks so many times, if nothing is there yet. */
  socketReceive(socket: number, view: View, offset: number, bytes: number, looks: number): number;
  /** What `socketsReady` is to report of the socket: input, and room to write. A new one is watched for input. */
  socketWatch(socket: number, input: boolean, output: boolean): void;
  /** Nothing more will be sent: the other side sees the end of the stream. */
  socketFinish(socket: number): void;
  socketClose(socket: number): void;
  /** Waits for at most `ms` for something to do; the ids of those sockets, and 0 for the watched event. */
  socketsReady(ms: number, ids: Float64Array): number;
  /** Has `socketsReady` report, and reset, an event as well. Once. */
  socketsWatch(event: number): void;
  /**
   * Calls `callback` once, from this thread's event loop, when there is something to report. Always the callback of the
   * first call. Does not keep the loop alive.
   */
  watchSockets(callback: () => void): void;
  /** Sleeps while the word is `seen`, for at most `ms`, also where memory is shared by processes. False if time ran out. */
  futexWait(words: Int32Array, index: number, seen: number, ms: number): boolean;
  /** Wakes all that sleep on the word. */
  futexWake(words: Int32Array, index: number): void;

  /** Remembers a job's segment for this thread, and holds its memory until the thread ends. Once per thread. */
  attach(segment: Uint8Array, options: AttachOptions): void;
  /** memcpy: `bytes` of `source` from `sourceOffset` to byte `segmentOffset` of the segment. */
  copyIn(segmentOffset: number, source: View, sourceOffset: number, bytes: number): void;
  /** memcpy: `bytes` from byte `segmentOffset` of the segment to `target` at `targetOffset`. */
  copyOut(segmentOffset: number, target: View, targetOffset: number, bytes: number): void;
  /** `copyIn` from the memory of a hold, `byteOffset` from the start of its ArrayBuffer: a third of the time. */
  copyHeldIn(segmentOffset: number, hold: number, byteOffset: number, bytes: number): void;
  /** `copyOut` to the memory of a hold. */
  copyHeldOut(segmentOffset: number, hold: number, byteOffset: number, bytes: number): void;
  /**
   * Copies `count` elements, `extent` bytes apart and the first at byte `at` of `memory`, to `packed`, until its
   * first `bytes` are full. `program` says where the bytes of an element are (`mpi/datatype/packing.ts`): each operation is its code,
   * its place relative to what is around it, and
   *
   *     0 bytes                        that many bytes
   *     1 count stride <body>          the body so many times, `stride` bytes apart
   *     2 count displ… <body>          the body at each displacement
   *     3 count <item>…                the items, one after the other
   *
   * Every access is checked against `memory`; what goes beyond throws, with some of the bytes copied.
   */
  pack(
    program: Float64Array,
    memory: View,
    at: number,
    count: number,
    extent: number,
    packed: View,
    bytes: number,
  ): void;
  /** The other way round: from `packed`, until these are used up, to `memory`. */
  unpack(
    program: Float64Array,
    memory: View,
    at: number,
    count: number,
    extent: number,
    packed: View,
    bytes: number,
  ): void;
  /** memcpy between two views. */
  copy(target: View, targetOffset: number, source: View, sourceOffset: number, bytes: number): void;

  /**
   * `inout[i] = input[i] op inout[i]` over two views of equally many elements, at any alignment. `op` and `kind` are
   * indices in `reductionOps` and `reductionKinds`; throws where the operation is not defined for the kind. Memory that
   * overlaps without being the same gets arbitrary values.
   */
  reduce(op: number, kind: number, input: View, inout: View): void;
  /** `out[i] = a[i] op b[i]` over three views. `out` may be `a` or `b`. */
  combine(op: number, kind: number, a: View, b: View, out: View): void;

  /**
   * Holds the backing store under `view.buffer` and returns a hold id ≥ 1, or 0 where it cannot be held. The memory
   * stays readable until `drop(id)` and the end of every exposure made from it, whatever happens to the buffer.
   */
  hold(view: View): number;
  /** Lets go of a hold. */
  drop(hold: number): void;
  /**
   * Records where this rank's `slot` finds its bytes: `bytes` at `byteOffset` of the held store (from the start of
   * its ArrayBuffer). False if the range is not inside the store. The caller then sets the slot's word to OFFERED.
   */
  expose(slot: number, hold: number, byteOffset: number, bytes: number): boolean;
  /** Forgets the exposure of this rank's `slot`; called when its word is DONE or REVOKED. */
  conceal(slot: number): void;
  /**
   * Claims, copies, finishes, in one call: compare-exchanges the word of `owner`'s `slot` from `word` to CLAIMED,
   * copies the first `bytes` of its exposure into `target`, sets DONE and pushes it on the owner's stack.
   * `bytes` beyond what was exposed is an error of the caller: throws, nothing claimed.
   */
  pull(owner: number, slot: number, word: number, target: View, targetOffset: number, bytes: number): number;
  /** `pull` to the memory of a hold, `byteOffset` from the start of its ArrayBuffer. */
  pullHeld(
    owner: number,
    slot: number,
    word: number,
    hold: number,
    byteOffset: number,
    bytes: number,
  ): number;
  /**
   * Copies `bytes` of what a thread exposes in `slot`, from byte `from` of it on, into the memory of a hold, whatever the
   * slot's word. False if so many are not exposed there.
   */
  readExposed(
    owner: number,
    slot: number,
    from: number,
    hold: number,
    byteOffset: number,
    bytes: number,
  ): boolean;
  /** The same in the other direction: from the memory of a hold to what a thread exposes. */
  writeExposed(
    owner: number,
    slot: number,
    from: number,
    hold: number,
    byteOffset: number,
    bytes: number,
  ): boolean;
  /** `out[i] = a[i] op b[i]` over what two threads expose, into the memory of a hold. */
  combineExposed(
    op: number,
    kind: number,
    ownerA: number,
    slotA: number,
    ownerB: number,
    slotB: number,
    from: number,
    hold: number,
    byteOffset: number,
    bytes: number,
  ): boolean;
  /** `inout[i] = input[i] op inout[i]` over what a thread exposes and the memory of a hold. */
  reduceExposed(
    op: number,
    kind: number,
    owner: number,
    slot: number,
    from: number,
    hold: number,
    byteOffset: number,
    bytes: number,
  ): boolean;
  /**
   * Looks for `number` in a word of the segment, at most so many times (up to 10,000). Once it is there, copies `bytes` of
   * the segment, from byte `from` on, into the memory of a hold; false if it was not seen.
   */
  copyShown(
    word: number,
    number: number,
    looks: number,
    from: number,
    hold: number,
    byteOffset: number,
    bytes: number,
  ): boolean;
  /** Likewise `out[i] = a[i] op b[i]`, of two places of the segment, into the memory of a hold. */
  combineShown(
    op: number,
    kind: number,
    word: number,
    number: number,
    looks: number,
    a: number,
    b: number,
    hold: number,
    byteOffset: number,
    bytes: number,
  ): boolean;
  /**
   * Copies a part of what a peer pulls from this rank, as its RANK_HELP word says, into that peer's target. Returns how
   * many chunks there were to copy: 0 tells that nobody wants help any more.
   */
  help(): number;
}

export type NativeStatus = { readonly native: Native } | { readonly native: null; readonly reason: string };

function load(): NativeStatus {
  if (process.env.MPI4TS_NATIVE === '0') return { native: null, reason: 'switched off by MPI4TS_NATIVE=0' };
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  for (const up of ['..', '../..', '../../..']) {
    const file = fileURLToPath(new URL(`${up}/prebuilds/${platform}/mpi4ts.node`, import.meta.url));
    if (!existsSync(file)) continue;
    try {
      return { native: require(file) as Native };
    } catch (error) {
      return { native: null, reason: `${file} does not load: ${(error as Error).message}` };
    }
  }
  return { native: null, reason: `no prebuilt addon for ${platform}` };
}

let status: NativeStatus | undefined;

/** The addon of this thread, or why there is none. `MPI4TS_NATIVE=0` switches it off. */
export function loadNative(): NativeStatus {
  status ??= load();
  return status;
}
