/** Attributes: values that a program caches on an object, under keys of its own (MPI-4.1 §7.7). */
import { ERR_ARG, ERR_KEYVAL, Exception, show } from '../base/errors.js';
import { KEYVAL_INVALID } from './constants.js';

/** Called when an object is duplicated: the new object's value, or `undefined` for none. */
export type AttributeCopy<O> = (owner: O, keyval: number, value: unknown) => unknown;

/** Called before a value is deleted or replaced, and when its object is freed. */
export type AttributeDelete<O> = (owner: O, keyval: number, value: unknown) => void;

interface Keyval<O> {
  readonly copy: AttributeCopy<O> | null;
  readonly remove: AttributeDelete<O> | null;
  freed: boolean;
  /** Objects that have a value under it. */
  inUse: number;
}

/** Keys are never used twice: whoever still holds one that is gone is told so. Those below are the runtime's. */
let lastKeyval = 99;

/** The keys of one kind of object. */
export class Keyvals<O> {
  readonly #kind: string;
  readonly #known = new Map<number, Keyval<O>>();

  /** `kind`, such as `Comm`, is what begins the messages. */
  constructor(kind: string) {
    this.#kind = kind;
  }

  /** `copy`: true for the same value, false or null for none. */
  create(copy: AttributeCopy<O> | boolean | null, remove: AttributeDelete<O> | boolean | null): number {
    const same: AttributeCopy<O> = (_owner, _keyval, value) => value;
    const copying = copy === true ? same : copy === false ? null : copy;
    const removing = typeof remove === 'boolean' ? null : remove;
    this.#checkFunction('copy_fn', copying);
    this.#checkFunction('delete_fn', removing);
    const keyval = ++lastKeyval;
    this.#known.set(keyval, { copy: copying, remove: removing, freed: false, inUse: 0 });
    return keyval;
  }

  /** A freed key lives on until no object has a value under it. */
  free(keyval: number): number {
    const entry = this.usable(keyval, `${this.#kind}.Free_keyval`);
    entry.freed = true;
    this.release(keyval, 0);
    return KEYVAL_INVALID;
  }

  /** The entry of a key that has not been freed. */
  usable(keyval: number, where: string): Keyval<O> {
    const entry = this.known(keyval, where);
    if (entry.freed) throw new Exception(ERR_KEYVAL, `${where}: keyval ${keyval} was freed`);
    return entry;
  }

  /** The entry of a key that may have been freed, but is still in use. */
  known(keyval: number, where: string): Keyval<O> {
    const entry = this.#known.get(keyval);
    if (entry !== undefined) return entry;
    throw new Exception(
      ERR_KEYVAL,
      `${where}: keyval is ${show(keyval)}, which is none, or was freed; make one with ${this.#kind}.Create_keyval`,
    );
  }

  release(keyval: number, objects: number): void {
    const entry = this.#known.get(keyval) as Keyval<O>;
    entry.inUse -= objects;
    if (entry.freed && entry.inUse === 0) this.#known.delete(keyval);
  }

  #checkFunction(role: string, fn: unknown): void {
    if (fn === null || typeof fn === 'function') return;
    throw new Exception(
      ERR_ARG,
      `${this.#kind}.Create_keyval: ${role} is ${show(fn)}; it must be a function`,
    );
  }
}

/** The attributes of one object. */
export class Attributes<O> {
  readonly #keyvals: Keyvals<O>;
  readonly #owner: O;
  readonly #values = new Map<number, { value: unknown; leaving: boolean }>();

  constructor(keyvals: Keyvals<O>, owner: O) {
    this.#keyvals = keyvals;
    this.#owner = owner;
  }

  get(keyval: number, where: string): unknown {
    this.#keyvals.known(keyval, where);
    return this.#values.get(keyval)?.value;
  }

  /** A value that is there is deleted first; if its callback throws it stays. */
  set(keyval: number, value: unknown, where: string): void {
    this.#keyvals.usable(keyval, where);
    if (this.#values.has(keyval)) this.delete(keyval, where);
    // Looked up again: the callback may have freed the key.
    this.#keyvals.usable(keyval, where).inUse++;
    this.#values.set(keyval, { value, leaving: false });
  }

  /** ERR_KEYVAL if there is no value. What the callback throws is thrown, and the value stays. */
  delete(keyval: number, where: string): void {
    const { remove } = this.#keyvals.known(keyval, where);
    const held = this.#values.get(keyval);
    if (held === undefined)
      throw new Exception(ERR_KEYVAL, `${where}: no attribute is set under keyval ${keyval}`);
    if (held.leaving)
      throw new Exception(ERR_KEYVAL, `${where}: the attribute of keyval ${keyval} is being deleted already`);
    held.leaving = true;
    try {
      remove?.(this.#owner, keyval, held.value);
    } finally {
      held.leaving = false;
    }
    this.#values.delete(keyval);
    this.#keyvals.release(keyval, 1);
  }

  /**
   * Calls the copy callbacks, in the order in which the attributes were set, for a new object: whoever duplicates
   * calls this before the new object is seen. If one throws, what was copied is deleted again.
   */
  copyTo(target: Attributes<O>, where: string): void {
    try {
      for (const [keyval, { value }] of [...this.#values]) {
        // A callback may have deleted those that follow.
        if (this.#values.has(keyval)) this.#copyOne(target, keyval, value, where);
      }
    } catch (error) {
      target.#forget(where);
      throw error;
    }
  }

  /** Calls the delete callbacks, last set first, when the object is freed. The first that throws ends it. */
  deleteAll(where: string): void {
    for (const keyval of [...this.#values.keys()].reverse())
      if (this.#values.has(keyval)) this.delete(keyval, where);
  }

  #copyOne(target: Attributes<O>, keyval: number, value: unknown, where: string): void {
    const { copy } = this.#keyvals.known(keyval, where);
    const copied = copy?.(this.#owner, keyval, value);
    if (copied === undefined) return;
    this.#keyvals.known(keyval, where).inUse++;
    target.#values.set(keyval, { value: copied, leaving: false });
  }

  /** Deletes all, whatever the callbacks throw: the error that led here is the one to report. */
  #forget(where: string): void {
    for (const keyval of [...this.#values.keys()].reverse()) {
      try {
        this.delete(keyval, where);
      } catch {
        this.#values.delete(keyval);
        this.#keyvals.release(keyval, 1);
      }
    }
  }
}
