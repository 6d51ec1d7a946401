/** What a communicator is, before any message: its members, its contexts, its name (MPI-4.1 §7). */
import { lastUsedCode } from '../../base/added-errors.js';
import { ERR_ARG, ERR_KEYVAL, ERR_LASTCODE, Exception, show } from '../../base/errors.js';
import { tagMax } from '../../base/limits.js';
import { place, type Scope } from '../../engine/ops.js';
import { type CallOptions, deadlineOf } from '../arguments.js';
import { type AttributeCopy, type AttributeDelete, Attributes, Keyvals } from '../attributes.js';
import { BsendPlace, processBuffer } from '../bsend-buffer.js';
import { type BufferLike, Resolved } from '../buffer.js';
import {
  ANY_SOURCE,
  APPNUM,
  type BufferAutomatic,
  HOST,
  IO,
  LASTUSEDCODE,
  PROC_NULL,
  TAG_UB,
  UNIVERSE_SIZE,
  WTIME_IS_GLOBAL,
} from '../constants.js';
import {
  callErrhandler,
  createErrhandler,
  type Errhandler,
  type ErrhandlerFunction,
  getErrhandler,
  setErrhandler,
} from '../errhandler.js';
import { checkAlive, engine, seat } from '../runtime.js';
import type { Comm } from './comm.js';

/** The two halves of the call in progress. A call reads them before it can be re-entered. */
export const sendPart = new Resolved();
export const recvPart = new Resolved();

const keyvals = new Keyvals<Comm>('Comm');

type NumberKeyval =
  | typeof TAG_UB
  | typeof HOST
  | typeof IO
  | typeof APPNUM
  | typeof LASTUSEDCODE
  | typeof UNIVERSE_SIZE;

/** Attributes that the runtime defines, the same on every communicator (MPI-4.1 §9.1.2). */
const predefined: ReadonlyMap<number, () => number | boolean> = new Map<number, () => number | boolean>([
  [TAG_UB, () => tagMax],
  [HOST, () => PROC_NULL],
  [IO, () => ANY_SOURCE],
  [WTIME_IS_GLOBAL, () => true],
  [APPNUM, () => seat.appnum],
  [LASTUSEDCODE, () => lastUsedCode(ERR_LASTCODE)],
  [UNIVERSE_SIZE, () => seat.size],
]);

export class CommBase implements Scope {
  /** Rank of this process. */
  readonly rank: number;
  /** Number of members. */
  readonly size: number;
  /** @internal Context of point-to-point messages; the next one is that of collectives. */
  readonly context: number;
  readonly #world: readonly number[] | null;
  #name: string;
  /** @internal */
  protected readonly bsendBuffer = new BsendPlace();
  /** @internal */
  readonly attributes: Attributes<Comm> = new Attributes(keyvals, this as unknown as Comm);

  /** @internal `world` lists the members' world ranks; null for the communicator of all. */
  constructor(name: string, context: number, rank: number, size: number, world: readonly number[] | null) {
    this.#name = name;
    this.context = context;
    this.rank = rank;
    this.size = size;
    this.#world = world;
  }

  /** Rank of this process (MPI-4.1 §7.4.1). */
  Get_rank(): number {
    return this.rank;
  }

  /** Number of members (MPI-4.1 §7.4.1). */
  Get_size(): number {
    return this.size;
  }

  /** The communicator's name, for messages (MPI-4.1 §7.8). */
  Get_name(): string {
    return this.#name;
  }

  /** Names the communicator on this rank (MPI-4.1 §7.8). ERR_ARG if `name` is no string. */
  Set_name(name: string): void {
    if (typeof name !== 'string')
      throw new Exception(ERR_ARG, `${place('Set_name', this)}: name is ${show(name)}`);
    this.#name = name;
  }

  /** The name, as a property that can be assigned. */
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.Set_name(name);
  }

  /**
   * A key for attributes of communicators (MPI-4.1 §7.7.2). `copy_fn(comm, keyval, value)` returns the value for a
   * duplicate of `comm`, or `undefined` for none; `true` stands for the same value, nothing for none. `delete_fn(comm,
   * keyval, value)` is called before a value is deleted or replaced, and when `comm` is freed. Both may call MPI; what
   * they throw fails the call, and the attribute stays. `_nopython` has no meaning here. ERR_ARG for what is no function.
   */
  static Create_keyval(
    copy_fn: AttributeCopy<Comm> | boolean | null = null,
    delete_fn: AttributeDelete<Comm> | boolean | null = null,
    _nopython = false,
  ): number {
    checkAlive('Comm.Create_keyval');
    return keyvals.create(copy_fn, delete_fn);
  }

  /**
   * Gives a key up (MPI-4.1 §7.7.2), and returns `MPI.KEYVAL_INVALID`. Attributes that are set stay, and can be read
   * and deleted. ERR_KEYVAL if it is none, or predefined.
   */
  static Free_keyval(keyval: number): number {
    checkAlive('Comm.Free_keyval');
    checkOwnKeyval(keyval, 'Comm.Free_keyval');
    return keyvals.free(keyval);
  }

  /**
   * The attribute under a key (MPI-4.1 §7.7.2), or `undefined`. The runtime defines `MPI.TAG_UB`, `HOST`, `IO`,
   * `WTIME_IS_GLOBAL`, `APPNUM`, `LASTUSEDCODE` and `UNIVERSE_SIZE` (§9.1.2). ERR_KEYVAL for what is no key.
   */
  Get_attr(keyval: typeof WTIME_IS_GLOBAL): boolean;
  Get_attr(keyval: NumberKeyval): number;
  Get_attr(keyval: number): unknown;
  Get_attr(keyval: number): unknown {
    const value = predefined.get(keyval);
    return value === undefined ? this.attributes.get(keyval, place('Get_attr', this)) : value();
  }

  /** Sets the attribute under a key (MPI-4.1 §7.7.2), on this rank. ERR_KEYVAL for what is no key, or predefined. */
  Set_attr(keyval: number, attrval: unknown): void {
    const where = place('Set_attr', this);
    checkAlive('Set_attr');
    checkOwnKeyval(keyval, where);
    this.attributes.set(keyval, attrval, where);
  }

  /** Deletes an attribute (MPI-4.1 §7.7.2), after its callback. ERR_KEYVAL if there is none under the key. */
  Delete_attr(keyval: number): void {
    const where = place('Delete_attr', this);
    checkAlive('Delete_attr');
    checkOwnKeyval(keyval, where);
    this.attributes.delete(keyval, where);
  }

  /**
   * An error handler from a function (MPI-4.1 §9.3). It is told of an error of a call on the communicator, and of its
   * requests, before that is thrown: when it returns, the error is thrown all the same; what it throws is thrown instead.
   * It may call MPI. ERR_ARG for what is no function.
   */
  static Create_errhandler(errhandler_fn: ErrhandlerFunction): Errhandler {
    return createErrhandler(errhandler_fn);
  }

  /** Sets what happens with errors of this communicator (MPI-4.1 §9.3). ERR_ERRHANDLER for what is no handler. */
  Set_errhandler(errhandler: Errhandler): void {
    setErrhandler(this as unknown as Comm, errhandler);
  }

  /** The communicator's error handler (MPI-4.1 §9.3); at first `MPI.ERRORS_RETURN`, by which errors are thrown. */
  Get_errhandler(): Errhandler {
    return getErrhandler(this);
  }

  /** Calls the error handler with an error of this code or class (MPI-4.1 §9.5); returns if the handler does. */
  Call_errhandler(errorcode: number): void {
    callErrhandler(this as unknown as Comm, errorcode);
  }

  /** Attaches a buffer for the buffered sends on this communicator (MPI-4.1 §3.6); `null`: automatic. */
  Attach_buffer(buffer: BufferLike | BufferAutomatic | null): void {
    checkAlive('Attach_buffer');
    this.bsendBuffer.attach(buffer, this);
  }

  /** Waits until the buffer's messages are delivered, and gives it back (MPI-4.1 §3.6). */
  Detach_buffer(opts?: CallOptions): BufferLike | BufferAutomatic {
    checkAlive('Detach_buffer');
    return this.bsendBuffer.detach(this, opts);
  }

  /** Waits until the buffer's messages are delivered (MPI-4.1 §3.6). */
  Flush_buffer(opts?: CallOptions): void {
    checkAlive('Flush_buffer');
    this.bsendBuffer.flush(this, opts);
  }

  /**
   * Ends the whole job with `errorcode` as its exit code (MPI-4.1 §11.4.2). Does not return.
   */
  Abort(errorcode = 1): never {
    checkAlive('Abort');
    if (!Number.isInteger(errorcode)) {
      throw new Exception(
        ERR_ARG,
        `${place('Abort', this)}: errorcode is ${show(errorcode)}; it must be an integer`,
      );
    }
    engine.transport.abort(errorcode);
    process.exit(errorcode);
  }

  /** @internal */
  toWorld(rank: number): number {
    return this.#world === null ? rank : this.#world[rank];
  }

  /** @internal */
  fromWorld(world: number): number {
    return this.#world === null ? world : this.#world.indexOf(world);
  }

  /** @internal The buffer that a buffered send on this communicator uses. */
  protected get stagingPlace(): BsendPlace {
    return this.bsendBuffer.isAttached ? this.bsendBuffer : processBuffer;
  }

  /** @internal Common to the start of every call; returns its deadline. */
  protected enter(call: string, opts: CallOptions | undefined): number {
    checkAlive(call);
    return opts === undefined ? Number.POSITIVE_INFINITY : deadlineOf(place(call, this), opts);
  }
}

function checkOwnKeyval(keyval: number, where: string): void {
  if (predefined.has(keyval))
    throw new Exception(ERR_KEYVAL, `${where}: keyval ${keyval} is predefined and cannot be changed`);
}
