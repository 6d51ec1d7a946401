/** The plans of the reductions between two groups (MPI-4.1 §6.9, §6.10): each receives what comes of the other's operands. */
import type * as coll from '../../../coll/index.js';
import * as inter from '../../../coll/inter/index.js';
import { nothing } from '../../../coll/schedule.js';
import { place } from '../../../engine/ops.js';
import type { BufferSpec } from '../../buffer.js';
import { type InPlace, PROC_NULL, ROOT } from '../../constants.js';
import { Op } from '../../op.js';
import type { CollectiveChannel } from '../channel.js';
import {
  checkApartParts,
  checkBlocks,
  checkElements,
  checkLength,
  incoming,
  landing,
  outgoing,
  type Part,
} from './buffers.js';
import { checkInterRoot, groupsOf, refuse } from './inter-roles.js';
import { askingLengths, checkLengths, lengthsOf } from './scatter-lengths.js';

function reducerOf(ch: CollectiveChannel, op: Op, part: Part): coll.Reducer {
  const reducer = Op.reducerOf(op, part.datatype, place(ch.call, ch.scope));
  ch.signature?.op(op).operand(part);
  return reducer;
}

/** Both buffers of this rank, which must be apart. */
function pair(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec): [Part, Part] {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = incoming(ch, recvbuf, 'recvbuf');
  checkApartParts(ch, send, recv);
  return [send, recv];
}

export function reduce(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec | null,
  op: Op,
  root: number,
): coll.Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  const send = root === ROOT ? null : outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = root === ROOT ? incoming(ch, recvbuf, 'recvbuf') : null;
  const reducer = reducerOf(ch, op, (send ?? recv) as Part);
  return landing(inter.reduce(groupsOf(ch), send?.bytes ?? null, recv?.bytes ?? null, reducer, root), recv);
}

export function allreduce(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec,
  op: Op,
): coll.Schedule {
  const [send, recv] = pair(ch, sendbuf, recvbuf);
  checkLength(ch, 'recvbuf', recv.bytes, send.bytes.length, "sendbuf's elements");
  return landing(inter.allreduce(groupsOf(ch), send.bytes, recv.bytes, reducerOf(ch, op, send)), recv);
}

/** A block for each rank of this rank's own group; all blocks come to the same in both groups. */
export function reduceScatterBlock(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec,
  op: Op,
): coll.Schedule {
  const [send, recv] = pair(ch, sendbuf, recvbuf);
  const ranks = ch.local.size;
  checkBlocks(ch, 'sendbuf', send.bytes, recv, ranks);
  checkElements(ch, 'sendbuf', recv.bytes.length, send);
  const lengths = new Array<number>(ranks).fill(recv.bytes.length);
  return scattering(ch, send, recv, lengths, reducerOf(ch, op, send));
}

export function reduceScatter(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec,
  recvcounts: ArrayLike<number> | null,
  op: Op,
): coll.Schedule {
  const [send, recv] = pair(ch, sendbuf, recvbuf);
  const reducer = reducerOf(ch, op, send);
  ch.signature?.recvcounts(recvcounts);
  const scatter = (lengths: readonly number[]) => scattering(ch, send, recv, lengths, reducer);
  if (recvcounts === null) return askingLengths(ch, send, recv, scatter);
  const lengths = lengthsOf(ch, recvcounts, send, ch.local.size);
  checkLengths(ch, send, recv, lengths);
  return scatter(lengths);
}

function scattering(
  ch: CollectiveChannel,
  send: Part,
  recv: Part,
  lengths: readonly number[],
  reducer: coll.Reducer,
): coll.Schedule {
  return landing(inter.reduceScatter(groupsOf(ch), send.bytes, recv.bytes, lengths, reducer), recv);
}

export const scan = refuse;
export const exscan = refuse;
