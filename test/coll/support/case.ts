/** One collective call as data: every rank can make the inputs of all ranks from it, and so check its own result. */
import * as coll from '../../../src/coll/index.js';
import { type PipeChannel, random } from './channel.js';
import { combine, elements, multiplyMatrices, sizeOf, viewOf } from './model.js';

/** How a reduction combines: a predefined operation, or matrices with a grain (cut anywhere) or without. */
export type Operation =
  | { readonly op: coll.OpName; readonly kind: coll.ElementKind }
  | { readonly op: 'matrices'; readonly grain: 0 | 16 };

export interface Case {
  readonly collective: coll.Collective | 'gatherv' | 'scatterv';
  readonly algorithm?: string | undefined;
  readonly root: number;
  /** Elements per rank (of 16 bytes for matrices, of one byte where nothing is combined). */
  readonly count: number;
  readonly operation?: Operation;
  readonly inPlace?: boolean;
  /** Displaces the user's buffers by this many bytes, so that they are not aligned. */
  readonly shift?: number;
  readonly seed: number;
  readonly synchronous?: boolean;
}

const guard = 0xab;

/** A user's buffer with guard bytes on both sides. */
class Guarded {
  readonly bytes: Uint8Array;
  readonly #all: Uint8Array;

  constructor(length: number, shift: number, content?: Uint8Array) {
    this.#all = new Uint8Array(length + 32).fill(guard);
    this.bytes = this.#all.subarray(16 + shift, 16 + shift + length);
    this.bytes.fill(0xcd);
    if (content) this.bytes.set(content);
  }

  check(expected: Uint8Array, what: string): void {
    const { byteOffset, length } = this.bytes;
    const outside =
      this.#all.subarray(0, byteOffset).every((b) => b === guard) &&
      this.#all.subarray(byteOffset + length).every((b) => b === guard);
    if (!outside) throw new Error(`${what}: bytes outside the buffer were written`);
    if (Buffer.compare(this.bytes, expected) !== 0) {
      const at = this.bytes.findIndex((b, i) => b !== expected[i]);
      throw new Error(`${what}: byte ${at} of ${length} is ${this.bytes[at]}, not ${expected[at]}`);
    }
  }
}

function noise(count: number, seed: number): Uint8Array {
  const next = random(seed);
  return Uint8Array.from({ length: count }, () => next() * 256);
}

/** Runs the case as this rank; throws if its result is wrong. */
export function runCase(ch: PipeChannel, test: Case, index: number): void {
  ch.synchronous = test.synchronous ?? false;
  const { collective } = test;
  if (collective === 'barrier') runBarrier(ch);
  else if (collective === 'bcast') runBcast(ch, test);
  else if (collective === 'gather' || collective === 'scatter') runRegular(ch, test, collective);
  else if (collective === 'gatherv' || collective === 'scatterv') runIrregular(ch, test, collective, index);
  else runReduction(ch, test, collective);
}

let barriers = 0;

/** A rank leaves the k-th barrier only when all have entered it. */
function runBarrier(ch: PipeChannel): void {
  barriers++;
  ch.count(1);
  coll.barrier(ch);
  const entered = ch.count(0);
  if (entered < barriers * ch.size) throw new Error(`left barrier ${barriers} after ${entered} entries`);
}

function runBcast(ch: PipeChannel, test: Case): void {
  const content = noise(test.count, test.seed);
  const buffer = new Guarded(test.count, 0, ch.rank === test.root ? content : undefined);
  coll.bcast(ch, buffer.bytes, test.root, test.algorithm as never);
  buffer.check(content, 'bcast');
}

function runRegular(ch: PipeChannel, test: Case, collective: 'gather' | 'scatter'): void {
  const { count: m, root, inPlace } = test;
  const all = noise(m * ch.size, test.seed);
  const own = all.subarray(ch.rank * m, (ch.rank + 1) * m);
  const atRoot = ch.rank === root;
  const block = new Guarded(m, 0, collective === 'gather' ? own : undefined);
  const whole = new Guarded(m * ch.size, 0, collective === 'scatter' ? all : undefined);
  const blockArg = atRoot && inPlace ? null : block.bytes;
  const wholeArg = atRoot ? whole.bytes : null;
  if (collective === 'gather') {
    if (atRoot && inPlace) whole.bytes.set(own, root * m);
    coll.gather(ch, blockArg, wholeArg, root, test.algorithm as never);
  } else {
    coll.scatter(ch, wholeArg, blockArg, root, test.algorithm as never);
  }
  if (blockArg) block.check(own, `${collective} block`);
  if (wholeArg) whole.check(all, `${collective} whole`);
}

/** Blocks of different lengths, some empty, in reverse order with gaps between them. */
function runIrregular(ch: PipeChannel, test: Case, collective: 'gatherv' | 'scatterv', index: number): void {
  const { count, root, inPlace } = test;
  const counts = Array.from({ length: ch.size }, (_, r) => ((r * 7 + index) % 3) * count + (r % 2));
  const displs: number[] = [];
  let end = 3;
  for (let r = ch.size - 1; r >= 0; r--) {
    displs[r] = end;
    end += counts[r] + 2;
  }
  const all = noise(end, test.seed);
  const own = all.subarray(displs[ch.rank], displs[ch.rank] + counts[ch.rank]);
  const atRoot = ch.rank === root;
  const block = new Guarded(own.length, 0, collective === 'gatherv' ? own : undefined);
  const whole = new Guarded(end, 0, collective === 'scatterv' ? all : undefined);
  const expected = collective === 'scatterv' ? all : new Uint8Array(end).fill(0xcd);
  if (collective === 'gatherv') {
    for (let r = 0; r < ch.size; r++) {
      expected.set(all.subarray(displs[r], displs[r] + counts[r]), displs[r]);
    }
    if (inPlace && atRoot) whole.bytes.set(own, displs[root]);
  }
  const blockArg = atRoot && inPlace ? null : block.bytes;
  const [wholeArg, c, d] = atRoot ? [whole.bytes, counts, displs] : [null, null, null];
  if (collective === 'gatherv') coll.gatherv(ch, blockArg, wholeArg, c, d, root);
  else coll.scatterv(ch, wholeArg, c, d, blockArg, root);
  if (blockArg) block.check(own, `${collective} block`);
  if (wholeArg) whole.check(expected, `${collective} whole`);
}

function reducerOf(operation: Operation): coll.Reducer {
  if (operation.op !== 'matrices') return coll.predefinedReducer(operation.op, operation.kind);
  const { grain } = operation;
  return coll.userReducer(multiplyMatrices, { commute: false, array: Int32Array, datatype: null, grain });
}

function inputOf(operation: Operation, count: number, seed: number): Uint8Array {
  if (operation.op === 'matrices') return elements('SUM', 'int32', 4 * count, seed);
  return elements(operation.op, operation.kind, count, seed);
}

/** The canonical order: ((v0 op v1) op v2) op … */
function fold(operation: Operation, inputs: Uint8Array[]): Uint8Array {
  return inputs.reduce((left, right) => {
    if (operation.op !== 'matrices') {
      const { op, kind } = operation;
      const result = combine(op, kind, viewOf(kind, left), viewOf(kind, right));
      return new Uint8Array(result.buffer, result.byteOffset, result.byteLength);
    }
    const product = right.slice();
    multiplyMatrices(viewOf('int32', left) as Int32Array, viewOf('int32', product) as Int32Array);
    return product;
  });
}

function runReduction(ch: PipeChannel, test: Case, collective: 'reduce' | 'allreduce'): void {
  const operation = test.operation!;
  const inputs = Array.from({ length: ch.size }, (_, r) => inputOf(operation, test.count, test.seed + r));
  const own = inputs[ch.rank];
  const shift = test.shift ?? 0;
  const send = new Guarded(own.length, shift, own);
  const getsResult = collective === 'allreduce' || ch.rank === test.root;
  const inPlace = getsResult && test.inPlace;
  const recv = inPlace ? send : new Guarded(own.length, shift);
  const reducer = reducerOf(operation);
  if (collective === 'allreduce') {
    coll.allreduce(ch, send.bytes, recv.bytes, reducer, test.algorithm as never);
  } else {
    const into = getsResult ? recv.bytes : null;
    coll.reduce(ch, send.bytes, into, reducer, test.root, test.algorithm as never);
  }
  if (!inPlace) send.check(own, `${collective} send buffer`);
  if (getsResult) recv.check(fold(operation, inputs), `${collective} result`);
}

/** Bytes of one element. */
export function elementBytes(operation: Operation): number {
  return operation.op === 'matrices' ? 16 : sizeOf(operation.kind);
}
