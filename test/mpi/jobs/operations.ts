/** MPI-4.1 §6.9: the predefined operations on every predefined type, and operations of the user's own, between ranks. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import type { ElementKind, OpName } from '../../../src/coll/index.js';
import { combine, elements, multiplyMatrices, viewOf } from '../../coll/support/model.js';
import { defineCases } from '../../support/job/cases.js';

const datatypes: readonly (readonly [MPI.Datatype, ElementKind])[] = [
  [MPI.INT8_T, 'int8'],
  [MPI.UINT8_T, 'uint8'],
  [MPI.INT16_T, 'int16'],
  [MPI.UINT16_T, 'uint16'],
  [MPI.INT32_T, 'int32'],
  [MPI.UINT32_T, 'uint32'],
  [MPI.INT64_T, 'int64'],
  [MPI.UINT64_T, 'uint64'],
  [MPI.FLOAT, 'float32'],
  [MPI.DOUBLE, 'float64'],
  [MPI.BYTE, 'byte'],
  [MPI.C_BOOL, 'bool'],
];

const numeric: OpName[] = ['MAX', 'MIN', 'SUM', 'PROD'];
const logical: OpName[] = ['LAND', 'LOR', 'LXOR'];
const bitwise: OpName[] = ['BAND', 'BOR', 'BXOR'];

function opsFor(kind: ElementKind): OpName[] {
  if (kind === 'byte') return bitwise;
  if (kind === 'bool') return logical;
  return kind.startsWith('float') ? numeric : [...numeric, ...logical, ...bitwise];
}

const all: OpName[] = [...numeric, ...logical, ...bitwise];
const opOf = (name: OpName): MPI.Op => (MPI as unknown as Record<OpName, MPI.Op>)[name];
const isOpError = (error: unknown): boolean =>
  error instanceof MPI.Exception && error.Get_error_class() === MPI.ERR_OP;

/** Matrices that do not commute, one for each rank. */
const matrixOf = (rank: number): Int32Array => Int32Array.of(rank + 1, 2, rank, 1);

function product(size: number): Int32Array {
  const result = matrixOf(size - 1);
  for (let rank = size - 2; rank >= 0; rank--) multiplyMatrices(matrixOf(rank), result);
  return result;
}

defineCases({
  'every operation on every type that it is defined for': (comm, { rank, size }) => {
    for (const [datatype, kind] of datatypes) {
      for (const name of opsFor(kind)) {
        for (const count of [1, 5, 1000]) {
          const inputs = Array.from({ length: size }, (_, r) => elements(name, kind, count, 7 * count + r));
          const expected = inputs.reduce((left, right) => {
            const result = combine(name, kind, viewOf(kind, left), viewOf(kind, right));
            return new Uint8Array(result.buffer);
          });
          const got = new Uint8Array(expected.length);
          comm.Allreduce([inputs[rank], datatype], [got, datatype], opOf(name));
          assert.deepEqual(got, expected, `${name} on ${datatype.name}`);
        }
      }
    }
  },

  'an operation that is not defined for the type is refused on every rank, and nothing is lost': (comm) => {
    for (const [datatype, kind] of [...datatypes, [MPI.CHAR, 'int8'] as const]) {
      const allowed = datatype === MPI.CHAR ? [] : opsFor(kind);
      const refused = all.filter((name) => !allowed.includes(name)).map(opOf);
      for (const op of [...refused, MPI.MINLOC, MPI.MAXLOC, MPI.REPLACE, MPI.NO_OP, MPI.OP_NULL]) {
        const [send, recv] = [new Uint8Array(8), new Uint8Array(8)];
        assert.throws(
          () => comm.Allreduce([send, datatype], [recv, datatype], op),
          (error: MPI.Exception) => isOpError(error) && error.message.includes(op.name),
        );
        assert.throws(() => comm.Reduce([send, datatype], [recv, datatype], op, 0), isOpError);
      }
    }
    assert.throws(
      () => comm.Allreduce(new Int8Array(1), new Int8Array(1), 'SUM' as never),
      /op is the string/,
    );
    const sum = new Int32Array(1);
    comm.Allreduce(Int32Array.of(1), sum);
    assert.equal(sum[0], comm.size);
  },

  'operations that do not commute are applied in rank order, whatever the root': (comm, { rank, size }) => {
    const multiply = MPI.Op.Create((invec, inoutvec, datatype) => {
      assert.equal(datatype, MPI.INT32_T);
      multiplyMatrices(invec as Int32Array, inoutvec as Int32Array);
    });
    for (let root = 0; root < size; root++) {
      const got = new Int32Array(4);
      comm.Reduce(matrixOf(rank), got, multiply, root);
      assert.deepEqual(got, rank === root ? product(size) : new Int32Array(4));
    }
    const everywhere = new Int32Array(4);
    comm.Allreduce(matrixOf(rank), everywhere, multiply);
    assert.deepEqual(everywhere, product(size));
    multiply.Free();
    assert.throws(() => comm.Allreduce(new Int32Array(4), new Int32Array(4), multiply), isOpError);
  },

  'an operation may call MPI': (comm, { rank, size, next, prev }) => {
    const messages: MPI.Request[] = [];
    const chatty = MPI.Op.Create((invec, inoutvec) => {
      const self = MPI.COMM_SELF;
      const request = self.Isend(Int32Array.of(3), 0, 9);
      const got = new Int32Array(1);
      self.Recv(got, 0, 9);
      request.Wait();
      const three = new Int32Array(1);
      self.Allreduce(got, three, MPI.MAX);
      comm.Iprobe();
      messages.push(comm.Isend(Int32Array.of(rank), next, 77));
      MPI.SUM.Reduce_local(invec, inoutvec);
      inoutvec[0] = (inoutvec[0] as number) + three[0] - 3;
    }, true);
    const sum = new Int32Array(2000);
    comm.Allreduce(new Int32Array(2000).fill(rank), sum, chatty);
    assert.ok(sum.every((value) => value === (size * (size - 1)) / 2));
    const counts = new Int32Array(1);
    comm.Sendrecv(Int32Array.of(messages.length), next, 78, counts, prev, 78);
    for (let i = 0; i < counts[0]; i++) {
      const got = new Int32Array(1);
      comm.Recv(got, prev, 77);
      assert.equal(got[0], prev);
    }
    MPI.Request.Waitall(messages);
  },
});
