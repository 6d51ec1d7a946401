/**
 * Messages whose datatype has gaps: they travel packed. A send packs when it starts; a receive unpacks once its bytes
 * are there, before it counts as done. The packed bytes lie in memory that is used again and again: of fresh memory
 * the addon would have to take hold each time.
 */
import { ERR_TRUNCATE } from '../base/errors.js';
import { spareScratchBytesMax } from '../base/limits.js';
import type { RecvOp, SendOp } from '../engine/ops.js';
import type { Resolved } from './buffer.js';
import { detached } from './memory.js';

/** The least that is taken: smaller arrays are not worth telling apart. */
const SCRATCH_BYTES_MIN = 4096;

const spares: Uint8Array[] = [];
let spareBytes = 0;

/** Memory of at least so many bytes, and at most twice as many but for the smallest. */
function take(bytes: number): Uint8Array {
  const wanted = Math.max(bytes, SCRATCH_BYTES_MIN);
  const at = spares.findIndex(({ length }) => length >= wanted && length <= 2 * wanted);
  if (at < 0) return new Uint8Array(wanted);
  const [found] = spares.splice(at, 1);
  spareBytes -= found.length;
  return found;
}

/** Gives the packed bytes of an operation that is over, if it has any, to the next ones. */
export function giveScratch(op: SendOp | RecvOp): void {
  const { scratch } = op;
  if (scratch === null) return;
  op.scratch = null;
  spares.unshift(scratch);
  spareBytes += scratch.length;
  // The last one was not used for longest.
  while (spareBytes > spareScratchBytesMax) spareBytes -= (spares.pop() as Uint8Array).length;
}

/** Gives a send its bytes: the buffer's own, or packed ones. */
export function loadSend(op: SendOp, part: Resolved): void {
  op.bytes = part.bytes;
  if (part.packing === null) {
    op.view = part.view;
    op.offset = part.offset;
    return;
  }
  op.scratch = take(part.bytes);
  op.view = op.scratch;
  op.offset = 0;
  gather(op, part);
}

/** Packs what the buffer holds now. */
export function gather(op: SendOp, { packing, view, offset, elements, bytes }: Readonly<Resolved>): void {
  try {
    packing?.pack(view, offset, elements, op.view as Uint8Array, bytes);
  } catch {
    throw detached(op.call, op.scope, 'the buffer');
  }
}

/** Tells a receive where its bytes go: into the buffer, or aside until all are there. */
export function loadRecv(op: RecvOp, part: Resolved): void {
  op.capacity = part.bytes;
  const { packing, view, offset, elements } = part;
  if (packing === null) {
    op.view = view;
    op.offset = offset;
    return;
  }
  const scratch = take(part.bytes);
  op.scratch = scratch;
  op.view = scratch;
  op.offset = 0;
  op.onLanded = (error) => {
    const count = Math.min(op.bytes, op.capacity);
    if (count === 0 || (error !== null && error.Get_error_class() !== ERR_TRUNCATE)) return error;
    try {
      packing.unpack(view, offset, elements, scratch, count);
      return error;
    } catch {
      return detached(op.call, op.scope, 'the buffer');
    }
  };
}
