/**
 * What a call of a collective says of itself to the other members, under `mpirun --check`. Its plan states what the
 * standard wants to be equal or to fit: nothing more, so that correct programs pass.
 */
import type { Caller } from '../../../engine/caller.js';
import type { ObjectOp } from '../../combine.js';
import { PROC_NULL } from '../../constants.js';
import { type Datatype, PACKED } from '../../datatype/index.js';
import { typeSignature } from '../../datatype/type-signature.js';
import { Op } from '../../op.js';

/** A datatype, as others need to know it; `fingerprint` is a number in hexadecimal digits. */
export interface StatedType {
  readonly label: string;
  readonly bytes: number;
  /** Empty where any type of as many bytes fits. */
  readonly kinds: string;
  readonly elements: number;
  readonly fingerprint: string;
}

/** Elements of one of the types that the signature lists. */
export type Amount = readonly [count: number, type: number];

/** What is sent to a rank, or expected from it. */
export type Edge = readonly [peer: number, amount: Amount];

export interface Stated {
  readonly call: string;
  /** Where the program called it: ` (job.ts:12:8)`. Found out when it is to be told. */
  at: string;
  root?: number;
  op?: string;
  /** What is combined: the operation sees elements, so that their type must be equal, not only that of all bytes. */
  operand?: Amount;
  /** Must be equal on all ranks, one by one. */
  readonly same: Amount[];
  /** Of Reduce_scatter, equal on all ranks; null where they are left to be found out. */
  recvcounts?: readonly number[] | null;
  /**
   * Block by block: of several for one rank the first that is sent is the first that is expected. Undefined where the call
   * says nothing of it. Between two groups they lead to and from ranks of the other one.
   */
  sends?: readonly Edge[];
  takes?: readonly Edge[];
  readonly types: StatedType[];
}

/** Bytes of a datatype. */
interface Data {
  readonly length: number;
  readonly datatype: Datatype;
}

/** Blocks, one for each rank or neighbour. */
interface DataBlocks {
  readonly views: readonly { readonly length: number }[];
  typeOf(block: number): Datatype;
}

export class Signature {
  readonly stated: Stated;
  readonly #types = new Map<Datatype, number>();

  readonly #caller: () => Caller;

  constructor(call: string, caller: () => Caller) {
    this.#caller = caller;
    this.stated = { call, at: '', same: [], types: [] };
  }

  locate(): void {
    const { call: by, at } = this.#caller();
    // A call may use another collective: Split gathers.
    const within = by !== undefined && by.toLowerCase() !== this.stated.call.toLowerCase() ? `${by} at ` : '';
    if (at !== undefined) this.stated.at = ` (${within}${at})`;
  }

  root(root: number): this {
    this.stated.root = root;
    return this;
  }

  op(op: ObjectOp): this {
    const commutes = op instanceof Op && !op.is_predefined && op.is_commutative;
    const name = op.name === '' ? 'a function without a name' : op.name;
    this.stated.op = commutes ? `${name} (commutative)` : name;
    return this;
  }

  /** Data, or one of so many equal blocks of it, of which all members have as much. */
  same(data: Data, blocks = 1): this {
    this.stated.same.push(this.#amount(data.length / blocks, data.datatype));
    return this;
  }

  operand({ length, datatype }: Data): this {
    this.stated.operand = this.#amount(length, datatype);
    return this;
  }

  recvcounts(counts: ArrayLike<number> | null): this {
    this.stated.recvcounts = counts === null ? null : Array.from(counts);
    return this;
  }

  /** A block to each of these ranks, or to all in turn; what is for `MPI.PROC_NULL` goes nowhere. */
  sends(blocks: DataBlocks, to?: readonly number[]): this {
    this.stated.sends = this.#edges(blocks, to);
    return this;
  }

  /** A block from each of these ranks, or from all in turn; `order`: in which those of one rank arrive. */
  takes(blocks: DataBlocks, from?: readonly number[], order?: readonly number[]): this {
    this.stated.takes = this.#edges(blocks, from, order);
    return this;
  }

  /** The same to each of so many ranks. */
  sendsAll({ length, datatype }: Data, ranks: number): this {
    const amount = this.#amount(length, datatype);
    this.stated.sends = Array.from({ length: ranks }, (_, rank): Edge => [rank, amount]);
    return this;
  }

  sendsTo(rank: number, { length, datatype }: Data): this {
    this.stated.sends = [[rank, this.#amount(length, datatype)]];
    return this;
  }

  takesFrom(rank: number, { length, datatype }: Data): this {
    this.stated.takes = [[rank, this.#amount(length, datatype)]];
    return this;
  }

  /** Objects to some ranks and from some: nothing more is known of them. */
  objects(to: readonly number[], from: readonly number[]): this {
    const amount = this.#amount(0, PACKED);
    const each = (peers: readonly number[]): Edge[] =>
      peers.filter((peer) => peer !== PROC_NULL).map((peer) => [peer, amount]);
    this.stated.sends = each(to);
    this.stated.takes = each(from);
    return this;
  }

  #edges({ views, typeOf }: DataBlocks, peers?: readonly number[], order?: readonly number[]): Edge[] {
    const edges: Edge[] = [];
    for (let i = 0; i < views.length; i++) {
      const block = order === undefined ? i : order[i];
      const peer = peers === undefined ? block : peers[block];
      if (peer !== PROC_NULL) edges.push([peer, this.#amount(views[block].length, typeOf(block))]);
    }
    return edges;
  }

  #amount(bytes: number, datatype: Datatype): Amount {
    if (bytes === 0) return [0, this.#type(datatype)];
    // A block may end within an element.
    const whole = bytes % datatype.size === 0;
    return whole ? [bytes / datatype.size, this.#type(datatype)] : [bytes, this.#type(PACKED)];
  }

  #type(datatype: Datatype): number {
    const found = this.#types.get(datatype);
    if (found !== undefined) return found;
    const { elements, fingerprint, kinds } = typeSignature(datatype);
    const index = this.stated.types.push({
      label: datatype.label,
      bytes: datatype.size,
      kinds: datatype === PACKED ? '' : kinds,
      elements,
      fingerprint: fingerprint.toString(16),
    });
    this.#types.set(datatype, index - 1);
    return index - 1;
  }
}
