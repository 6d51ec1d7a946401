/** Packing into memory of the user's (MPI-4.1 §5.2). Packed bytes are those that a message would carry. */
import { ERR_COMM, ERR_COUNT, ERR_TRUNCATE, Exception, show } from '../../base/errors.js';
import { place, type Scope } from '../../engine/ops.js';
import type { View } from '../../transport/ring/aliases.js';
import { type BufferLike, bytesOf, wrap } from '../memory.js';
import * as check from './checks.js';
import type { Datatype } from './datatype.js';
import { fitting } from './layout.js';
import { copyBytes, type Packing } from './packing.js';

export function pack(
  datatype: Datatype,
  inbuf: BufferLike,
  outbuf: BufferLike,
  position: number,
  comm: Scope,
): number {
  const call = placeOf('Pack', comm);
  const packing = datatype.packing(() => `${call}: the datatype is`);
  const memory = wrap(inbuf, 'Pack', comm, 'inbuf');
  const count = countOf(datatype, memory, call, 'inbuf');
  const packed = window(
    wrap(outbuf, 'Pack', comm, 'outbuf'),
    position,
    count * datatype.size,
    call,
    'outbuf',
  );
  move(datatype, packing, memory, count, packed, false);
  return position + packed.length;
}

export function unpack(
  datatype: Datatype,
  inbuf: BufferLike,
  position: number,
  outbuf: BufferLike,
  comm: Scope,
): number {
  const call = placeOf('Unpack', comm);
  const packing = datatype.packing(() => `${call}: the datatype is`);
  const memory = wrap(outbuf, 'Unpack', comm, 'outbuf');
  const count = countOf(datatype, memory, call, 'outbuf');
  const packed = window(wrap(inbuf, 'Unpack', comm, 'inbuf'), position, count * datatype.size, call, 'inbuf');
  move(datatype, packing, memory, count, packed, true);
  return position + packed.length;
}

export function packSize(datatype: Datatype, count: number, comm: Scope): number {
  const call = placeOf('Pack_size', comm);
  datatype.checkUsable(call);
  return bytesIn(check.count(count, call, 'count'), datatype.size, call);
}

/** Bytes of `count` elements; ERR_COUNT beyond what is exact. */
export function bytesIn(count: number, size: number, call: string): number {
  if (Number.isSafeInteger(count * size)) return count * size;
  throw new Exception(ERR_COUNT, `${call}: ${count} elements of ${size} bytes are more than 2^53 bytes`);
}

/** How many elements a buffer holds. */
export function countOf(datatype: Datatype, memory: View, call: string, role: string): number {
  const count = fitting(datatype.layout, memory.byteLength);
  if (count !== null) return count;
  throw new Exception(
    ERR_COUNT,
    `${call}: ${role} holds no certain number of ${datatype.label}, whose extent is ${datatype.extent}`,
  );
}

/** The packed bytes inside their buffer. */
export function window(view: View, position: number, bytes: number, call: string, role: string): Uint8Array {
  check.within(position, 0, view.byteLength, call, 'position');
  if (bytes <= view.byteLength - position) return bytesOf(view).subarray(position, position + bytes);
  throw new Exception(
    ERR_TRUNCATE,
    `${call}: ${bytes} packed bytes from position ${position} on do not fit the ${view.byteLength} bytes of ${role}`,
  );
}

function move(
  { layout }: Datatype,
  packing: Packing | null,
  memory: View,
  count: number,
  packed: Uint8Array,
  unpacking: boolean,
): void {
  if (packed.length === 0) return;
  if (packing === null && unpacking) copyBytes(memory, layout.trueLb, packed, 0, packed.length);
  else if (packing === null) copyBytes(packed, 0, memory, layout.trueLb, packed.length);
  else if (unpacking) packing.unpack(memory, 0, count, packed);
  else packing.pack(memory, 0, count, packed);
}

function placeOf(call: string, comm: Scope): string {
  if (typeof comm === 'object' && comm !== null && typeof comm.toWorld === 'function')
    return place(call, comm);
  throw new Exception(ERR_COMM, `${call}: comm is ${show(comm)}; pass a communicator`);
}
