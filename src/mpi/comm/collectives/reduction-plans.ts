/** The plans of the reductions (MPI-4.1 §6.9 to §6.11). */
import { ERR_COUNT, Exception } from '../../../base/errors.js';
import * as hierarchy from '../../../coll/hierarchy/index.js';
import type * as coll from '../../../coll/index.js';
import * as shared from '../../../coll/shared/index.js';
import type { Meeting } from '../../../engine/meeting.js';
import { place } from '../../../engine/ops.js';
import { checkRoot } from '../../arguments.js';
import type { BufferSpec } from '../../buffer.js';
import type { InPlace } from '../../constants.js';
import { Op } from '../../op.js';
import type { CollectiveChannel } from '../channel.js';
import {
  checkApartParts,
  checkBlocks,
  checkElements,
  checkLength,
  incoming,
  landing,
  met,
  outgoingOrInPlace,
  type Part,
} from './buffers.js';
import { askingLengths, checkLengths, lengthsOf } from './scatter-lengths.js';
import { reducerWithin } from './user-functions.js';

function reducerOf(ch: CollectiveChannel, op: Op, part: Part): coll.Reducer {
  const reducer = Op.reducerOf(op, part.datatype, place(ch.call, ch.scope));
  ch.signature?.op(op).operand(part);
  return op.is_predefined ? reducer : reducerWithin(ch.call, ch.scope, reducer);
}

export function reduce(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec | null,
  op: Op,
  root: number,
): coll.Schedule | null {
  checkRoot(ch.scope, ch.call, root);
  const isRoot = ch.rank === root;
  const send = outgoingOrInPlace(ch, sendbuf, isRoot);
  const recv = isRoot ? incoming(ch, recvbuf, 'recvbuf', send === null) : null;
  if (recv !== null && send !== null) checkPair(ch, send, recv);
  const from = (send ?? recv) as Part;
  const reducer = reducerOf(ch, op, from);
  ch.signature?.root(root);
  const meeting = meetingFor(ch, 'reduce', from, recv, reducer);
  if (meeting !== null) {
    shared.reduce(meeting, from, recv, reducer, root);
    return met(recv);
  }
  return landing(hierarchy.reduce(ch, ch.hosts, from.bytes, recv?.bytes ?? null, reducer, root), recv);
}

/** Functions of the user's may start a collective of their own: they are not called in a meeting. */
function meetingFor(
  ch: CollectiveChannel,
  collective: 'reduce' | 'allreduce' | 'reduce_scatter' | 'scan' | 'exscan',
  from: Part,
  recv: Part | null,
  reducer: coll.Reducer,
): Meeting | null {
  return reducer.grain === 0 ? null : ch.meet(collective, from.length, from, recv);
}

type OnAll = (ch: CollectiveChannel, from: Part, recv: Part, reducer: coll.Reducer) => coll.Schedule | null;

/** Allreduce, Scan and Exscan: a result as long as the operand on every rank. */
const onAll =
  (run: OnAll) =>
  (
    ch: CollectiveChannel,
    sendbuf: BufferSpec | InPlace,
    recvbuf: BufferSpec,
    op: Op,
  ): coll.Schedule | null => {
    const send = outgoingOrInPlace(ch, sendbuf, true);
    // Rank 0 of an exscan keeps what it has.
    const recv = incoming(ch, recvbuf, 'recvbuf', send === null || ch.rank === 0);
    if (send !== null) checkPair(ch, send, recv);
    const from = send ?? recv;
    return run(ch, from, recv, reducerOf(ch, op, from));
  };

export const allreduce = onAll((ch, from, recv, reducer) => {
  const meeting = meetingFor(ch, 'allreduce', from, recv, reducer);
  if (meeting === null)
    return landing(hierarchy.allreduce(ch, ch.hosts, from.bytes, recv.bytes, reducer), recv);
  shared.allreduce(meeting, from, recv, reducer);
  return met(recv);
});

const scanning = (collective: 'scan' | 'exscan', inLevels: typeof hierarchy.scan) =>
  onAll((ch, from, recv, reducer) => {
    const meeting = meetingFor(ch, collective, from, recv, reducer);
    if (meeting === null) return landing(inLevels(ch, ch.hosts, from.bytes, recv.bytes, reducer), recv);
    shared.scan(meeting, from, recv, reducer, collective === 'scan');
    return met(recv);
  });

export const scan = scanning('scan', hierarchy.scan);
export const exscan = scanning('exscan', hierarchy.exscan);

export function reduceScatterBlock(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec,
  op: Op,
): coll.Schedule | null {
  const send = outgoingOrInPlace(ch, sendbuf, true);
  const recv = incoming(ch, recvbuf, 'recvbuf', send === null);
  const from = send ?? recv;
  checkBlocks(ch, send === null ? 'recvbuf' : 'sendbuf', from.bytes, send === null ? null : recv);
  checkApartParts(ch, send, recv);
  const block = from.bytes.length / ch.size;
  checkElements(ch, send === null ? 'recvbuf' : 'sendbuf', block, from);
  const lengths = new Array<number>(ch.size).fill(block);
  return scatteringNow(ch, from, recv, lengths, reducerOf(ch, op, from));
}

export function reduceScatter(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec,
  recvcounts: ArrayLike<number> | null,
  op: Op,
): coll.Schedule | null {
  const send = outgoingOrInPlace(ch, sendbuf, true);
  const recv = incoming(ch, recvbuf, 'recvbuf', send === null);
  const from = send ?? recv;
  const reducer = reducerOf(ch, op, from);
  checkApartParts(ch, send, recv);
  ch.signature?.recvcounts(recvcounts);
  if (recvcounts === null) {
    if (send !== null)
      return askingLengths(ch, from, recv, (lengths) => scattering(ch, from, recv, lengths, reducer));
    throw new Exception(ERR_COUNT, `${place(ch.call, ch.scope)}: MPI.IN_PLACE needs recvcounts`);
  }
  const lengths = lengthsOf(ch, recvcounts, from, ch.size);
  checkLengths(ch, from, send === null ? null : recv, lengths);
  return scatteringNow(ch, from, recv, lengths, reducer);
}

/** In a meeting, where there is one. */
function scatteringNow(
  ch: CollectiveChannel,
  from: Part,
  recv: Part,
  lengths: readonly number[],
  reducer: coll.Reducer,
): coll.Schedule | null {
  const meeting = meetingFor(ch, 'reduce_scatter', from, recv, reducer);
  if (meeting === null) return scattering(ch, from, recv, lengths, reducer);
  const at = lengths.slice(0, ch.rank).reduce((sum, length) => sum + length, 0);
  shared.reduceScatter(meeting, from, shared.partOf(recv, 0, lengths[ch.rank]), at, reducer);
  return met(recv);
}

function scattering(
  ch: CollectiveChannel,
  from: Part,
  recv: Part,
  lengths: readonly number[],
  reducer: coll.Reducer,
): coll.Schedule {
  const own = recv.bytes.subarray(0, lengths[ch.rank]);
  return landing(hierarchy.reduceScatter(ch, ch.hosts, from.bytes, own, lengths, reducer), recv);
}

function checkPair(ch: CollectiveChannel, send: Part, recv: Part): void {
  checkLength(ch, 'recvbuf', recv.bytes, send.bytes.length, "sendbuf's elements");
  checkApartParts(ch, send, recv);
}
