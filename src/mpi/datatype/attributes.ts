/** What a program attaches to datatypes (MPI-4.1 §7.7.4). */
import { type AttributeCopy, type AttributeDelete, Attributes, Keyvals } from '../attributes.js';
import { checkAlive } from '../runtime.js';
import type { Datatype } from './datatype.js';

const keyvals = new Keyvals<Datatype>('Datatype');

export abstract class DatatypeAttributes {
  /** Made when the first is set: most datatypes have none. */
  #attributes: Attributes<Datatype> | undefined;

  /**
   * A key for attributes of datatypes (MPI-4.1 §7.7.4). `copy_fn(datatype, keyval, value)` returns the value for what `Dup`
   * makes, or `undefined` for none; `true` stands for the same value, nothing for none. `delete_fn(datatype, keyval,
   * value)` is called before a value is deleted or replaced, and when the datatype is freed. What they throw fails the
   * call, and the attribute stays. ERR_ARG for what is no function.
   */
  static Create_keyval(
    copy_fn: AttributeCopy<Datatype> | boolean | null = null,
    delete_fn: AttributeDelete<Datatype> | boolean | null = null,
    _nopython = false,
  ): number {
    checkAlive('Datatype.Create_keyval');
    return keyvals.create(copy_fn, delete_fn);
  }

  /**
   * Gives a key up (MPI-4.1 §7.7.4), and returns `MPI.KEYVAL_INVALID`. Attributes that are set stay, and can be read
   * and deleted. ERR_KEYVAL if it is none.
   */
  static Free_keyval(keyval: number): number {
    checkAlive('Datatype.Free_keyval');
    return keyvals.free(keyval);
  }

  /** The attribute under a key (MPI-4.1 §7.7.4), or `undefined`. ERR_KEYVAL for what is no key. */
  Get_attr(keyval: number): unknown {
    this.checkUsable('Get_attr');
    return this.#own.get(keyval, this.#place('Get_attr'));
  }

  /** Sets the attribute under a key (MPI-4.1 §7.7.4), on this rank. ERR_KEYVAL for what is no key. */
  Set_attr(keyval: number, attrval: unknown): void {
    this.checkUsable('Set_attr');
    this.#own.set(keyval, attrval, this.#place('Set_attr'));
  }

  /** Deletes an attribute (MPI-4.1 §7.7.4), after its callback. ERR_KEYVAL if there is none under the key. */
  Delete_attr(keyval: number): void {
    this.checkUsable('Delete_attr');
    this.#own.delete(keyval, this.#place('Delete_attr'));
  }

  /** @internal How messages speak of it. */
  abstract get label(): string;

  /** @internal Throws for a datatype that was freed, and the null one. */
  abstract checkUsable(call: string): void;

  /** @internal Calls the copy callbacks for a new datatype, before it is seen. */
  protected copyAttributesTo(copy: DatatypeAttributes): void {
    this.#attributes?.copyTo(copy.#own, this.#place('Dup'));
  }

  /** @internal Calls the delete callbacks. */
  protected deleteAttributes(): void {
    this.#attributes?.deleteAll(this.#place('Free'));
  }

  get #own(): Attributes<Datatype> {
    this.#attributes ??= new Attributes(keyvals, this as unknown as Datatype);
    return this.#attributes;
  }

  #place(call: string): string {
    return `${call} of ${this.label}`;
  }
}
