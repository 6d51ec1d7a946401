/** Whether the calls of all members are one collective (MPI-4.1 §6.2): rank 0 has all signatures, and finds out. */
import { ERR_COUNT, ERR_OP, ERR_OTHER, ERR_ROOT, ERR_TYPE } from '../../../base/errors.js';
import { repeated, type TypeSignature } from '../../datatype/type-signature.js';
import type { Amount, Stated, StatedType } from './signature.js';

/** What a member is told: the class of its error, and what follows the place of its call. */
export type Problem = readonly [errorClass: number, text: string];

/** A difference between two calls: what each of them says of it. */
interface Difference {
  readonly errorClass: number;
  readonly first: number;
  readonly second: number;
  readonly words: readonly [ofFirst: string, ofSecond: string];
}

/** For each member the problem of its call; null if all calls fit together. */
export function judge(all: readonly Stated[]): Problem[] | null {
  const classes = all.map((stated) => difference(stated, all[0]));
  const other = classes.findIndex((errorClass) => errorClass !== null);
  if (other >= 0) {
    // Who agrees with rank 0 is told of the first that does not.
    return classes.map((errorClass, rank) =>
      problem(all, rank, errorClass === null ? against(all, other, classes) : against(all, rank, classes)),
    );
  }
  const pair = unequalPair(all);
  return pair === null ? null : all.map((_, rank) => problem(all, rank, pair));
}

function against(all: readonly Stated[], rank: number, classes: readonly (number | null)[]): Difference {
  const words = [describe(all[0]), describe(all[rank])] as const;
  return { errorClass: classes[rank] as number, first: 0, second: rank, words };
}

/** A member that is not among the two is told of both as of others. */
function problem(all: readonly Stated[], rank: number, found: Difference): Problem {
  const { errorClass, first, second, words } = found;
  const told = (who: number, what: string): string =>
    `rank ${who} called ${all[who].call}${what === '' ? '' : ` with ${what}`}${all[who].at}`;
  const other = rank === first ? 1 : 0;
  const rest = told(other === 1 ? second : first, words[other]);
  if (rank !== first && rank !== second)
    return [errorClass, `: ${told(first, words[0])}, but ${told(second, words[1])}`];
  const own = words[1 - other];
  return [errorClass, `${own === '' ? '' : `: ${own}`}${all[rank].at}, but ${rest}`];
}

/** The class of what differs from another call; null if nothing does. */
function difference(one: Stated, other: Stated): number | null {
  if (one.call !== other.call) return ERR_OTHER;
  if (one.root !== other.root) return ERR_ROOT;
  if (one.op !== other.op) return ERR_OP;
  if (unlikeOperands(one, other)) return ERR_TYPE;
  const others = amountsOf(other);
  for (const [i, amount] of amountsOf(one).entries()) {
    const found = unequal(one, amount, other, others[i]);
    if (found !== null) return found;
  }
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

/** The first two of which the one sends what the other does not expect. */
function unequalPair(all: readonly Stated[]): Difference | null {
  for (const [first, sender] of all.entries()) {
    for (const [second, sent] of (sender.sends ?? []).entries()) {
      const taken = all[second].takes?.[first];
      if (sent === null || taken === null || taken === undefined) continue;
      const errorClass = unequal(sender, sent, all[second], taken);
      if (errorClass === null) continue;
      const words = [
        `${amountOf(sender, sent)} for rank ${second}`,
        `${amountOf(all[second], taken)} from rank ${first}`,
      ] as const;
      return { errorClass, first, second, words };
    }
  }
  return null;
}

/** `root 1, 8 of MPI_DOUBLE, MPI_SUM`. */
function describe(stated: Stated): string {
  const { root, op, recvcounts } = stated;
  const amounts = amountsOf(stated).map((amount) => amountOf(stated, amount));
  return [
    ...(root === undefined ? [] : [`root ${root}`]),
    ...new Set(amounts),
    ...(recvcounts === undefined ? [] : [recvcounts === null ? 'no recvcounts' : listed(recvcounts)]),
    ...(op === undefined ? [] : [op]),
  ].join(', ');
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
