/** What a communicator is, before any message: its members, its contexts, its name (MPI-4.1 §7). */
import { ERR_ARG, Exception, show } from '../../base/errors.js';
import { tagMax } from '../../base/limits.js';
import { place, type Scope } from '../../engine/ops.js';
import { type CallOptions, deadlineOf } from '../arguments.js';
import { BsendPlace, processBuffer } from '../bsend-buffer.js';
import { type BufferLike, Resolved } from '../buffer.js';
import { APPNUM, type BufferAutomatic, TAG_UB, UNIVERSE_SIZE, WTIME_IS_GLOBAL } from '../constants.js';
import { checkAlive, engine, seat } from '../runtime.js';

/** The two halves of the call in progress. A call reads them before it can be re-entered. */
export const sendPart = new Resolved();
export const recvPart = new Resolved();

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

  /** Attributes that the runtime defines: `MPI.TAG_UB`, `APPNUM`, `UNIVERSE_SIZE`, `WTIME_IS_GLOBAL` (§9.1.2). */
  Get_attr(keyval: number): number | boolean | undefined {
    switch (keyval) {
      case TAG_UB:
        return tagMax;
      case APPNUM:
        return seat.appnum;
      case UNIVERSE_SIZE:
        return seat.size;
      case WTIME_IS_GLOBAL:
        return true;
      default:
        return undefined;
    }
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
