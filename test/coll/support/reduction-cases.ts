/** Reductions against a serial model. */
import * as coll from '../../../src/coll/index.js';
import { callsOf } from './calls.js';
import type { Case, Operation } from './cases.js';
import type { PipeChannel } from './channel.js';
import { Guarded } from './guarded.js';
import { addPositions, arrayOf, combine, elements, multiplyMatrices, viewOf } from './model.js';

function reducerOf(operation: Operation): coll.Reducer {
  if (operation.op === 'positions')
    return coll.userReducer(addPositions, { commute: true, array: Int32Array, datatype: null });
  if (operation.op !== 'matrices') return coll.predefinedReducer(operation.op, operation.kind);
  const { grain } = operation;
  return coll.userReducer(multiplyMatrices, { commute: false, array: Int32Array, datatype: null, grain });
}

function inputOf(operation: Operation, count: number, seed: number): Uint8Array {
  if (operation.op === 'matrices') return elements('SUM', 'int32', 4 * count, seed);
  if (operation.op === 'positions') return elements('SUM', 'int32', count, seed);
  return elements(operation.op, operation.kind, count, seed);
}

/** The canonical order: ((v0 op v1) op v2) op … */
function fold(operation: Operation, inputs: Uint8Array[]): Uint8Array {
  return inputs.reduce((left, right) => {
    if (operation.op !== 'matrices' && operation.op !== 'positions') {
      const { op, kind } = operation;
      const result = combine(op, kind, viewOf(kind, left), viewOf(kind, right));
      return new Uint8Array(result.buffer, result.byteOffset, result.byteLength);
    }
    const apply = operation.op === 'matrices' ? multiplyMatrices : addPositions;
    const result = right.slice();
    apply(viewOf('int32', left) as Int32Array, viewOf('int32', result) as Int32Array);
    return result;
  });
}

export function runReduction(
  ch: PipeChannel,
  test: Case,
  collective: 'reduce' | 'allreduce' | 'scan' | 'exscan',
): void {
  const operation = test.operation!;
  const inputs = Array.from({ length: ch.size }, (_, r) => inputOf(operation, test.count, test.seed + r));
  const own = inputs[ch.rank];
  const shift = test.shift ?? 0;
  const send = new Guarded(own.length, shift, own);
  const getsResult = collective !== 'reduce' || ch.rank === test.root;
  const inPlace = getsResult && test.inPlace;
  const recv = inPlace ? send : new Guarded(own.length, shift);
  const reducer = reducerOf(operation);
  const before = recv.bytes.slice();
  const calls = callsOf(ch, test);
  if (collective === 'reduce') {
    const into = getsResult ? recv.bytes : null;
    ch.run(calls.reduce(send.bytes, into, reducer, test.root));
  } else {
    ch.run(calls[collective](send.bytes, recv.bytes, reducer));
  }
  if (!inPlace) send.check(own, `${collective} send buffer`);
  if (!getsResult) return;
  const end = collective === 'scan' ? ch.rank + 1 : collective === 'exscan' ? ch.rank : ch.size;
  recv.check(end === 0 ? before : fold(operation, inputs.slice(0, end)), `${collective} result`);
}

/** Blocks of different lengths, some empty. */
export function runReduceScatter(ch: PipeChannel, test: Case): void {
  const operation = test.operation!;
  const one = elementBytes(operation);
  const counts = Array.from(
    { length: ch.size },
    (_, r) => (test.shift === 0 ? test.count : (r * 5) % 3) * (r === 1 ? 0 : 1),
  );
  const total = counts.reduce((sum, n) => sum + n, 0);
  const inputs = Array.from({ length: ch.size }, (_, r) => inputOf(operation, total, test.seed + r));
  const lengths = counts.map((n) => n * one);
  const start = lengths.slice(0, ch.rank).reduce((sum, n) => sum + n, 0);
  const send = new Guarded(total * one, 0, inputs[ch.rank]);
  const recv = new Guarded(lengths[ch.rank], 0);
  const into = test.inPlace ? send.bytes.subarray(0, lengths[ch.rank]) : recv.bytes;
  const reducer = reducerOf(operation);
  ch.run(callsOf(ch, test).reduceScatter(send.bytes, into, lengths, reducer));
  const expected = fold(operation, inputs).subarray(start, start + lengths[ch.rank]);
  if (!test.inPlace) {
    send.check(inputs[ch.rank], 'reduce_scatter send buffer');
    recv.check(expected, 'reduce_scatter result');
  } else if (Buffer.compare(into, expected) !== 0) throw new Error('reduce_scatter in place: wrong result');
}

/** Bytes of one element. */
function elementBytes(operation: Operation): number {
  if (operation.op === 'positions') return 4;
  return operation.op === 'matrices' ? 16 : arrayOf[operation.kind].BYTES_PER_ELEMENT;
}
