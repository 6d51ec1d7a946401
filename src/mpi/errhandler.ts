/**
 * Error handlers (MPI-4.1 §9.3): what happens with an error of a communicator before it is thrown. A communicator that
 * throws, as all do at first, knows nothing of this file. One with another handler gets a prototype of *guarded*
 * methods, and so do the requests and messages that it makes.
 */
import { ERR_ARG, ERR_ERRHANDLER, Exception, show } from '../base/errors.js';
import { place, type Scope } from '../engine/ops.js';
import type { Comm } from './comm/comm.js';
import { MESSAGE_NO_PROC, Message } from './message.js';
import { Request } from './request.js';
import { engine } from './runtime.js';

/** A user's handler: told of an error before it is thrown. What it throws is thrown in its place. */
export type ErrhandlerFunction = (comm: Comm, error: Exception) => void;

/** What `Comm.Set_errhandler` takes: predefined, or made by `Comm.Create_errhandler`. */
export class Errhandler {
  /** The standard's name, or that of the function. */
  readonly name: string;
  readonly #run: ErrhandlerFunction | null;
  readonly #predefined: boolean;
  #freed = false;

  /** @internal */
  constructor(name: string, run: ErrhandlerFunction | null, predefined: boolean) {
    this.name = name;
    this.#run = run;
    this.#predefined = predefined;
  }

  /**
   * Gives the handler up (MPI-4.1 §9.3): it cannot be set any more; communicators that have it keep it. A predefined
   * one, such as `Get_errhandler` may return, stays as it is. ERR_ERRHANDLER for `MPI.ERRHANDLER_NULL`, or if freed.
   */
  Free(): void {
    this.check('Errhandler.Free');
    if (!this.#predefined) this.#freed = true;
  }

  /** @internal That it can be set. */
  check(where: string): void {
    if (this === ERRHANDLER_NULL || this.#freed) {
      const what = this.#freed ? `${this.name} was freed` : 'the error handler is MPI.ERRHANDLER_NULL';
      throw new Exception(ERR_ERRHANDLER, `${where}: ${what}`);
    }
  }

  /** @internal */
  run(comm: Comm, error: Exception): void {
    this.#run?.(comm, error);
  }
}

/** No handler. */
export const ERRHANDLER_NULL = new Errhandler('MPI_ERRHANDLER_NULL', null, true);
/** Errors are thrown: the handler that every communicator has at first. */
export const ERRORS_RETURN = new Errhandler('MPI_ERRORS_RETURN', null, true);
/** An error ends the whole job: its message goes to stderr, its class becomes the exit code. */
export const ERRORS_ARE_FATAL = new Errhandler('MPI_ERRORS_ARE_FATAL', end, true);
/** An error ends the ranks of the communicator, like its `Abort`: here the whole job. */
export const ERRORS_ABORT = new Errhandler('MPI_ERRORS_ABORT', end, true);

function end(comm: Comm, error: Exception): void {
  // Another rank ends the job already: this one is told by an error, and must not replace that one's code.
  if (engine.transport.abortCode !== undefined) return;
  process.stderr.write(`${error.message}\n${comm.label} has an error handler that ends the job\n`);
  const code = error.Get_error_class();
  engine.transport.abort(code);
  process.exit(code);
}

/** @internal A handler from a user's function; it may call MPI, whose errors are then just thrown. */
export function createErrhandler(fn: ErrhandlerFunction): Errhandler {
  if (typeof fn !== 'function')
    throw new Exception(
      ERR_ARG,
      `Comm.Create_errhandler: errhandler_fn is ${show(fn)}; it must be a function`,
    );
  return new Errhandler(`error handler ${fn.name || '(anonymous)'}`, fn, false);
}

/** What guards a communicator and all that it makes. */
interface Guard {
  readonly comm: Comm;
  handler: Errhandler;
  /** Guarded calls that are running: only the outermost, the user's own, has the handler called. */
  depth: number;
}

const guards = new WeakMap<object, Guard>();

/** The errors that a handler was told of, and what is thrown for them. */
const told = new WeakMap<Exception, { readonly thrown: unknown }>();

/** @internal */
export function getErrhandler(comm: object): Errhandler {
  return guards.get(comm)?.handler ?? ERRORS_RETURN;
}

/** @internal */
export function setErrhandler(comm: Comm, handler: Errhandler): void {
  const where = place('Set_errhandler', comm as Scope);
  if (!(handler instanceof Errhandler)) {
    throw new Exception(
      ERR_ERRHANDLER,
      `${where}: errhandler is ${show(handler)}; pass MPI.ERRORS_RETURN or one of Comm.Create_errhandler`,
    );
  }
  handler.check(where);
  attach(comm, handler);
}

/** @internal A new communicator has the handler of the one that it is made from (MPI-4.1 §9.3). */
export function inheritErrhandler<C extends object>(comm: C, parent: object): C {
  const handler = getErrhandler(parent);
  if (handler !== ERRORS_RETURN) attach(comm as unknown as Comm, handler);
  return comm;
}

/** @internal Has the handler called with an error of this code, as `Call_errhandler` does. */
export function callErrhandler(comm: Comm, errorcode: number): void {
  const where = place('Call_errhandler', comm as Scope);
  if (!Number.isInteger(errorcode))
    throw new Exception(ERR_ARG, `${where}: errorcode is ${show(errorcode)}; it must be an integer`);
  const guard = guards.get(comm);
  if (guard === undefined) return;
  const error = new Exception(errorcode, where);
  told.set(error, { thrown: error });
  tell(guard, error);
}

function attach(comm: Comm, handler: Errhandler): void {
  const before = getErrhandler(comm);
  const guard = guards.get(comm) ?? { comm, handler, depth: 0 };
  guards.set(comm, guard);
  guard.handler = handler;
  const prototype = Object.getPrototypeOf(comm) as object;
  // Without a handler the communicator is as fast as ever. Its requests keep the guard.
  if (handler === ERRORS_RETURN && before !== ERRORS_RETURN)
    Object.setPrototypeOf(comm, Object.getPrototypeOf(prototype));
  else if (handler !== ERRORS_RETURN && before === ERRORS_RETURN)
    Object.setPrototypeOf(comm, guardedPrototype(prototype));
}

/** A request or message of a guarded communicator is guarded as well. */
function adopt(guard: Guard, object: object): void {
  guards.set(object, guard);
  Object.setPrototypeOf(object, guardedPrototype(Object.getPrototypeOf(object)));
}

/** What to throw for an error of a guarded call. */
function thrownFor(guard: Guard, error: unknown): unknown {
  if (!(error instanceof Exception)) return error;
  const before = told.get(error);
  if (before !== undefined) return before.thrown;
  let thrown: unknown = error;
  try {
    tell(guard, error);
  } catch (other) {
    thrown = other;
  }
  told.set(error, { thrown });
  return thrown;
}

function tell(guard: Guard, error: Exception): void {
  guard.depth++;
  try {
    guard.handler.run(guard.comm, error);
  } finally {
    guard.depth--;
  }
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** Neither concerned with errors of the communicator, or called by the engine for every message. */
const PLAIN: ReadonlySet<string> = new Set([
  'constructor',
  'Abort',
  'Call_errhandler',
  'Get_errhandler',
  'Set_errhandler',
  'fromWorld',
  'toWorld',
]);

const prototypes = new WeakMap<object, object>();

/** A prototype like `prototype`, the methods of which have the handler told of their errors. */
function guardedPrototype(prototype: object): object {
  const known = prototypes.get(prototype);
  if (known !== undefined) return known;
  const made = Object.create(prototype) as object;
  for (const name of methodsOf(prototype)) {
    const method = (prototype as Record<string, Method>)[name];
    const value = name === 'then' ? guardedThen(method) : guarded(method);
    Object.defineProperty(made, name, { value, configurable: true, writable: true });
  }
  prototypes.set(prototype, made);
  return made;
}

function methodsOf(prototype: object): Set<string> {
  const names = new Set<string>();
  for (let at = prototype; at !== Object.prototype && at !== null; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && !PLAIN.has(name)) names.add(name);
  }
  return names;
}

function guarded(method: Method): Method {
  return function (this: object, ...args) {
    const guard = guards.get(this) as Guard;
    guard.depth++;
    let result: unknown;
    try {
      result = method.apply(this, args);
    } catch (error) {
      throw guard.depth === 1 ? thrownFor(guard, error) : error;
    } finally {
      guard.depth--;
    }
    // Idup returns its request beside the communicator.
    const made: unknown = Array.isArray(result) ? result[1] : result;
    const mine = made instanceof Request || (made instanceof Message && made !== MESSAGE_NO_PROC);
    if (mine && !guards.has(made)) adopt(guard, made);
    return result;
  };
}

/** What a promise is rejected with comes later than the call. */
function guardedThen(then: Method): Method {
  return function (this: object, onFulfilled, onRejected) {
    const guard = guards.get(this) as Guard;
    const fail = (error: unknown) => {
      throw thrownFor(guard, error);
    };
    return (then.call(this, undefined, fail) as Promise<unknown>).then(
      onFulfilled as () => unknown,
      onRejected as () => unknown,
    );
  };
}
