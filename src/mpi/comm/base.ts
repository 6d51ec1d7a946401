/** What a communicator is, before any message: its members, its contexts, its name (MPI-4.1 §7). */
import { lastUsedCode } from '../../base/added-errors.js';
import { ERR_ARG, ERR_COMM, ERR_KEYVAL, ERR_LASTCODE, Exception, show } from '../../base/errors.js';
import { tagMax } from '../../base/limits.js';
import { place, type Scope } from '../../engine/ops.js';
import { Context } from '../../engine/queues.js';
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
import type { Members } from '../members.js';
import { checkAlive, engine, seat } from '../runtime.js';
import type { Comm } from './comm.js';
import { dismiss, firstContext } from './registry.js';

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

/** What makes a communicator: who is in it, and where its messages travel. */
export interface Identity {
  /** See `numbers.ts`; `NO_NUMBER` while the members still agree on it. */
  readonly number: number;
  /** What messages call it as long as it has no name. */
  readonly origin: string;
  readonly members: Members;
  /** Whom its messages come from and go to, if not the members: the remote group of an intercommunicator. */
  readonly remote?: Members;
}

export const NO_NUMBER = -1;

/** Why a communicator has no peers. */
type Useless = 'null' | 'freed' | 'unfinished';

const REASONS: Readonly<Record<Useless, string>> = {
  null: 'is MPI.COMM_NULL',
  freed: 'was freed',
  unfinished: 'is still being made: complete the request of its Idup first',
};

const ORIGIN_CHARS_MAX = 64;

/** `split of MPI_COMM_WORLD`: what messages call a communicator that has no name, however long its line is. */
export function originOf(how: string, parent: Scope): string {
  const text = `${how} of ${parent.label}`;
  return text.length <= ORIGIN_CHARS_MAX ? text : `${text.slice(0, ORIGIN_CHARS_MAX - 1)}…`;
}

export class CommBase implements Scope {
  /** Rank of this process. */
  readonly rank: number;
  /** Number of members. */
  readonly size: number;
  /** @internal Ranks that messages may name. 0 of a communicator that cannot be used, so that no call has to ask. */
  peers = 0;
  /** @internal Context of point-to-point messages, the first of its contexts. */
  context = 0;
  /** @internal */
  readonly members: Members;
  /** @internal */
  number: number;
  /** World ranks of the peers; null where they are the ranks themselves. */
  readonly #world: readonly number[] | null;
  readonly #addressed: Members;
  readonly #origin: string;
  #name = '';
  #useless: Useless = 'null';
  /** @internal */
  protected readonly bsendBuffer = new BsendPlace();
  /** @internal */
  readonly attributes: Attributes<Comm> = new Attributes(keyvals, this as unknown as Comm);

  /** @internal */
  constructor({ number, origin, members, remote = members }: Identity) {
    this.#origin = origin;
    this.members = members;
    this.rank = members.rank;
    this.size = members.size;
    this.number = number;
    this.#addressed = remote;
    this.#world = remote.everyone ? null : remote.world;
    if (number !== NO_NUMBER) this.establish(number);
    else if (members.size !== 0) this.#useless = 'unfinished';
  }

  /** @internal The members have agreed on its number: from now on it can be used. */
  establish(number: number): void {
    this.number = number;
    this.context = firstContext(number) + Context.POINT_TO_POINT;
    this.peers = this.#addressed.size;
  }

  /** Rank of this process (MPI-4.1 §7.4.1). */
  Get_rank(): number {
    this.check('Get_rank');
    return this.rank;
  }

  /** Number of members (MPI-4.1 §7.4.1). */
  Get_size(): number {
    this.check('Get_size');
    return this.size;
  }

  /** The name that it was given, or that the standard gives it; empty if there is none (MPI-4.1 §7.8). */
  Get_name(): string {
    this.check('Get_name');
    return this.#name;
  }

  /** Names the communicator on this rank (MPI-4.1 §7.8). ERR_ARG if `name` is no string. */
  Set_name(name: string): void {
    this.check('Set_name');
    if (typeof name !== 'string')
      throw new Exception(ERR_ARG, `${place('Set_name', this)}: name is ${show(name)}`);
    this.#name = name;
  }

  /** The name, as a property that can be assigned. */
  get name(): string {
    return this.Get_name();
  }
  set name(name: string) {
    this.Set_name(name);
  }

  /** @internal What messages call it. */
  get label(): string {
    return this.#name === '' ? this.#origin : this.#name;
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
    this.check('Get_attr');
    const value = predefined.get(keyval);
    return value === undefined ? this.attributes.get(keyval, place('Get_attr', this)) : value();
  }

  /** Sets the attribute under a key (MPI-4.1 §7.7.2), on this rank. ERR_KEYVAL for what is no key, or predefined. */
  Set_attr(keyval: number, attrval: unknown): void {
    this.check('Set_attr');
    const where = place('Set_attr', this);
    checkOwnKeyval(keyval, where);
    this.attributes.set(keyval, attrval, where);
  }

  /** Deletes an attribute (MPI-4.1 §7.7.2), after its callback. ERR_KEYVAL if there is none under the key. */
  Delete_attr(keyval: number): void {
    this.check('Delete_attr');
    const where = place('Delete_attr', this);
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
    this.check('Set_errhandler');
    setErrhandler(this as unknown as Comm, errhandler);
  }

  /** The communicator's error handler (MPI-4.1 §9.3); at first `MPI.ERRORS_RETURN`, by which errors are thrown. */
  Get_errhandler(): Errhandler {
    this.check('Get_errhandler');
    return getErrhandler(this);
  }

  /** Calls the error handler with an error of this code or class (MPI-4.1 §9.5); returns if the handler does. */
  Call_errhandler(errorcode: number): void {
    this.check('Call_errhandler');
    callErrhandler(this as unknown as Comm, errorcode);
  }

  /** Attaches a buffer for the buffered sends on this communicator (MPI-4.1 §3.6); `null`: automatic. */
  Attach_buffer(buffer: BufferLike | BufferAutomatic | null): void {
    this.check('Attach_buffer');
    this.bsendBuffer.attach(buffer, this);
  }

  /** Waits until the buffer's messages are delivered, and gives it back (MPI-4.1 §3.6). */
  Detach_buffer(opts?: CallOptions): BufferLike | BufferAutomatic {
    this.check('Detach_buffer');
    return this.bsendBuffer.detach(this, opts);
  }

  /** Waits until the buffer's messages are delivered (MPI-4.1 §3.6). */
  Flush_buffer(opts?: CallOptions): void {
    this.check('Flush_buffer');
    this.bsendBuffer.flush(this, opts);
  }

  /**
   * Ends the whole job with `errorcode` as its exit code (MPI-4.1 §11.4.2). Does not return.
   */
  Abort(errorcode = 1): never {
    this.check('Abort');
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
    return this.#world === null ? world : this.#addressed.position(world);
  }

  /** @internal The buffer that a buffered send on this communicator uses. */
  protected get stagingPlace(): BsendPlace {
    return this.bsendBuffer.isAttached ? this.bsendBuffer : processBuffer;
  }

  /** @internal An operation that was started still needs its contexts. */
  get busy(): boolean {
    return engine.receiver.queues.busy(firstContext(this.number));
  }

  /** @internal No call may use it any more; operations under way end as if nothing had happened (MPI-4.1 §7.4.3). */
  protected discard(): void {
    this.peers = 0;
    this.#useless = 'freed';
    dismiss(this);
  }

  /** @internal Common to the start of every call; returns its deadline. */
  protected enter(call: string, opts: CallOptions | undefined): number {
    this.check(call);
    return opts === undefined ? Number.POSITIVE_INFINITY : deadlineOf(place(call, this), opts);
  }

  /** @internal Throws ERR_COMM if the communicator cannot be used. */
  protected check(call: string): void {
    checkAlive(call);
    if (this.peers !== 0) return;
    const what = this.#useless === 'null' ? 'the communicator' : `the communicator ${this.label}`;
    throw new Exception(ERR_COMM, `${call}: ${what} ${REASONS[this.#useless]}`);
  }
}

function checkOwnKeyval(keyval: number, where: string): void {
  if (predefined.has(keyval))
    throw new Exception(ERR_KEYVAL, `${where}: keyval ${keyval} is predefined and cannot be changed`);
}
