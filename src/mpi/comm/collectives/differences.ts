/** How two calls of a collective differ (MPI-4.1 §6.2), and what their members are told of it. */
import { ERR_COUNT, ERR_OP, ERR_TOPOLOGY, ERR_TYPE } from '../../../base/errors.js';
import { PROC_NULL, ROOT } from '../../constants.js';
import { repeated, type TypeSignature } from '../../datatype/type-signature.js';
import type { Amount, Edge, Stated, StatedType } from './signature.js';

/** What a member is told: the class of its error, and what follows the place of its call. */
export type Problem = readonly [errorClass: number, text: string];

/** What a member calls another one, which is known by its place among all: `rank 2`. */
export type Naming = (place: number) => string;

/** A difference between the calls of two members. */
export interface Difference {
  readonly errorClass: number;
  readonly first: number;
  readonly second: number;
  /** What each of the calls says of it. */
  words(name: Naming): readonly [ofFirst: string, ofSecond: string];
  readonly remedy?: string | undefined;
}

/** What the member at `place` is told. Who is not among the two is told of both as of others. */
export function problem(all: readonly Stated[], place: number, found: Difference, name: Naming): Problem {
  const { errorClass, first, second, remedy } = found;
  const words = found.words(name);
  const told = (who: number, what: string): string =>
    `${name(who)} called ${all[who].call}${what === '' ? '' : ` with ${what}`}${all[who].at}`;
  const end = remedy === undefined ? '' : `; ${remedy}`;
  if (place !== first && place !== second)
    return [errorClass, `: ${told(first, words[0])}, but ${told(second, words[1])}${end}`];
  const [own, rest] =
    place === first ? [words[0], told(second, words[1])] : [words[1], told(first, words[0])];
  return [errorClass, `${own === '' ? '' : `: ${own}`}${all[place].at}, but ${rest}${end}`];
}

/** A difference that is told by all that both calls say. */
export function ofCalls(
  all: readonly Stated[],
  first: number,
  second: number,
  errorClass: number,
  remedy?: string,
): Difference {
  return { errorClass, first, second, words: () => [describe(all[first]), describe(all[second])], remedy };
}

/** The class of what differs in the operation, or in data of which all have as much; null if nothing does. */
export function unlikeData(one: Stated, other: Stated): number | null {
  if (one.op !== other.op) return ERR_OP;
  if (unlikeOperands(one, other)) return ERR_TYPE;
  const others = amountsOf(other);
  for (const [i, amount] of amountsOf(one).entries()) {
    const found = unequal(one, amount, other, others[i]);
    if (found !== null) return found;
  }
  return null;
}

export function unlikeRecvcounts(one: Stated, other: Stated): number | null {
  return one.recvcounts?.join() === other.recvcounts?.join() ? null : ERR_COUNT;
}

/** Operations see elements: their types must be equal, not only that of all of them together. */
function unlikeOperands(one: Stated, other: Stated): boolean {
  if (one.operand === undefined || other.operand === undefined) return false;
  if (one.operand[0] === 0 || other.operand[0] === 0) return false;
  const [a, b] = [typeOf(one, one.operand), typeOf(other, other.operand)];
  return a.kinds !== b.kinds || a.fingerprint !== b.fingerprint;
}

/** What all members have as much of. */
function amountsOf({ same, operand }: Stated): Amount[] {
  return operand === undefined ? same : [...same, operand];
}

function typeOf({ types }: Stated, [, type]: Amount): StatedType {
  return types[type];
}

/** The class of what differs between two amounts. */
function unequal(one: Stated, amount: Amount, other: Stated, against: Amount): number | null {
  const [a, b] = [typeOf(one, amount), typeOf(other, against)];
  if (a.kinds === '' || b.kinds === '')
    return amount[0] * a.bytes === against[0] * b.bytes ? null : ERR_COUNT;
  const [x, y] = [signatureOf(a, amount[0]), signatureOf(b, against[0])];
  if (x.elements > 0 && y.elements > 0 && x.kinds !== y.kinds) return ERR_TYPE;
  if (x.elements !== y.elements) return ERR_COUNT;
  return x.fingerprint === y.fingerprint ? null : ERR_TYPE;
}

function signatureOf({ elements, fingerprint, kinds }: StatedType, count: number): TypeSignature {
  return repeated({ elements, fingerprint: BigInt(`0x${fingerprint}`), kinds }, count);
}

/** The first two of which the one sends what the other does not expect. Edges lead to places among all. */
export function unequalPair(all: readonly Stated[]): Difference | null {
  const taken = all.map(({ takes }) => (takes === undefined ? null : byPeer(takes)));
  for (const [first, { sends }] of all.entries()) {
    if (sends === undefined) continue;
    const sent = byPeer(sends);
    for (const [second, takes] of taken.entries()) {
      if (takes === null) continue;
      const found = unequalEdges(all, first, sent.get(second) ?? [], second, takes.get(first) ?? []);
      if (found !== null) return found;
    }
  }
  return null;
}

function byPeer(edges: readonly Edge[]): Map<number, Amount[]> {
  const lists = new Map<number, Amount[]>();
  for (const [peer, amount] of edges) {
    const list = lists.get(peer);
    if (list === undefined) lists.set(peer, [amount]);
    else list.push(amount);
  }
  return lists;
}

function unequalEdges(
  all: readonly Stated[],
  first: number,
  sent: readonly Amount[],
  second: number,
  taken: readonly Amount[],
): Difference | null {
  if (sent.length !== taken.length) {
    return {
      errorClass: ERR_TOPOLOGY,
      first,
      second,
      words: (name) => [
        `${edges(sent.length)} to ${name(second)}`,
        `${edges(taken.length)} from ${name(first)}`,
      ],
      remedy: 'both ranks must list an edge when the topology is made',
    };
  }
  for (const [i, amount] of sent.entries()) {
    const errorClass = unequal(all[first], amount, all[second], taken[i]);
    if (errorClass === null) continue;
    const along = sent.length === 1 ? '' : `, along edge ${i + 1} of ${sent.length}`;
    const words = (name: Naming) =>
      [
        `${amountOf(all[first], amount)} for ${name(second)}${along}`,
        `${amountOf(all[second], taken[i])} from ${name(first)}${along}`,
      ] as const;
    return { errorClass, first, second, words };
  }
  return null;
}

function edges(count: number): string {
  return count === 1 ? '1 edge' : `${count} edges`;
}

/** `root 1, 8 of MPI_DOUBLE, MPI_SUM`. */
function describe(stated: Stated): string {
  const { root, op, recvcounts } = stated;
  const amounts = amountsOf(stated).map((amount) => amountOf(stated, amount));
  return [
    ...(root === undefined ? [] : [`root ${rootName(root)}`]),
    ...new Set(amounts),
    ...(recvcounts === undefined ? [] : [recvcounts === null ? 'no recvcounts' : listed(recvcounts)]),
    ...(op === undefined ? [] : [op]),
  ].join(', ');
}

function rootName(root: number): string {
  if (root === ROOT) return 'MPI.ROOT';
  return root === PROC_NULL ? 'MPI.PROC_NULL' : `${root}`;
}

/** Of longer lists so many are told. */
const listedMax = 16;

function listed(counts: readonly number[]): string {
  const some = counts.slice(0, listedMax).join(', ');
  return `recvcounts [${some}${counts.length > listedMax ? ', …' : ''}]`;
}

function amountOf(stated: Stated, amount: Amount): string {
  return `${amount[0]} of ${typeOf(stated, amount).label}`;
}
