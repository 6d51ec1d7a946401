/** `Op.Reduce_local`: an operation on two buffers of one rank (MPI-4.1 §6.9.7). */
import { ERR_BUFFER, ERR_COUNT, ERR_TYPE, Exception } from '../base/errors.js';
import type { Reducer } from '../coll/index.js';
import { place, type Scope } from '../engine/ops.js';
import { type BufferSpec, landing, packed, Resolved, resolve } from './buffer.js';
import type { Datatype } from './datatype/index.js';
import { reductionKind } from './reduction-kind.js';
import { checkAlive, seat } from './runtime.js';

const CALL = 'Op.Reduce_local';

const input = new Resolved();
const inout = new Resolved();

/** Calls that no communicator takes part in are named after the rank in the world. */
const here: Scope = {
  label: 'MPI_COMM_WORLD',
  rank: seat.rank,
  size: seat.size,
  peers: seat.size,
  toWorld: (rank) => rank,
  fromWorld: (world) => world,
};

const bytesOf = ({ view, offset, bytes }: Resolved): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + offset, bytes);

/** Applies the reducer that the datatype of `inoutbuf` asks for. Errors: see `Op.Reduce_local`. */
export function reduceLocal(
  inbuf: BufferSpec,
  inoutbuf: BufferSpec,
  reducerFor: (datatype: Datatype, where: string) => Reducer,
): void {
  checkAlive(CALL);
  resolve(input, inbuf, CALL, here, 'inbuf');
  resolve(inout, inoutbuf, CALL, here, 'inoutbuf');
  const reducer = reducerFor(inout.datatype, place(CALL, here));
  checkPair();
  if (inout.packing === null) {
    reducer.apply(packed(input), packed(inout));
    return;
  }
  const result = packed(inout);
  const { bytes, land } = landing(inout);
  reducer.apply(packed(input), result);
  bytes.set(result);
  land();
}

/** That `input` and `inout` are of one kind and length, and lie apart. */
function checkPair(): void {
  const where = place(CALL, here);
  const { datatype } = inout;
  if (
    input.datatype.size !== datatype.size ||
    reductionKind(input.datatype) !== reductionKind(datatype) ||
    input.datatype.kind !== datatype.kind
  ) {
    throw new Exception(
      ERR_TYPE,
      `${where}: inbuf is of ${input.datatype.name}, but inoutbuf of ${datatype.name}`,
    );
  }
  if (input.bytes !== inout.bytes) {
    throw new Exception(
      ERR_COUNT,
      `${where}: inbuf has ${input.count} of ${datatype.name}, but inoutbuf has ${inout.count}`,
    );
  }
  const a = bytesOf(input);
  const b = bytesOf(inout);
  const apart = a.byteOffset + a.length <= b.byteOffset || b.byteOffset + b.length <= a.byteOffset;
  if (a.buffer === b.buffer && !apart && a.length > 0) {
    throw new Exception(ERR_BUFFER, `${where}: inbuf and inoutbuf overlap: pass a copy of one of them`);
  }
}
