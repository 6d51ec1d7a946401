/** Datatypes: how a count of elements lies in memory (MPI-4.1 §5.1). */
import { ERR_ARG, ERR_TYPE, Exception, show } from '../../base/errors.js';
import type { Comm } from '../comm/comm.js';
import type { BufferLike } from '../memory.js';
import * as arrays from './arrays.js';
import { DatatypeAttributes } from './attributes.js';
import * as check from './checks.js';
import {
  COMBINER_NAMED,
  ORDER_C,
  TYPECLASS_COMPLEX,
  TYPECLASS_INTEGER,
  TYPECLASS_REAL,
} from './constants.js';
import {
  type Contents,
  combinerOf,
  contentsOf,
  type Decoded,
  type Envelope,
  paramsAnew,
} from './contents.js';
import * as external from './external.js';
import type { ElementKind } from './kinds.js';
import { Builder, type Layout, NOTHING, resized } from './layout.js';
import * as pack from './pack.js';
import { type Packing, packingOf } from './packing.js';

const CLASS_KINDS: Readonly<Record<number, string>> = {
  [TYPECLASS_INTEGER]: 'int',
  [TYPECLASS_REAL]: 'float',
  [TYPECLASS_COMPLEX]: 'complex',
};

/**
 * Where the bytes of an element are. A derived datatype is made from others by the `Create_` methods, and takes part
 * in communication once committed. Sizes and displacements are exact integers, at most 2^53 bytes.
 */
export class Datatype extends DatatypeAttributes {
  /** Bytes of data in one element. */
  readonly size: number;
  /** Lower bound: the first byte of an element, relative to its address. */
  readonly lb: number;
  /** Distance in bytes from one element to the next. */
  readonly extent: number;
  /** The kind of its numbers; null for untyped bytes, and for what is no number of one kind. */
  readonly kind: ElementKind | null;
  /** @internal */
  readonly layout: Layout;
  readonly #made: Decoded;
  #name: string;
  #state: 'uncommitted' | 'committed' | 'freed' = 'uncommitted';
  #packing: Packing | null | undefined;
  static readonly #named: Datatype[] = [];

  /** @internal Made by the `Create_` methods; `made` null makes a predefined datatype. */
  constructor(layout: Layout, made: Decoded | null, name = '') {
    super();
    this.layout = layout;
    this.size = layout.size;
    this.lb = layout.lb;
    this.extent = layout.extent;
    this.kind = layout.kind;
    this.#made = made ?? [this, 'NAMED', {}];
    this.#name = name;
    if (made === null) Datatype.#named.push(this);
    if (made === null && layout !== NOTHING) this.Commit();
    Object.freeze(this);
  }

  /** Upper bound. */
  get ub(): number {
    return this.lb + this.extent;
  }
  /** First byte of data, relative to the element's address; 0 if there is none. */
  get true_lb(): number {
    return this.layout.trueLb;
  }
  /** End of the last byte of data. */
  get true_ub(): number {
    return this.layout.trueUb;
  }
  /** Bytes from the first to the last byte of data. */
  get true_extent(): number {
    return this.layout.trueUb - this.layout.trueLb;
  }

  /** Bytes of data in one element (MPI-4.1 §5.1.5). */
  Get_size(): number {
    return this.size;
  }
  /** Lower bound and extent, in bytes (MPI-4.1 §5.1.7). */
  Get_extent(): [lb: number, extent: number] {
    return [this.lb, this.extent];
  }
  /** Lower bound and extent of the data itself, whatever bounds were set (MPI-4.1 §5.1.8). */
  Get_true_extent(): [lb: number, extent: number] {
    return [this.true_lb, this.true_extent];
  }

  /** The name, such as `MPI_DOUBLE`; empty for a derived datatype without one (MPI-4.1 §7.8). */
  Get_name(): string {
    return this.#name;
  }
  /** Names the datatype (MPI-4.1 §7.8). ERR_ARG if `name` is no string. */
  Set_name(name: string): void {
    if (typeof name !== 'string') throw new Exception(ERR_ARG, `Set_name: name is ${show(name)}`);
    this.#name = name;
  }
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.Set_name(name);
  }

  /** The same datatype anew, committed if this one is, with its attributes (MPI-4.1 §5.1.11). */
  Dup(): Datatype {
    const copy = this.#derive('Dup', this.layout, [this, 'DUP', {}]);
    this.copyAttributesTo(copy);
    return this.#state === 'committed' ? copy.Commit() : copy;
  }

  /** `count` elements side by side (MPI-4.1 §5.1.2). */
  Create_contiguous(count: number): Datatype {
    const call = 'Create_contiguous';
    const n = check.count(count, call, 'count');
    const layout = new Builder(call).block(0, n, this.layout).build();
    return this.#derive(call, layout, [this, 'CONTIGUOUS', { count: n }]);
  }

  /** `count` blocks of `blocklength` elements, whose starts are `stride` elements apart (MPI-4.1 §5.1.2). */
  Create_vector(count: number, blocklength: number, stride: number): Datatype {
    return this.#vector('VECTOR', count, blocklength, stride, this.extent);
  }

  /** Like `Create_vector`, with the stride in bytes (MPI-4.1 §5.1.2). */
  Create_hvector(count: number, blocklength: number, stride: number): Datatype {
    return this.#vector('HVECTOR', count, blocklength, stride, 1);
  }

  /** Blocks of given lengths at given displacements, both in elements (MPI-4.1 §5.1.2). */
  Create_indexed(blocklengths: ArrayLike<number>, displacements: ArrayLike<number>): Datatype {
    return this.#indexed('INDEXED', blocklengths, displacements, this.extent);
  }

  /** Like `Create_indexed`, with displacements in bytes (MPI-4.1 §5.1.2). */
  Create_hindexed(blocklengths: ArrayLike<number>, displacements: ArrayLike<number>): Datatype {
    return this.#indexed('HINDEXED', blocklengths, displacements, 1);
  }

  /** Blocks of one length at given displacements, both in elements (MPI-4.1 §5.1.2). */
  Create_indexed_block(blocklength: number, displacements: ArrayLike<number>): Datatype {
    return this.#indexedBlock('INDEXED_BLOCK', blocklength, displacements, this.extent);
  }

  /** Like `Create_indexed_block`, with displacements in bytes (MPI-4.1 §5.1.2). */
  Create_hindexed_block(blocklength: number, displacements: ArrayLike<number>): Datatype {
    return this.#indexedBlock('HINDEXED_BLOCK', blocklength, displacements, 1);
  }

  /** Blocks of different datatypes, displacements in bytes (MPI-4.1 §5.1.2). */
  static Create_struct(
    blocklengths: ArrayLike<number>,
    displacements: ArrayLike<number>,
    datatypes: ArrayLike<Datatype>,
  ): Datatype {
    const call = 'Create_struct';
    const lengths = check.list(blocklengths, check.count, call, 'blocklengths');
    const displs = check.list(displacements, check.integer, call, 'displacements', lengths.length);
    const types = check.anyList(datatypes, call, 'datatypes', lengths.length).map((type, i) => {
      if (type instanceof Datatype) return type.#checked(call);
      throw new Exception(ERR_TYPE, `${call}: datatypes[${i}] is ${show(type)}, no datatype`);
    });
    const builder = new Builder(call);
    for (const [i, type] of types.entries()) builder.block(displs[i], lengths[i], type.layout);
    const given = { blocklengths: lengths, displacements: displs, datatypes: types };
    return new Datatype(builder.build(), [DATATYPE_NULL, 'STRUCT', given]);
  }

  /** The same data with other bounds, in bytes: how far elements in a row lie apart (MPI-4.1 §5.1.7). */
  Create_resized(lb: number, extent: number): Datatype {
    const call = 'Create_resized';
    const given = {
      lb: check.integer(lb, call, 'lb'),
      extent: check.integer(extent, call, 'extent'),
    };
    return this.#derive(call, resized(this.layout, given.lb, given.extent, call), [this, 'RESIZED', given]);
  }

  /** A part of an array of several dimensions; its extent is that of the whole array (MPI-4.1 §5.1.3). */
  Create_subarray(
    sizes: ArrayLike<number>,
    subsizes: ArrayLike<number>,
    starts: ArrayLike<number>,
    order: number = ORDER_C,
  ): Datatype {
    const call = 'Create_subarray';
    const given = arrays.subarrayArguments(sizes, subsizes, starts, order, call);
    return this.#derive(call, arrays.subarray(this.layout, given, call), [this, 'SUBARRAY', given]);
  }

  /** What `rank` of a grid of `size` processes has of a distributed array (MPI-4.1 §5.1.4). */
  Create_darray(
    size: number,
    rank: number,
    gsizes: ArrayLike<number>,
    distribs: ArrayLike<number>,
    dargs: ArrayLike<number>,
    psizes: ArrayLike<number>,
    order: number = ORDER_C,
  ): Datatype {
    const call = 'Create_darray';
    const given = arrays.darrayArguments(size, rank, gsizes, distribs, dargs, psizes, order, call);
    return this.#derive(call, arrays.darray(this.layout, given, call), [this, 'DARRAY', given]);
  }

  /** The predefined datatype of a class and a size in bytes (MPI-4.1 §19.1.9). ERR_ARG if there is none. */
  static Match_size(typeclass: number, size: number): Datatype {
    const wanted = `${CLASS_KINDS[typeclass]}${8 * size}`;
    const found = Datatype.#named.filter(({ kind }) => kind === wanted).at(-1);
    if (found !== undefined) return found;
    throw new Exception(
      ERR_ARG,
      `Match_size: no datatype of class ${show(typeclass)} has ${show(size)} bytes`,
    );
  }

  /** Makes the datatype ready for communication, and returns it (MPI-4.1 §5.1.9). */
  Commit(): this {
    this.#checked('Commit');
    if (this.#state === 'uncommitted') this.#packing = packingOf(this.layout);
    this.#state = 'committed';
    return this;
  }

  /**
   * Gives the datatype up; operations under way and datatypes made from it are not affected (MPI-4.1 §5.1.9). The delete
   * callbacks of its attributes run first; if one throws, so does this, and the datatype stays.
   */
  Free(): void {
    if (this.is_predefined) throw new Exception(ERR_TYPE, `Free: ${this.label} is predefined`);
    this.#checked('Free');
    this.deleteAttributes();
    this.#state = 'freed';
    this.#packing = undefined;
  }

  /** How it was made: one of `MPI.COMBINER_*` (MPI-4.1 §5.1.13). */
  get combiner(): number {
    return combinerOf(this.#made);
  }
  get is_named(): boolean {
    return this.combiner === COMBINER_NAMED;
  }
  get is_predefined(): boolean {
    return this.is_named;
  }

  /** How many arguments of each sort its constructor took, and the combiner (MPI-4.1 §5.1.13). */
  Get_envelope(): Envelope {
    const [integers, addresses, counts, datatypes] = contentsOf(this.#checked('Get_envelope').#made);
    return [integers.length, addresses.length, counts.length, datatypes.length, this.combiner];
  }
  get envelope(): Envelope {
    return this.Get_envelope();
  }

  /** The arguments of its constructor; derived datatypes among them are new objects. ERR_TYPE if it has none (§5.1.13). */
  Get_contents(): Contents {
    if (this.is_named) throw new Exception(ERR_TYPE, `Get_contents: ${this.label} is predefined`);
    const [integers, addresses, counts, datatypes] = contentsOf(this.#checked('Get_contents').#made);
    return [integers, addresses, counts, datatypes.map((type) => type.#again())];
  }
  get contents(): Contents {
    return this.Get_contents();
  }

  /** The base, the name of the constructor without `Create_`, and its arguments by name; of a predefined one itself. */
  decode(): Decoded {
    const [base, combiner, params] = this.#checked('decode').#made;
    if (combiner === 'NAMED') return [this, combiner, {}];
    const own = paramsAnew(params, (type) => type.#again());
    return [base.#again(), combiner, own] as Decoded;
  }

  /** Packs what `inbuf` holds of it to byte `position` of `outbuf`; returns the position behind (MPI-4.1 §5.2). */
  Pack(inbuf: BufferLike, outbuf: BufferLike, position: number, comm: Comm): number {
    return pack.pack(this, inbuf, outbuf, position, comm);
  }
  /** Unpacks as many elements as `outbuf` holds from byte `position` of `inbuf`; returns the position behind (§5.2). */
  Unpack(inbuf: BufferLike, position: number, outbuf: BufferLike, comm: Comm): number {
    return pack.unpack(this, inbuf, position, outbuf, comm);
  }
  /** Bytes that `count` elements take when packed (MPI-4.1 §5.2). */
  Pack_size(count: number, comm: Comm): number {
    return pack.packSize(this, count, comm);
  }

  /** `Pack` in a representation that all machines share, `'external32'`: big-endian, IEEE numbers (MPI-4.1 §5.3). */
  Pack_external(datarep: string, inbuf: BufferLike, outbuf: BufferLike, position: number): number {
    return external.pack(this, datarep, inbuf, outbuf, position);
  }
  /** `Unpack` from `'external32'` (MPI-4.1 §5.3). */
  Unpack_external(datarep: string, inbuf: BufferLike, position: number, outbuf: BufferLike): number {
    return external.unpack(this, datarep, inbuf, position, outbuf);
  }
  /** Bytes that `count` elements take in `'external32'` (MPI-4.1 §5.3). */
  Pack_external_size(datarep: string, count: number): number {
    return external.size(this, datarep, count);
  }

  /** @internal */
  override get label(): string {
    return this.#name !== '' ? this.#name : `a ${this.#made[1]} datatype`;
  }

  /** @internal How it is packed; null if its elements lie side by side. Throws unless it may be communicated. */
  packing(place: () => string): Packing | null {
    if (this.#packing !== undefined) return this.#packing;
    const why = this.#isNull
      ? 'is no datatype'
      : this.#state === 'freed'
        ? 'has been freed'
        : 'is not committed: call its Commit() first';
    throw new Exception(ERR_TYPE, `${place()} ${this.label}, which ${why}`);
  }

  /** @internal */
  override checkUsable(call: string): void {
    this.#checked(call);
  }

  #checked(call: string): this {
    if (this.#state === 'freed') throw new Exception(ERR_TYPE, `${call}: ${this.label} has been freed`);
    if (this.#isNull) throw new Exception(ERR_TYPE, `${call}: the datatype is MPI_DATATYPE_NULL`);
    return this;
  }

  get #isNull(): boolean {
    return this.is_named && this.layout === NOTHING;
  }

  #derive(call: string, layout: Layout, made: Decoded): Datatype {
    this.#checked(call);
    return new Datatype(layout, made);
  }

  /** Itself if it is predefined, else a new object. */
  #again(): Datatype {
    if (this.is_named) return this;
    const again = new Datatype(this.layout, this.#made, this.#name);
    return this.#state === 'uncommitted' ? again : again.Commit();
  }

  #vector(
    combiner: 'VECTOR' | 'HVECTOR',
    count: number,
    blocklength: number,
    stride: number,
    unit: number,
  ): Datatype {
    const call = `Create_${combiner.toLowerCase()}`;
    const given = {
      count: check.count(count, call, 'count'),
      blocklength: check.count(blocklength, call, 'blocklength'),
      stride: check.integer(stride, call, 'stride'),
    };
    const builder = new Builder(call);
    builder.blocks(given.count, given.stride * unit, 0, given.blocklength, this.layout);
    return this.#derive(call, builder.build(), [this, combiner, given]);
  }

  #indexed(
    combiner: 'INDEXED' | 'HINDEXED',
    blocklengths: ArrayLike<number>,
    displacements: ArrayLike<number>,
    unit: number,
  ): Datatype {
    const call = `Create_${combiner.toLowerCase()}`;
    const lengths = check.list(blocklengths, check.count, call, 'blocklengths');
    const displs = check.list(displacements, check.integer, call, 'displacements', lengths.length);
    const builder = new Builder(call);
    for (let i = 0; i < lengths.length; i++) builder.block(displs[i] * unit, lengths[i], this.layout);
    const given = { blocklengths: lengths, displacements: displs };
    return this.#derive(call, builder.build(), [this, combiner, given]);
  }

  #indexedBlock(
    combiner: 'INDEXED_BLOCK' | 'HINDEXED_BLOCK',
    blocklength: number,
    displacements: ArrayLike<number>,
    unit: number,
  ): Datatype {
    const call = `Create_${combiner.toLowerCase()}`;
    const length = check.count(blocklength, call, 'blocklength');
    const displs = check.list(displacements, check.integer, call, 'displacements');
    const builder = new Builder(call);
    for (const displ of displs) builder.block(displ * unit, length, this.layout);
    return this.#derive(call, builder.build(), [
      this,
      combiner,
      { blocklength: length, displacements: displs },
    ]);
  }
}

/** No datatype; using it is an error of class `ERR_TYPE`. */
export const DATATYPE_NULL: Datatype = new Datatype(NOTHING, null, 'MPI_DATATYPE_NULL');
