/**
 * Type signatures (MPI-4.1 §5.1): the basic types of a datatype in their order, without their places. They are compared
 * as fingerprints: a polynomial of the kinds of the basic types, modulo a prime, from which that of a repetition and of
 * a sequence follow without writing them out. Different signatures are taken for equal once in 2^60 times.
 */
import type { Datatype } from './datatype.js';
import type { Basic, Form } from './form.js';

export interface TypeSignature {
  /** Basic elements. */
  readonly elements: number;
  readonly fingerprint: bigint;
  /** The kinds among them, in alphabetical order: `float64,int32`. */
  readonly kinds: string;
}

/** A Mersenne prime, and a number below it. */
const MODULUS = 2n ** 61n - 1n;
const BASE = 1_000_003_000_009_007n;

const NONE: TypeSignature = { elements: 0, fingerprint: 0n, kinds: '' };

const known = new WeakMap<Datatype, TypeSignature>();

export function typeSignature(datatype: Datatype): TypeSignature {
  const { form } = datatype.layout;
  if (form === null) return NONE;
  const found = known.get(datatype) ?? ofForm(form, new Map());
  known.set(datatype, found);
  return found;
}

/** So many times a signature. */
export function repeated(of: TypeSignature, count: number): TypeSignature {
  if (count === 0 || of.elements === 0) return NONE;
  let result = NONE;
  let power = of;
  for (let left = count; ; power = followed(power, power)) {
    if (left % 2 === 1) result = followed(power, result);
    left = Math.floor(left / 2);
    if (left === 0) return result;
  }
}

function followed(first: TypeSignature, second: TypeSignature): TypeSignature {
  if (first.elements === 0) return second;
  if (second.elements === 0) return first;
  return {
    elements: first.elements + second.elements,
    fingerprint: (first.fingerprint * powerOf(second.elements) + second.fingerprint) % MODULUS,
    kinds: first.kinds === second.kinds ? first.kinds : united(first.kinds, second.kinds),
  };
}

function united(some: string, others: string): string {
  return [...new Set([...some.split(','), ...others.split(',')])].sort().join(',');
}

function powerOf(exponent: number): bigint {
  let result = 1n;
  let square = BASE;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) % MODULUS;
    square = (square * square) % MODULUS;
  }
  return result;
}

function ofForm(form: Form, seen: Map<Form, TypeSignature>): TypeSignature {
  const found = seen.get(form);
  if (found !== undefined) return found;
  const made = make(form, seen);
  seen.set(form, made);
  return made;
}

function make(form: Form, seen: Map<Form, TypeSignature>): TypeSignature {
  switch (form.op) {
    case 'run':
      return repeated(ofBasic(form.basic), form.elements);
    case 'loop':
      return repeated(ofForm(form.body, seen), form.count);
    case 'each':
      return repeated(ofForm(form.body, seen), form.displs.length);
    case 'list':
      return form.items.map((item) => ofForm(item, seen)).reduce(followed, NONE);
  }
}

function ofBasic({ kind }: Basic): TypeSignature {
  let fingerprint = 1n;
  for (const letter of kind) fingerprint = (fingerprint * 131n + BigInt(letter.charCodeAt(0))) % MODULUS;
  return { elements: 1, fingerprint, kinds: kind };
}
