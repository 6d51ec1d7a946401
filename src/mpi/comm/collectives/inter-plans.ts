/**
 * The plans of the collectives between two groups (MPI-4.1 §6.2.3). Blocks are counted by the ranks of the other group;
 * there is no MPI.IN_PLACE.
 */
import type { Schedule } from '../../../coll/index.js';
import * as inter from '../../../coll/inter/index.js';
import { nothing } from '../../../coll/schedule.js';
import type { BufferSpec } from '../../buffer.js';
import { type InPlace, PROC_NULL, ROOT } from '../../constants.js';
import type { VectorSpec } from '../../vector-buffer.js';
import type { CollectiveChannel } from '../channel.js';
import {
  type Blocks,
  checkApart,
  checkApartParts,
  checkBlocks,
  checkLength,
  equalParts,
  incoming,
  incomingBlocks,
  landing,
  outgoing,
  outgoingBlocks,
} from './buffers.js';
import * as reductions from './inter-reduction-plans.js';
import { checkInterRoot, groupsOf } from './inter-roles.js';
import type { Plans } from './plans.js';
import { incomingTyped, outgoingTyped, type TypedVectorSpec } from './typed-blocks.js';

function barrier(ch: CollectiveChannel): Schedule {
  return inter.barrier(groupsOf(ch));
}

function bcast(ch: CollectiveChannel, buf: BufferSpec, root: number): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  const part = root === ROOT ? outgoing(ch, buf, 'buf') : incoming(ch, buf, 'buf');
  ch.signature?.same(part);
  return landing(inter.bcast(groupsOf(ch), part.bytes, root), part);
}

function gather(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec | null,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return sendTo(ch, sendbuf, root);
  const recv = incoming(ch, recvbuf, 'recvbuf');
  checkBlocks(ch, 'recvbuf', recv.bytes, null);
  return takeAll(ch, equalParts(recv, ch.size));
}

function gatherv(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: VectorSpec | null,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return sendTo(ch, sendbuf, root);
  return takeAll(ch, incomingBlocks(ch, recvbuf, 'recvbuf'));
}

function takeAll(ch: CollectiveChannel, recv: Blocks): Schedule {
  ch.signature?.takes(recv);
  return landing(inter.gatherv(ch, null, recv.views, ROOT), recv);
}

function sendTo(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, root: number): Schedule {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  ch.signature?.sendsTo(root, send);
  return inter.gatherv(ch, send.bytes, null, root);
}

function scatter(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | null,
  recvbuf: BufferSpec | InPlace,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return recvFrom(ch, recvbuf, root);
  const send = outgoing(ch, sendbuf, 'sendbuf');
  checkBlocks(ch, 'sendbuf', send.bytes, null);
  return sendAll(ch, equalParts(send, ch.size));
}

function scatterv(
  ch: CollectiveChannel,
  sendbuf: VectorSpec | null,
  recvbuf: BufferSpec | InPlace,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return recvFrom(ch, recvbuf, root);
  return sendAll(ch, outgoingBlocks(ch, sendbuf, 'sendbuf'));
}

function sendAll(ch: CollectiveChannel, send: Blocks): Schedule {
  ch.signature?.sends(send);
  return inter.scatterv(ch, send.views, null, ROOT);
}

function recvFrom(ch: CollectiveChannel, recvbuf: BufferSpec | InPlace, root: number): Schedule {
  const recv = incoming(ch, recvbuf as BufferSpec, 'recvbuf');
  ch.signature?.takesFrom(root, recv);
  return landing(inter.scatterv(ch, null, recv.bytes, root), recv);
}

function allgather(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec): Schedule {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = incoming(ch, recvbuf, 'recvbuf');
  checkBlocks(ch, 'recvbuf', recv.bytes, null);
  checkApartParts(ch, send, recv);
  ch.signature?.sendsAll(send, ch.size).takes(equalParts(recv, ch.size));
  return landing(inter.allgather(groupsOf(ch), send.bytes, recv.bytes), recv);
}

function allgatherv(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, recvbuf: VectorSpec): Schedule {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf');
  checkApart(ch, [send.bytes], recv.views);
  ch.signature?.sendsAll(send, ch.size).takes(recv);
  return landing(inter.allgatherv(ch, send.bytes, recv.views), recv);
}

function alltoall(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec): Schedule {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = incoming(ch, recvbuf, 'recvbuf');
  checkBlocks(ch, 'recvbuf', recv.bytes, null);
  checkLength(ch, 'sendbuf', send.bytes, recv.bytes.length, "recvbuf's blocks");
  checkApartParts(ch, send, recv);
  return cross(ch, equalParts(send, ch.size), equalParts(recv, ch.size));
}

function alltoallv(ch: CollectiveChannel, sendbuf: VectorSpec | InPlace, recvbuf: VectorSpec): Schedule {
  const send = outgoingBlocks(ch, sendbuf as VectorSpec, 'sendbuf');
  return exchange(ch, send, incomingBlocks(ch, recvbuf, 'recvbuf'));
}

function alltoallw(
  ch: CollectiveChannel,
  sendbuf: TypedVectorSpec | InPlace,
  recvbuf: TypedVectorSpec,
): Schedule {
  const send = outgoingTyped(ch, sendbuf as TypedVectorSpec, 'sendbuf');
  return exchange(ch, send, incomingTyped(ch, recvbuf, 'recvbuf'));
}

function exchange(ch: CollectiveChannel, send: Blocks, recv: Blocks): Schedule {
  checkApart(ch, send.views, recv.views);
  return cross(ch, send, recv);
}

function cross(ch: CollectiveChannel, send: Blocks, recv: Blocks): Schedule {
  ch.signature?.sends(send).takes(recv);
  return landing(inter.alltoallv(ch, send.views, recv.views), recv);
}

/** What takes the place of `plansOfOne` between two groups. */
export const plansOfTwo: Plans = {
  barrier,
  bcast,
  gather,
  gatherv,
  scatter,
  scatterv,
  allgather,
  allgatherv,
  alltoall,
  alltoallv,
  alltoallw,
  ...reductions,
};
